#include "rosterd/adapters/openssl/crypto.hpp"

#include "rosterd/base/assert.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <stdexcept>
#include <string>

namespace rosterd::openssl {

namespace {

template <auto free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};

using Md = std::unique_ptr<EVP_MD, Freed<EVP_MD_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, Freed<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Freed<EVP_MAC_CTX_free>>;

// With algorithms fetched and contexts made, only a failed allocation or a bug is left.
void must_succeed(int result) {
  ROSTERD_ASSERT(result == 1, "OpenSSL failed on a plain computation");
}

Md fetch_sha256() {
  Md md(EVP_MD_fetch(nullptr, OSSL_DIGEST_NAME_SHA2_256, nullptr));
  if (!md) throw std::runtime_error("OpenSSL has no SHA-256");
  return md;
}

const char* digest_name(HmacAlgorithm algorithm) {
  switch (algorithm) {
    case HmacAlgorithm::sha256:
      return OSSL_DIGEST_NAME_SHA2_256;
    case HmacAlgorithm::sha512:
      return OSSL_DIGEST_NAME_SHA2_512;
  }
  std::abort();
}

MacContext make_hmac(HmacAlgorithm algorithm) {
  const Mac mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  MacContext context(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  std::string name = digest_name(algorithm);
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
      OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_CTX_set_params(context.get(), parameters.data()) != 1) {
    throw std::runtime_error("OpenSSL has no HMAC with " + name);
  }
  return context;
}

/// Contexts are kept and keyed anew for each message: making one costs more than the message.
EVP_MAC_CTX* hmac_of_this_thread(HmacAlgorithm algorithm) {
  switch (algorithm) {
    case HmacAlgorithm::sha256: {
      thread_local const MacContext context = make_hmac(HmacAlgorithm::sha256);
      return context.get();
    }
    case HmacAlgorithm::sha512: {
      thread_local const MacContext context = make_hmac(HmacAlgorithm::sha512);
      return context.get();
    }
  }
  std::abort();
}

class Sha256 final : public Hasher {
 public:
  explicit Sha256(const EVP_MD* md) : md_(md), context_(EVP_MD_CTX_new()) {
    must_succeed(EVP_DigestInit_ex2(context_.get(), md_, nullptr));
  }

  void update(std::string_view bytes) override {
    must_succeed(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  }

  Digest finish() override {
    Digest digest;
    must_succeed(
        EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr)
    );
    must_succeed(EVP_DigestInit_ex2(context_.get(), md_, nullptr));
    return digest;
  }

 private:
  const EVP_MD* md_;
  MdContext context_;
};

class OpensslCrypto final : public Crypto {
 public:
  OpensslCrypto() {
    hmac_of_this_thread(HmacAlgorithm::sha256);
    hmac_of_this_thread(HmacAlgorithm::sha512);
  }

  Digest sha256(std::string_view bytes) const override {
    thread_local const MdContext context(EVP_MD_CTX_new());
    Digest digest;
    must_succeed(EVP_DigestInit_ex2(context.get(), sha256_.get(), nullptr));
    must_succeed(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()));
    must_succeed(
        EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr)
    );
    return digest;
  }

  std::unique_ptr<Hasher> hasher() const override {
    return std::make_unique<Sha256>(sha256_.get());
  }

  std::string hmac(
      HmacAlgorithm algorithm, std::string_view key, std::span<const std::string_view> parts
  ) const override {
    // An empty view may hold no pointer, which OpenSSL would read as "the key before".
    const std::string_view given_key = key.empty() ? std::string_view("") : key;
    EVP_MAC_CTX* const context = hmac_of_this_thread(algorithm);
    must_succeed(EVP_MAC_init(
        context, reinterpret_cast<const unsigned char*>(given_key.data()), given_key.size(), nullptr
    ));
    for (const std::string_view part : parts) {
      must_succeed(
          EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(part.data()), part.size())
      );
    }
    std::string mac(EVP_MAX_MD_SIZE, '\0');
    std::size_t length = 0;
    must_succeed(
        EVP_MAC_final(context, reinterpret_cast<unsigned char*>(mac.data()), &length, mac.size())
    );
    mac.resize(length);
    return mac;
  }

  bool equal_constant_time(std::string_view left, std::string_view right) const override {
    return left.size() == right.size() &&
           CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
  }

 private:
  const Md sha256_ = fetch_sha256();
};

}  // namespace

std::unique_ptr<Crypto> make_crypto() {
  return std::make_unique<OpensslCrypto>();
}

}  // namespace rosterd::openssl
