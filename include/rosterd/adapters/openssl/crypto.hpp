#pragma once

#include "rosterd/ports/crypto.hpp"

#include <memory>

namespace rosterd::openssl {

/// Cryptography by OpenSSL 3's default provider. Algorithms are fetched once, here; throws when the
/// library lacks one, which is a broken installation.
std::unique_ptr<Crypto> make_crypto();

}  // namespace rosterd::openssl
