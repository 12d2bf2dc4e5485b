#pragma once

#include "rosterd/ports/crypto.hpp"

#include <cstdint>
#include <string>

namespace rosterd::bench {

/// A delivery as the profile standard-webhooks signs it.
struct SignedEvent {
  std::string id;
  std::string timestamp;  ///< Unix seconds
  std::string signature;
  std::string body;
};

/// The key that it is signed with, as a configuration would hold it.
std::string signing_key();

SignedEvent signed_event(
    std::string id, std::string body, std::int64_t timestamp, const Crypto& crypto
);

}  // namespace rosterd::bench
