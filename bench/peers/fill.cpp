// Puts finished events into a store that no daemon uses: rosterd_peers_fill STORE COUNT
#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/sqlite/store.hpp"
#include "rosterd/adapters/system/clock.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::bench {
namespace {

constexpr std::size_t batch_size = 1'000;

void fill(const char* path, std::size_t count) {
  const auto crypto = openssl::make_crypto();
  asio::io_context loop{1};
  sqlite::StoreOptions options;
  options.path = path;
  options.now = system::SystemClock().now();
  sqlite::Store store(options, *crypto, loop.get_executor());
  for (std::size_t done = 0; done < count; done += batch_size) {
    std::vector<NewEvent> batch;
    for (std::size_t i = done; i < std::min(count, done + batch_size); ++i) {
      batch.push_back(new_event("old", i, *crypto));
      batch.back().received_at = options.now;  // not due for deletion
      batch.back().state = EventState::ignored;
    }
    test::run(loop, store.event_log().accept(std::move(batch)));
  }
}

}  // namespace
}  // namespace rosterd::bench

int main(int count, char** words) try {
  if (count != 3) throw std::runtime_error("STORE COUNT");
  rosterd::bench::fill(words[1], std::stoul(words[2]));
} catch (const std::exception& error) {
  std::cerr << "rosterd_peers_fill: " << error.what() << "\n";
  return 1;
}
