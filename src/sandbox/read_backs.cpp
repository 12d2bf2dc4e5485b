#include "sandbox/read_backs.hpp"

#include <string_view>
#include <unordered_set>

namespace rosterd::sandbox {

namespace {

bool is_assignment(const ListChange& change) {
  return change.list == "members" || change.list == "users";
}

}  // namespace

void ReadBacks::acknowledged(const std::string& client, const std::vector<ListChange>& changes) {
  for (const ListChange& change : changes) {
    if (!is_assignment(change)) continue;
    unread_[client][{change.collection, change.record, change.list}][change.id] = change.added;
  }
}

void ReadBacks::has_read(
    const std::string& client, const std::string& collection, const Json& records
) {
  const auto lists = unread_.find(client);
  if (lists == unread_.end()) return;
  for (auto entry = lists->second.begin(); entry != lists->second.end();) {
    const auto& [of, record_id, list] = entry->first;
    if (of != collection) {
      ++entry;
      continue;
    }
    std::unordered_set<std::string_view> there;
    for (const Json& record : records) {
      const Json* ids = has_text(record, "_id", record_id) ? member(record, list) : nullptr;
      if (ids) there = texts_in(*ids);
    }
    for (const auto& [id, added] : entry->second) {
      if (there.contains(id) != added) ++lost_[client];
    }
    entry = lists->second.erase(entry);
  }
}

}  // namespace rosterd::sandbox
