#include "rosterd/domain/audit.hpp"

#include "domain/fields.hpp"

namespace rosterd {

std::string canonical_text(std::int64_t id, const AuditEntry& entry) {
  std::string text;
  append_field(text, std::to_string(id));
  append_field(text, std::to_string(to_micros(entry.at)));
  append_field(text, entry.actor);
  append_field(text, entry.action);
  append_field(text, entry.person.value);
  append_field(text, entry.account.value);
  append_field(text, entry.entitlement);
  append_field(text, std::to_string(entry.event));
  append_field(text, entry.rule);
  append_field(text, entry.policy_version);
  append_field(text, entry.before);
  append_field(text, entry.after);
  append_field(text, entry.answer);
  append_field(text, entry.verified_at ? std::to_string(to_micros(*entry.verified_at)) : "");
  return text;
}

}  // namespace rosterd
