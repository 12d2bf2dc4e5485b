#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace rosterd {

/// A string that is one kind of id and cannot be taken for another. Compared byte for byte: never
/// trimmed, never case-folded, leading zeros kept.
template <class Tag>
struct Id {
  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}

  std::string value;

  auto operator<=>(const Id&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.value; }
};

/// The immutable key of a person in the HR source.
using PersonId = Id<struct PersonTag>;

/// A user of the Auth0 tenant: its `user_id`, like `auth0|5f7c`.
using AccountId = Id<struct AccountTag>;

/// The `_id` of a group or a role of the extension; a lower-case GUID.
using EntitlementId = Id<struct EntitlementTag>;

/// The row of an event in the store; grows with arrival. 0: not stored.
using EventId = std::int64_t;

}  // namespace rosterd

template <class Tag>
struct std::hash<rosterd::Id<Tag>> {
  std::size_t operator()(const rosterd::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
