#include "sandbox/editor.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <unordered_map>

namespace rosterd::sandbox {

namespace {

constexpr int waits_max = 40;

std::string name_of(const std::string& collection, const std::string& id) {
  return collection + "/" + id;
}

ListChange change_of(const Draft& draft, const std::string& list, const Json& id, bool added) {
  return {
      .collection = draft.collection,
      .record = draft.id,
      .list = list,
      .id = id.get<std::string>(),
      .added = added};
}

}  // namespace

std::unordered_set<std::string_view> texts_in(const Json& list) {
  std::unordered_set<std::string_view> texts;
  if (!list.is_array()) return texts;
  texts.reserve(list.size());
  for (const Json& entry : list) {
    if (entry.is_string()) texts.insert(*entry.get_ptr<const std::string*>());
  }
  return texts;
}

void add_to(Draft& draft, const std::string& list, const Json& ids) {
  Json& entries = draft.record[list];
  if (!entries.is_array()) entries = Json::array();
  std::unordered_set<std::string_view> present = texts_in(entries);
  for (const Json& id : ids) {
    const std::string& text = *id.get_ptr<const std::string*>();
    draft.asked.push_back(change_of(draft, list, id, true));
    if (!present.insert(text).second) continue;
    entries.push_back(text);
    draft.changes.push_back(draft.asked.back());
  }
}

bool remove_from(Draft& draft, const std::string& list, const Json& ids) {
  for (const Json& id : ids) draft.asked.push_back(change_of(draft, list, id, false));
  const auto found = draft.record.find(list);
  if (found == draft.record.end() || !found->is_array()) return false;
  std::unordered_map<std::string_view, std::size_t> unwanted;
  for (const Json& id : ids) ++unwanted[*id.get_ptr<const std::string*>()];
  Json kept = Json::array();
  for (Json& entry : *found) {
    const std::string* text = entry.get_ptr<const std::string*>();
    const auto hit = text ? unwanted.find(*text) : unwanted.end();
    if (hit == unwanted.end() || hit->second == 0) {
      kept.push_back(std::move(entry));
    } else {
      --hit->second;
      draft.changes.push_back(change_of(draft, list, entry, false));
    }
  }
  *found = std::move(kept);
  return true;
}

std::optional<Draft> Editor::read(const std::string& collection, const std::string& id) {
  const Json* record = storage_.find(collection, id);
  if (!record) return std::nullopt;
  if (open_.use_count() == 1) recent_.clear();
  ++reads_[name_of(collection, id)];
  Draft draft;
  draft.collection = collection;
  draft.id = id;
  draft.record = *record;
  draft.read_at = writes_;
  draft.open = open_;
  return draft;
}

Task<Written> Editor::write_back(Draft& draft) {
  const std::string record = name_of(draft.collection, draft.id);
  co_await pause(record);

  if (storage_.name_taken(draft.collection, draft.record, draft.id)) co_return Written::name_taken;
  if (!storage_.find(draft.collection, draft.id)) co_return Written::missing;
  const Json* stored = storage_.update(draft.collection, draft.id, std::move(draft.record));
  if (!stored) co_return Written::full;
  count_losses(*stored, draft);
  ++writes_;
  for (const ListChange& change : draft.changes) {
    recent_.push_back({.change = change, .at = writes_, .lost = false});
  }
  co_return Written::done;
}

Task<void> Editor::pause(const std::string& record) {
  if (!lossy_) co_return;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  for (int waits = 0; waits < waits_max; ++waits) {
    const std::uint64_t seen = reads_[record];
    timer.expires_after(window_);
    co_await timer.async_wait(asio::use_awaitable);
    if (reads_[record] == seen) co_return;
  }
}

void Editor::count_losses(const Json& stored, const Draft& draft) {
  std::map<std::string, std::unordered_set<std::string_view>> written;
  for (Acknowledged& earlier : recent_) {
    const bool same =
        earlier.change.collection == draft.collection && earlier.change.record == draft.id;
    if (earlier.lost || earlier.at <= draft.read_at || !same) continue;
    const std::string& list = earlier.change.list;
    auto entries = written.find(list);
    if (entries == written.end()) {
      const Json* value = member(stored, list);
      entries = written.emplace(list, value ? texts_in(*value) : texts_in(Json::array())).first;
    }
    if (entries->second.contains(earlier.change.id) == earlier.change.added) continue;
    earlier.lost = true;
    ++lost_writes_;
  }
}

}  // namespace rosterd::sandbox
