#include "commands.hpp"
#include "exit_code.hpp"

#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

#include <iostream>

namespace rosterd::cli {

int run(const Version& command) {
  const std::string boost =
      std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000);
  if (command.json) {
    nlohmann::ordered_json json;
    json["version"] = ROSTERD_VERSION;
    json["compiler"] = __VERSION__;
    json["boost"] = boost;
    json["openssl"] = OpenSSL_version(OPENSSL_VERSION_STRING);
    std::cout << json.dump(2) << '\n';
  } else {
    std::cout << "rosterd " << ROSTERD_VERSION << " (g++ " << __VERSION__ << ", Boost " << boost
              << ", OpenSSL " << OpenSSL_version(OPENSSL_VERSION_STRING) << ")\n";
  }
  return exit_code::done;
}

int run(const Exit& command) {
  (command.code == exit_code::done ? std::cout : std::cerr) << command.text;
  return command.code;
}

}  // namespace rosterd::cli
