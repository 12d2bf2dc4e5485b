// Writes signed requests for load.lua, each behind its length in four digits:
//   rosterd_peers_requests FILE RUN COUNT
// Event ids begin with random digits, as the ids of most senders do: in an index they land
// anywhere.
#include "made_up.hpp"
#include "rosterd/adapters/openssl/crypto.hpp"
#include "signed_event.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>

namespace rosterd::bench {
namespace {

constexpr std::size_t length_digits = 4;

std::string digits(std::size_t length) {
  std::string text = std::to_string(length);
  if (text.size() > length_digits) throw std::runtime_error("a request is too long");
  return std::string(length_digits - text.size(), '0') + text;
}

std::string random_word(std::mt19937_64& random) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(random()));
  return text;
}

std::string wire_form(const SignedEvent& event) {
  return "POST /v1/events/hr HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
         "webhook-id: " +
         event.id + "\r\nwebhook-timestamp: " + event.timestamp +
         "\r\nwebhook-signature: " + event.signature +
         "\r\nContent-Length: " + std::to_string(event.body.size()) + "\r\n\r\n" + event.body;
}

void write(const char* file, const std::string& run, std::size_t count) {
  const auto crypto = openssl::make_crypto();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  std::mt19937_64 random(std::hash<std::string>{}(run));
  std::ofstream out(file, std::ios::binary);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = random_word(random) + "-" + run;
    const std::string request =
        wire_form(signed_event(event_id(name, i), event_body(name, i), seconds, *crypto));
    out << digits(request.size()) << request;
  }
  out.close();
  if (!out) throw std::runtime_error(std::string("cannot write ") + file);
}

}  // namespace
}  // namespace rosterd::bench

int main(int count, char** words) try {
  if (count == 2 && std::string(words[1]) == "--key") {
    std::cout << rosterd::bench::signing_key() << "\n";
    return 0;
  }
  if (count != 4) throw std::runtime_error("FILE RUN COUNT, or --key");
  rosterd::bench::write(words[1], words[2], std::stoul(words[3]));
} catch (const std::exception& error) {
  std::cerr << "rosterd_peers_requests: " << error.what() << "\n";
  return 1;
}
