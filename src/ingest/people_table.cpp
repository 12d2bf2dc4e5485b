#include "ingest/people_table.hpp"

#include "rosterd/base/assert.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

namespace rosterd::ingest {

std::uint32_t PeopleTable::add(std::string_view id) {
  const std::uint32_t place = size_;
  ROSTERD_ASSERT(place != nowhere, "a place is a number of 32 bits");
  if ((place & (block_entries - 1)) == 0) {
    blocks_.push_back(std::make_unique<Entry[]>(block_entries));
  }
  ++size_;
  Entry& entry = (*this)[place];
  entry.id_bytes = static_cast<std::uint32_t>(id.size());
  entry.id_at = keep(id);
  return place;
}

std::uint32_t PeopleTable::find_or_add(std::string_view id) {
  if (const auto place = find(id)) return *place;
  return last_found_ = add(id);
}

std::optional<std::uint32_t> PeopleTable::find(std::string_view id) {
  if (is_next(id)) return ++last_found_;
  index_all();
  const std::uint32_t place = slots_[slot_of(id, hash_of(id))].place;
  if (place == nowhere) return std::nullopt;
  return last_found_ = place;
}

bool PeopleTable::is_next(std::string_view id) {
  const std::uint32_t next = last_found_ + 1;  // at first 0, after `nowhere`
  return next < size_ && id_of((*this)[next]) == id;
}

void PeopleTable::index_all() {
  constexpr std::size_t slots_min = 1024;
  const std::size_t wanted = std::bit_ceil(std::size_t{size_} + size_ / 3 + 1);
  if (wanted > slots_.size()) grow(std::max(slots_min, wanted));
  for (; indexed_ < size_; ++indexed_) {
    const std::string_view id = id_of((*this)[indexed_]);
    const std::uint32_t hash = hash_of(id);
    Slot& slot = slots_[slot_of(id, hash)];
    ROSTERD_ASSERT(slot.place == nowhere, "nobody is added twice");
    slot = Slot{hash, indexed_};
  }
}

std::string_view PeopleTable::id_of(const Entry& entry) const {
  const char* chunk = chunks_[entry.id_at >> chunk_bits].get();
  return {chunk + (entry.id_at & (chunk_bytes - 1)), entry.id_bytes};
}

std::uint32_t PeopleTable::hash_of(std::string_view id) {
  const std::size_t hash = std::hash<std::string_view>{}(id);
  return static_cast<std::uint32_t>(hash ^ hash >> 32U);
}

std::size_t PeopleTable::slot_of(std::string_view id, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t index = hash & mask;; index = (index + 1) & mask) {
    const Slot& slot = slots_[index];
    if (slot.place == nowhere) return index;
    if (slot.hash == hash && id_of((*this)[slot.place]) == id) return index;
  }
}

std::uint32_t PeopleTable::keep(std::string_view id) {
  ROSTERD_ASSERT(id.size() <= id_bytes_max, "keys are limited before they come here");
  if (last_chunk_used_ + id.size() >= chunk_bytes) {
    chunks_.push_back(std::make_unique<char[]>(chunk_bytes));
    last_chunk_used_ = 0;
    ROSTERD_ASSERT(chunks_.size() <= 4096, "keys of more than 4 GiB");
  }
  const std::size_t at = (chunks_.size() - 1) * chunk_bytes + last_chunk_used_;
  std::memcpy(chunks_.back().get() + last_chunk_used_, id.data(), id.size());
  last_chunk_used_ += id.size();
  return static_cast<std::uint32_t>(at);
}

void PeopleTable::grow(std::size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  const std::size_t mask = slots - 1;
  for (const Slot& slot : old) {
    if (slot.place == nowhere) continue;
    std::size_t index = slot.hash & mask;
    while (slots_[index].place != nowhere) index = (index + 1) & mask;
    slots_[index] = slot;
  }
}

}  // namespace rosterd::ingest
