// Client as `Storage`.
#include "adapters/extension/calls.hpp"
#include "rosterd/adapters/extension/client.hpp"

namespace rosterd::extension {

Task<Answer<StorageUse>> Client::storage() {
  Call call = read_call("storage", "/configuration/status", "read:configuration");
  call.dispensable = true;
  call.when_missing = WhenMissing::refusal;
  return ask(*caller_, std::move(call), read_storage_use);
}

}  // namespace rosterd::extension
