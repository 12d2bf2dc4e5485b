#include "adapters/extension/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace rosterd::extension {

namespace ssl = boost::asio::ssl;

std::unique_ptr<ssl::context> make_tls_context(const std::filesystem::path& ca_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(ssl::verify_peer);
  if (ca_file.empty()) {
    context->set_default_verify_paths();
    return context;
  }
  boost::system::error_code error;
  context->load_verify_file(ca_file.string(), error);
  if (error) {
    throw std::invalid_argument(
        "target.ca_file " + ca_file.string() + " cannot be used: it must be a readable PEM file"
    );
  }
  return context;
}

bool expect_host(TlsStream& stream, const std::string& host, bool is_ip) {
  SSL* const handle = stream.native_handle();
  if (is_ip) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), host.c_str()) == 1;
  }
  SSL_set_hostflags(handle, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(handle, host.c_str()) == 1 &&
         SSL_set1_host(handle, host.c_str()) == 1;
}

std::optional<std::string> distrust(TlsStream& stream, const std::string& host) {
  const long verdict = SSL_get_verify_result(stream.native_handle());
  const std::string whose = "the certificate of " + host;
  switch (verdict) {
    case X509_V_OK:
      return std::nullopt;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + " has expired: it must be renewed there, unless this machine's clock is wrong";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + " is not valid yet: is this machine's clock right?";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return whose + " is self-signed, or its authority is not trusted here (target.ca_file)";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return whose + " comes from an authority that is not trusted here (target.ca_file)";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return whose + " is for another host name: is the address in [target] right?";
    default:
      return whose + " is not accepted: " + X509_verify_cert_error_string(verdict);
  }
}

}  // namespace rosterd::extension
