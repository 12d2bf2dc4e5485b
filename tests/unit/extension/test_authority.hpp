#pragma once

#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace rosterd::test {

/// A certificate authority that exists for one test.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  /// The file to trust it by.
  const std::string& file() const { return file_; }

  /// A server's context with a certificate of this authority. `names` as OpenSSL writes them:
  /// `DNS:localhost,IP:127.0.0.1`.
  std::unique_ptr<boost::asio::ssl::context> server(
      const std::string& names,
      std::chrono::seconds valid_from = std::chrono::hours{-1},
      std::chrono::seconds valid_for = std::chrono::hours{2}
  ) const;

  /// One that signed its own certificate.
  static std::unique_ptr<boost::asio::ssl::context> self_signed_server(const std::string& names);

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string file_;
};

}  // namespace rosterd::test
