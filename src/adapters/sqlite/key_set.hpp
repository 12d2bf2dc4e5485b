#pragma once

#include "rosterd/base/hash.hpp"
#include "rosterd/domain/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rosterd::sqlite {

/// Every key the store remembers, with the event that brought it: exact, flat, 24 bytes a slot.
/// An index on disk would dirty a random page for each event; this costs a cache miss.
class KeySet {
 public:
  /// Makes room for `keys` in all.
  void reserve(std::size_t keys);

  std::optional<EventId> find(const Key128& key) const;

  /// The key must not be there; `event` is not 0.
  void insert(const Key128& key, EventId event);

  void erase(const Key128& key);

  std::size_t size() const { return size_; }

 private:
  struct Slot {
    Key128 key;
    EventId event = 0;  // 0: free
  };

  // Where the key is, or the free slot where it would be.
  std::size_t slot_of(const Key128& key) const;
  void grow(std::size_t slots);

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace rosterd::sqlite
