#include "tenant.hpp"

#include <cstdlib>

namespace rosterd::cli {

namespace {

std::string remedy(ErrorClass error) {
  switch (error) {
    case ErrorClass::authentication:
      return "check [target] client_id, client_secret and audience";
    case ErrorClass::configuration:
      return "check the scopes of the application, [target] base_url and the certificate";
    case ErrorClass::throttled:
      return "try again in a minute";
    case ErrorClass::transient:
    case ErrorClass::unknown:
      return "check [target] base_url and the network; it may pass";
    case ErrorClass::paused:
      return "try again later";
    case ErrorClass::stale_catalogue:
    case ErrorClass::permanent:
    case ErrorClass::contended:
    case ErrorClass::no_account:
    case ErrorClass::ambiguous_account:
    case ErrorClass::conflict:
    case ErrorClass::unknown_entitlement:
    case ErrorClass::invalid:
    case ErrorClass::poison:
    case ErrorClass::storage_full:
      return "";
  }
  std::abort();
}

}  // namespace

std::string explained(const TargetError& error) {
  std::string text = "the tenant gave no usable answer (" + std::string(to_string(error.error));
  if (error.status != 0) text += ", HTTP " + std::to_string(error.status);
  text += "): " + error.text;
  const std::string hint = remedy(error.error);
  if (!hint.empty()) text += "; " + hint;
  return text;
}

}  // namespace rosterd::cli
