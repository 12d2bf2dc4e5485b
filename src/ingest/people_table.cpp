#include "ingest/people_table.hpp"

#include "rosterd/base/assert.hpp"

#include <cstring>
#include <functional>

namespace rosterd::ingest {

std::uint32_t PeopleTable::find_or_add(std::string_view id) {
  const std::uint32_t hash = hash_of(id);
  std::size_t slot = slot_of(id, hash);
  if (slots_[slot] != nowhere) return slots_[slot];
  if ((entries_.size() + 1) * 4 > slots_.size() * 3) {
    grow();
    slot = slot_of(id, hash);
  }
  Entry entry;
  entry.hash = hash;
  entry.id_bytes = static_cast<std::uint32_t>(id.size());
  entry.id_at = keep(id);
  entries_.push_back(entry);
  slots_[slot] = static_cast<std::uint32_t>(entries_.size() - 1);
  return slots_[slot];
}

std::optional<std::uint32_t> PeopleTable::find(std::string_view id) const {
  const std::uint32_t place = slots_[slot_of(id, hash_of(id))];
  if (place == nowhere) return std::nullopt;
  return place;
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
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    if (slots_[slot] == nowhere) return slot;
    const Entry& entry = entries_[slots_[slot]];
    if (entry.hash == hash && id_of(entry) == id) return slot;
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

void PeopleTable::grow() {
  std::vector<std::uint32_t> larger(slots_.size() * 2, nowhere);
  const std::size_t mask = larger.size() - 1;
  for (std::uint32_t place = 0; place < entries_.size(); ++place) {
    std::size_t slot = entries_[place].hash & mask;
    while (larger[slot] != nowhere) slot = (slot + 1) & mask;
    larger[slot] = place;
  }
  slots_.swap(larger);
}

}  // namespace rosterd::ingest
