#pragma once

#include "rosterd/base/task.hpp"
#include "sandbox/storage.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace rosterd::sandbox {

/// One id put into or taken out of one of a record's lists.
struct ListChange {
  std::string collection;
  std::string record;
  std::string list;
  std::string id;
  bool added = true;
};

/// A copy of a record, on its way to being changed and written back.
struct Draft {
  std::string collection;
  std::string id;
  Json record;
  std::uint64_t read_at = 0;
  std::vector<ListChange> changes;
  std::vector<ListChange> asked;  ///< also what was so already
  std::shared_ptr<int> open;      ///< counts the drafts that are out
};

/// The texts in a list; none where it is no list.
std::unordered_set<std::string_view> texts_in(const Json& list);

/// Appends the ids that the list lacks; makes the list.
void add_to(Draft& draft, const std::string& list, const Json& ids);
/// Takes out the ids that the list has. False when the record has no such list.
bool remove_from(Draft& draft, const std::string& list, const Json& ids);

enum class Written { done, missing, name_taken, full };

/// How the extension changes memberships and assignments: it reads a copy of the record, changes
/// it, and later writes the whole copy back. Whoever wrote in between is overwritten, and has had
/// his 204. While others keep reading the same record, a writer waits: a burst of calls has all its
/// reads before its writes, as in the original.
///
/// Used from the loop; the storage outlives it.
class Editor {
 public:
  Editor(Storage& storage, bool lossy, std::chrono::milliseconds window)
      : storage_(storage), lossy_(lossy), window_(window) {}

  std::optional<Draft> read(const std::string& collection, const std::string& id);

  /// Uses the draft up. When it is done, everything acknowledged since the draft was read and
  /// missing in it counts as lost.
  Task<Written> write_back(Draft& draft);

  std::uint64_t lost_writes() const { return lost_writes_; }
  void forget_losses() { lost_writes_ = 0; }

 private:
  struct Acknowledged {
    ListChange change;
    std::uint64_t at = 0;
    bool lost = false;
  };

  Task<void> pause(const std::string& record);
  void count_losses(const Json& stored, const Draft& draft);

  Storage& storage_;
  bool lossy_;
  std::chrono::milliseconds window_;
  std::map<std::string, std::uint64_t> reads_;
  std::vector<Acknowledged> recent_;
  std::shared_ptr<int> open_ = std::make_shared<int>(0);
  std::uint64_t writes_ = 0;
  std::uint64_t lost_writes_ = 0;
};

}  // namespace rosterd::sandbox
