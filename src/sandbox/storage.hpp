#pragma once

#include "sandbox/json.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace rosterd::sandbox {

/// The extension's storage: one JSON document of collections of records. Every call is whole by
/// itself; what loses writes is what callers do between two of them (see `Editor`).
class Storage {
 public:
  Storage(std::uint64_t seed, std::size_t bytes_max) : random_(seed), bytes_max_(bytes_max) {}

  const Json& document() const { return document_; }
  /// Counts the changes.
  std::uint64_t version() const { return version_; }
  /// The size of the document as text.
  std::size_t bytes() const { return dumped(document_).size(); }
  void limit(std::size_t bytes_max) { bytes_max_ = bytes_max; }

  /// The records; an empty list when there is no such collection.
  const Json& all(const std::string& collection) const;
  const Json* find(const std::string& collection, std::string_view id) const;

  /// Appends the record, under a new `_id` at its end when it has none. Nothing when the storage is
  /// full: then it was not done.
  const Json* create(const std::string& collection, Json record);

  /// Lays `fields` over the record of that id, which is made when it is not there; `_id` comes
  /// first. Nothing when the storage is full: then it was not done.
  const Json* update(const std::string& collection, const std::string& id, Json fields);

  /// No record of that id is fine, too.
  void erase(const std::string& collection, std::string_view id);

  /// False when the document is too large: then it was not done.
  bool replace(Json document);

  /// Whether another record than `except` bears that name, ignoring case; for the same application
  /// if `record` has one. As in the original, two that do make every change to either impossible.
  bool name_taken(const std::string& collection, const Json& record, std::string_view except) const;

  /// Names of the records whose `list` holds the id, joined by `, `; empty when there are none.
  std::string users_of(const std::string& collection, const std::string& list, std::string_view id)
      const;

  /// A random lower-case GUID (RFC 9562, version 4).
  std::string new_id();

 private:
  bool too_large() const { return bytes_max_ != 0 && bytes() > bytes_max_; }

  Json document_ = Json::object();
  std::uint64_t version_ = 0;
  std::mt19937_64 random_;
  std::size_t bytes_max_;
};

}  // namespace rosterd::sandbox
