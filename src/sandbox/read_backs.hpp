#pragma once

#include "sandbox/editor.hpp"
#include "sandbox/json.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace rosterd::sandbox {

/// Keeps what each client was told that it had done, until the client has read it back, and counts
/// what it must then find undone (`Sandbox::lost_writes_of` says what counts).
class ReadBacks {
 public:
  /// The client's change of assignments has been answered, and the answer goes out whole.
  void acknowledged(const std::string& client, const std::vector<ListChange>& changes);

  /// The client has been sent all records of a collection, whole.
  void has_read(const std::string& client, const std::string& collection, const Json& records);

  const std::map<std::string, std::uint64_t>& lost_by_client() const { return lost_; }
  void forget_losses() { lost_.clear(); }

 private:
  using List = std::tuple<std::string, std::string, std::string>;  // collection, record, list
  using Told = std::map<std::string, bool>;                        // id → it is in the list

  std::map<std::string, std::map<List, Told>> unread_;
  std::map<std::string, std::uint64_t> lost_;
};

}  // namespace rosterd::sandbox
