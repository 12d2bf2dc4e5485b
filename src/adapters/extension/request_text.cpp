#include "adapters/extension/request_text.hpp"

#include <openssl/evp.h>

namespace rosterd::extension {

namespace http = boost::beast::http;

http::request<http::string_body> request_text(const WireRequest& request, const Route& route) {
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(request.method);
  const std::string target = route.peer.path + request.path;
  const bool absolute = route.proxy && !route.peer.tls;
  message.target(absolute ? "http://" + route.peer.authority() + target : target);
  message.set(http::field::host, route.peer.host_header());
  message.set(http::field::user_agent, "rosterd");
  message.set(http::field::accept, "application/json");
  // Not asked for, any encoding would be allowed; nothing is unpacked here.
  message.set(http::field::accept_encoding, "identity");
  if (absolute && !route.proxy->credentials.empty()) {
    message.set(http::field::proxy_authorization, basic_credentials(route.proxy->credentials));
  }
  if (!request.bearer.empty()) message.set(http::field::authorization, "Bearer " + request.bearer);
  if (!request.body.empty()) {
    message.set(http::field::content_type, "application/json");
    message.body() = request.body;
  }
  message.prepare_payload();
  return message;
}

std::string basic_credentials(const std::string& credentials) {
  // Four characters for three bytes, and the terminator that OpenSSL writes.
  std::string base64((credentials.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(base64.data()),
      reinterpret_cast<const unsigned char*>(credentials.data()),
      static_cast<int>(credentials.size())
  );
  base64.resize(static_cast<std::size_t>(length));
  return "Basic " + base64;
}

}  // namespace rosterd::extension
