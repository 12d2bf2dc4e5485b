#include "test_authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace rosterd::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key new_key() {
  return {EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  if (extension == nullptr) throw std::runtime_error("not an extension: " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate unsigned_certificate(EVP_PKEY* key, const std::string& common_name) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), std::rand());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  const auto* const text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  return certificate;
}

std::unique_ptr<boost::asio::ssl::context> context_with(X509* certificate, EVP_PKEY* key) {
  auto context = std::make_unique<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  SSL_CTX_use_certificate(context->native_handle(), certificate);
  SSL_CTX_use_PrivateKey(context->native_handle(), key);
  return context;
}

}  // namespace

struct TestAuthority::Keys {
  Key key = new_key();
  // Each has a name of its own: a stranger must be unknown, not a forger.
  Certificate certificate =
      unsigned_certificate(key.get(), "authority " + std::to_string(std::rand()));
};

TestAuthority::TestAuthority() : keys_(std::make_unique<Keys>()) {
  X509* const certificate = keys_->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, NID_key_usage, "critical,keyCertSign");
  X509_sign(certificate, keys_->key.get(), EVP_sha256());

  std::string path = "/tmp/rosterd-test-authority-XXXXXX";
  const int descriptor = mkstemp(path.data());
  if (descriptor < 0) throw std::runtime_error("cannot write " + path);
  FILE* const out = fdopen(descriptor, "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  file_ = path;
}

TestAuthority::~TestAuthority() {
  unlink(file_.c_str());
}

std::unique_ptr<boost::asio::ssl::context> TestAuthority::server(
    const std::string& names, std::chrono::seconds valid_from, std::chrono::seconds valid_for
) const {
  const Key key = new_key();
  const Certificate certificate = unsigned_certificate(key.get(), "server");
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), (valid_from + valid_for).count());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(keys_->certificate.get()));
  add_extension(certificate.get(), NID_subject_alt_name, names);
  X509_sign(certificate.get(), keys_->key.get(), EVP_sha256());
  return context_with(certificate.get(), key.get());
}

std::unique_ptr<boost::asio::ssl::context> TestAuthority::self_signed_server(
    const std::string& names
) {
  const Key key = new_key();
  const Certificate certificate = unsigned_certificate(key.get(), "server");
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  add_extension(certificate.get(), NID_subject_alt_name, names);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  return context_with(certificate.get(), key.get());
}

}  // namespace rosterd::test
