#include "metrics_endpoint.hpp"

#include "cli/given_up.hpp"
#include "rosterd/base/text.hpp"

#include <boost/system/system_error.hpp>

#include <exception>
#include <string>
#include <utility>

namespace rosterd {

namespace {

/// Enough to have the newest file of every source, unless one of them sends hundreds a day.
constexpr std::size_t files_looked_at = 200;

struct StoreNumbers {
  StatusView status;
  std::vector<Intake> files;
  std::size_t leavers_given_up = 0;
};

StoreNumbers read_numbers(Views& views) {
  StoreNumbers numbers;
  numbers.status = views.status();
  numbers.files = views.intakes(files_looked_at);
  numbers.leavers_given_up = cli::leavers_given_up(views).size();
  return numbers;
}

}  // namespace

Task<HttpResponse> MetricsEndpoint::handle(const HttpRequest&) {
  std::string why_not;
  auto snapshot = parts_.snapshot();
  try {
    StoreNumbers numbers = co_await parts_.store.read(read_numbers);
    snapshot.store = std::move(numbers.status);
    snapshot.files = std::move(numbers.files);
    snapshot.leavers_given_up = numbers.leavers_given_up;
  } catch (const boost::system::system_error&) {
    throw;  // cancelled: the daemon stops
  } catch (const std::exception& error) {
    why_not = error.what();
  }
  if (!why_not.empty()) {
    parts_.log.warning("metrics without the store", {{"error", printable(why_not)}});
  }
  const std::string type(prometheus::Metrics::content_type);
  co_return HttpResponse(200, type, parts_.metrics.render(snapshot));
}

}  // namespace rosterd
