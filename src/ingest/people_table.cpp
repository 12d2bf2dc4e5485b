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
  may_be_in_order_ = may_be_in_order_ && (place == 0 || id_at(place - 1) < id);
  if ((place & (block_entries - 1)) == 0) {
    blocks_.push_back(std::make_unique<Entry[]>(block_entries));
  }
  ++size_;
  Entry& entry = (*this)[place];
  entry.id_bytes = static_cast<std::uint32_t>(id.size());
  entry.id_at = keep(id);
  if (may_be_in_order_) in_order_ = index_begin_ = index_end_ = size_;
  return place;
}

std::uint32_t PeopleTable::find_or_add(std::string_view id) {
  if (const auto place = find(id)) return *place;
  return last_other_ = add(id);
}

std::optional<std::uint32_t> PeopleTable::find(std::string_view id) {
  may_be_in_order_ = false;
  if (is_after(last_in_order_, in_order_, id)) return ++last_in_order_;
  if (last_other_ != nowhere && is_after(last_other_, size_, id)) return ++last_other_;
  if (index_begin_ > 0) {
    const auto first = near(id);
    if (!first) {
      index_from(0);
    } else if (*first < in_order_ && id_at(*first) == id) {
      return last_in_order_ = *first;
    }
  }
  index_from(index_begin_);
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t place = slots_[slot_of(id, hash_of(id))].place;
  if (place == nowhere) return std::nullopt;
  return (place < in_order_ ? last_in_order_ : last_other_) = place;
}

bool PeopleTable::is_after(std::uint32_t last, std::uint32_t end, std::string_view id) const {
  const std::uint32_t next = last + 1;  // 0 after `nowhere`
  return next < end && id_at(next) == id;
}

/// The first of those in order whose key is not less: their number where there is none. Nothing
/// when it is far from the one found last, and from the beginning.
std::optional<std::uint32_t> PeopleTable::near(std::string_view id) const {
  constexpr std::uint32_t far = 4096;
  std::uint32_t from = last_in_order_ + 1;
  const bool lies_before = from > 0 && id <= id_at(last_in_order_);
  if (lies_before) from = id_at(last_in_order_) == id ? last_in_order_ : 0;
  for (std::uint32_t step = 1; from < in_order_; step *= 2) {
    if (step > far) return std::nullopt;
    const std::uint32_t to = std::min(in_order_ - from, step) + from;
    if (id_at(to - 1) >= id) return first_not_less(from, to, id);
    from = to;
  }
  return in_order_;
}

std::uint32_t PeopleTable::first_not_less(std::uint32_t from, std::uint32_t to, std::string_view id)
    const {
  while (from < to) {
    const std::uint32_t middle = from + (to - from) / 2;
    if (id_at(middle) < id) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

void PeopleTable::index_from(std::uint32_t first) {
  constexpr std::size_t slots_min = 1024;
  const std::uint32_t count = size_ - first;
  const std::size_t wanted = std::bit_ceil(std::size_t{count} + count / 3 + 1);
  if (count > 0 && wanted > slots_.size()) grow(std::max(slots_min, wanted));
  index(first, index_begin_);
  index(index_end_, size_);
  index_begin_ = first;
  index_end_ = size_;
}

void PeopleTable::index(std::uint32_t begin, std::uint32_t end) {
  for (std::uint32_t place = begin; place < end; ++place) {
    const std::string_view id = id_at(place);
    const std::uint32_t hash = hash_of(id);
    Slot& slot = slots_[slot_of(id, hash)];
    ROSTERD_ASSERT(slot.place == nowhere, "nobody is added twice");
    slot = Slot{hash, place};
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
