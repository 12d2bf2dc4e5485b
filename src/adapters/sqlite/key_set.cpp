#include "adapters/sqlite/key_set.hpp"

#include "rosterd/base/assert.hpp"

#include <bit>

namespace rosterd::sqlite {

void KeySet::reserve(std::size_t keys) {
  const std::size_t slots = std::bit_ceil(keys + keys / 2 + 16);
  if (slots > slots_.size()) grow(slots);
}

std::optional<EventId> KeySet::find(const Key128& key) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[slot_of(key)];
  if (slot.event == 0) return std::nullopt;
  return slot.event;
}

void KeySet::insert(const Key128& key, EventId event) {
  ROSTERD_ASSERT(event != 0, "0 marks a free slot");
  if ((size_ + 1) * 4 > slots_.size() * 3) reserve(size_ * 2 + 1024);
  Slot& slot = slots_[slot_of(key)];
  ROSTERD_ASSERT(slot.event == 0, "a key is inserted once");
  slot = Slot{key, event};
  ++size_;
}

void KeySet::erase(const Key128& key) {
  if (slots_.empty()) return;
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = slot_of(key);
  if (slots_[hole].event == 0) return;
  // Linear probing stops at a free slot, so whatever probed past this one moves up.
  for (std::size_t next = (hole + 1) & mask; slots_[next].event != 0; next = (next + 1) & mask) {
    const std::size_t home = std::hash<Key128>{}(slots_[next].key) & mask;
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      slots_[hole] = slots_[next];
      hole = next;
    }
  }
  slots_[hole] = Slot{};
  --size_;
}

std::size_t KeySet::slot_of(const Key128& key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t index = std::hash<Key128>{}(key)&mask;
  while (slots_[index].event != 0 && slots_[index].key != key) index = (index + 1) & mask;
  return index;
}

void KeySet::grow(std::size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.event != 0) slots_[slot_of(slot.key)] = slot;
  }
}

}  // namespace rosterd::sqlite
