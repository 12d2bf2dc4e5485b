#include "sandbox/storage.hpp"

#include "rosterd/base/text.hpp"

namespace rosterd::sandbox {

namespace {

Json* record_of(Json& records, std::string_view id) {
  for (Json& record : records) {
    if (has_text(record, "_id", id)) return &record;
  }
  return nullptr;
}

Json merged(const std::string& id, Json& existing, Json& fields) {
  Json result = Json::object();
  result["_id"] = id;
  for (auto& [name, value] : existing.items()) {
    if (!fields.contains(name))
      result[name] = std::move(value);
    else
      result[name] = fields[name];
  }
  for (auto& [name, value] : fields.items()) result[name] = std::move(value);
  return result;
}

}  // namespace

const Json& Storage::all(const std::string& collection) const {
  static const Json none = Json::array();
  const Json* records = member(document_, collection);
  return records && records->is_array() ? *records : none;
}

const Json* Storage::find(const std::string& collection, std::string_view id) const {
  for (const Json& record : all(collection)) {
    if (has_text(record, "_id", id)) return &record;
  }
  return nullptr;
}

const Json* Storage::create(const std::string& collection, Json record) {
  if (!record.contains("_id")) record["_id"] = new_id();
  const bool first = !document_.contains(collection);
  Json& records = document_[collection];
  if (records.is_null()) records = Json::array();
  records.push_back(std::move(record));
  if (too_large()) {
    records.erase(records.size() - 1);
    if (first) document_.erase(collection);
    return nullptr;
  }
  ++version_;
  return &records.back();
}

const Json* Storage::update(const std::string& collection, const std::string& id, Json fields) {
  Json* existing = record_of(document_[collection], id);
  if (!existing) {
    Json nothing = Json::object();
    return create(collection, merged(id, nothing, fields));
  }
  Json before = bytes_max_ != 0 ? *existing : Json();
  *existing = merged(id, *existing, fields);
  if (too_large()) {
    *existing = std::move(before);
    return nullptr;
  }
  ++version_;
  return existing;
}

void Storage::erase(const std::string& collection, std::string_view id) {
  const auto records = document_.find(collection);
  if (records == document_.end()) return;
  for (std::size_t i = 0; i < records->size(); ++i) {
    if (!has_text((*records)[i], "_id", id)) continue;
    records->erase(i);
    ++version_;
    return;
  }
}

bool Storage::replace(Json document) {
  std::swap(document_, document);
  if (too_large()) {
    std::swap(document_, document);
    return false;
  }
  ++version_;
  return true;
}

bool Storage::name_taken(const std::string& collection, const Json& record, std::string_view except)
    const {
  const std::string* name = text_of(record, "name");
  const Json* application = collection == "groups" ? nullptr : member(record, "applicationId");
  if (!name) return false;
  int others = 0;
  for (const Json& other : all(collection)) {
    const std::string* other_name = text_of(other, "name");
    if (!other_name || !equal_ignoring_case(*other_name, *name)) continue;
    if (application && other.value("applicationId", Json()) != *application) continue;
    if (!has_text(other, "_id", except)) ++others;
  }
  return others > 0;
}

std::string Storage::users_of(
    const std::string& collection, const std::string& list, std::string_view id
) const {
  std::string names;
  for (const Json& record : all(collection)) {
    if (!lists(record, list, id)) continue;
    const std::string* name = text_of(record, "name");
    names += (names.empty() ? "" : ", ") + (name ? *name : std::string("undefined"));
  }
  return names;
}

std::string Storage::new_id() {
  constexpr char digits[] = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) id += '-';
    auto nibble = static_cast<unsigned>(random_() >> 60U);
    if (i == 12) nibble = 4;
    if (i == 16) nibble = 8 | (nibble & 3U);
    id += digits[nibble];
  }
  return id;
}

}  // namespace rosterd::sandbox
