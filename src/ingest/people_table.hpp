#pragma once

#include "rosterd/base/hash.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace rosterd::ingest {

/// Everybody whom the store knows or the file names, in about 50 bytes each and their key: a
/// million people must fit beside everything else. Keys are compared byte for byte.
///
/// People are added in the order of their keys, and a file is mostly in it, so that who is looked
/// for comes after the one found last, or soon after. Of the others there is an index: of those who
/// were added out of order, as newcomers are, and of all as soon as a file is in another order.
class PeopleTable {
 public:
  enum Flag : std::uint16_t {
    known = 1U << 0U,      ///< to the store
    left = 1U << 1U,       ///< the store says so
    in_scope = 1U << 2U,   ///< this roster may end them
    has_row = 1U << 3U,    ///< `row` is what the store agrees with
    seen = 1U << 4U,       ///< in the file
    repeated = 1U << 5U,   ///< in the file more than once, which a roster must not do
    conflict = 1U << 6U,   ///< a new key with the e-mail address of somebody else
    failed = 1U << 7U,     ///< their row did
    differs = 1U << 8U,    ///< from what the store agrees with
    row_left = 1U << 9U,   ///< the row says that they left
    contested = 1U << 10U  ///< a new key has their e-mail address
  };

  struct Entry {
    Key128 row;
    std::uint32_t id_at = 0;
    std::uint32_t id_bytes = 0;
    std::uint32_t line = 0;  ///< the first in the file
    std::uint16_t flags = 0;

    bool is(Flag flag) const { return (flags & flag) != 0; }
    /// Known to the store, of this roster's scope, and not left.
    bool is_expected() const { return is(known) && is(in_scope) && !is(left); }
    bool is_gone() const { return is_expected() && !is(seen) && !is(contested); }
    bool quarantined() const { return is(repeated) || is(conflict); }
    void set(Flag flag) { flags = static_cast<std::uint16_t>(flags | flag); }
  };

  static constexpr std::size_t id_bytes_max = 1 << 16;

  /// Adds somebody who is not in the table yet; twice the same key is a bug. Places count from 0
  /// and stay.
  std::uint32_t add(std::string_view id);

  /// The place of that key, made when it is new.
  std::uint32_t find_or_add(std::string_view id);

  std::optional<std::uint32_t> find(std::string_view id);

  std::uint32_t size() const { return size_; }
  Entry& operator[](std::uint32_t place) {
    return blocks_[place >> block_bits][place & (block_entries - 1)];
  }
  const Entry& operator[](std::uint32_t place) const {
    return blocks_[place >> block_bits][place & (block_entries - 1)];
  }
  std::string_view id_of(const Entry& entry) const;

 private:
  static constexpr std::uint32_t nowhere = static_cast<std::uint32_t>(-1);
  static constexpr unsigned chunk_bits = 20;
  static constexpr std::size_t chunk_bytes = std::size_t{1} << chunk_bits;
  static constexpr unsigned block_bits = 12;
  static constexpr std::size_t block_entries = std::size_t{1} << block_bits;

  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = nowhere;
  };

  static std::uint32_t hash_of(std::string_view id);
  std::string_view id_at(std::uint32_t place) const { return id_of((*this)[place]); }
  bool is_after(std::uint32_t last, std::uint32_t end, std::string_view id) const;
  std::optional<std::uint32_t> near(std::string_view id) const;
  std::uint32_t first_not_less(std::uint32_t from, std::uint32_t to, std::string_view id) const;
  void index_from(std::uint32_t first);
  void index(std::uint32_t begin, std::uint32_t end);
  std::size_t slot_of(std::string_view id, std::uint32_t hash) const;
  std::uint32_t keep(std::string_view id);
  void grow(std::size_t slots);

  std::vector<std::unique_ptr<Entry[]>> blocks_;
  std::uint32_t size_ = 0;
  bool may_be_in_order_ = true;
  std::uint32_t in_order_ = 0;  ///< so many of the first, once somebody was looked for
  std::uint32_t last_in_order_ = nowhere;
  std::uint32_t last_other_ = nowhere;
  std::vector<Slot> slots_;  ///< who is from `index_begin_` and before `index_end_`
  std::uint32_t index_begin_ = 0;
  std::uint32_t index_end_ = 0;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t last_chunk_used_ = chunk_bytes;
};

}  // namespace rosterd::ingest
