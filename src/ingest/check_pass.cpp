#include "ingest/intake_passes.hpp"
#include "ingest/siphash.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace rosterd::ingest {

namespace {

using Entry = PeopleTable::Entry;

constexpr std::size_t key_bytes_max = 256;

template <class T>
void append_bytes(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string lines_of(const std::vector<std::uint64_t>& lines) {
  std::string text;
  for (const std::uint64_t line : lines) {
    if (!text.empty()) text += ", ";
    text += std::to_string(line);
  }
  return text;
}

}  // namespace

void fail_row(IntakeReport& report, std::size_t problems_max, RowProblem problem) {
  ++report.intake.rows_failed;
  ++report.problems_total;
  if (report.problems.size() < problems_max) report.problems.push_back(std::move(problem));
}

Key128 row_hash(const IntakeContext& context, const MappedRow& row, std::string& scratch) {
  scratch.clear();
  if (!context.roster) {
    append_bytes(scratch, row.type);
    append_bytes(scratch, row.mode);
    append_bytes(scratch, row.occurred_at.value_or(Instant::min()));
    scratch += row.sequence;
    scratch += '\0';
  }
  context.mapper->append_canonical(row, scratch);
  return siphash(context.row_key, scratch);
}

const RowIds::First& RowIds::first(std::string_view id, std::uint64_t line, const Key128& content) {
  const First candidate{.line = line, .content = content};
  return firsts_.try_emplace(key128(crypto_.sha256(id)), candidate).first->second;
}

void CheckPass::take(const CsvRow& row) {
  ++report_.intake.rows;
  const std::string_view key = context_.mapper->key_of(row);
  if (trim(key).empty() || key.size() > key_bytes_max) {
    ++report_.keys_unreadable;
    fail(RowProblem{
        .line = row.line,
        .column = context_.config.key,
        .value = printable(key, 80),
        .reason =
            key.size() > key_bytes_max ? "the key is longer than 256 bytes" : "the key is empty"});
    return;
  }
  take_key(key, row.line);
  map_row(row);
}

/// A row that is broken still names its person where that much is certain: the key is its first
/// field and the row did not take in lines that may be rows of other people.
void CheckPass::take_bad(const CsvProblem& problem, const CsvRow& row) {
  ++report_.intake.rows;
  const bool key_is_certain = context_.mapper->key_index() == 0 && row.lines == 1 &&
                              problem.field != 1 && !row.fields.empty() &&
                              !trim(row.fields[0]).empty() && row.fields[0].size() <= key_bytes_max;
  if (key_is_certain) {
    take_key(row.fields[0], row.line);
    context_.people[place_].set(PeopleTable::failed);
  } else {
    ++report_.keys_unreadable;
  }
  RowProblem told{.line = problem.line, .column = {}, .value = {}, .reason = problem.reason};
  if (problem.field > 0) {
    told.column = context_.mapper->column_name(problem.field - 1);
    const bool there = problem.field <= row.fields.size();
    if (there) told.value = printable(row.fields[problem.field - 1], 80);
  }
  fail(std::move(told));
}

void CheckPass::take_key(std::string_view key, std::uint64_t line) {
  place_ = context_.people.find_or_add(key);
  Entry& entry = context_.people[place_];
  if (!entry.is(PeopleTable::seen)) {
    entry.set(PeopleTable::seen);
    constexpr std::uint64_t line_max = std::numeric_limits<std::uint32_t>::max();
    entry.line = static_cast<std::uint32_t>(std::min(line, line_max));
    ++report_.intake.people;
    return;
  }
  if (!context_.roster) return;
  entry.set(PeopleTable::repeated);
  if (repeated_lines_.size() >= context_.config.errors_max && !repeated_lines_.contains(place_)) {
    return;
  }
  std::vector<std::uint64_t>& lines = repeated_lines_[place_];
  if (lines.empty()) lines.push_back(entry.line);
  if (lines.size() < lines_shown_max) lines.push_back(line);
}

void CheckPass::map_row(const CsvRow& row) {
  row_problems_.clear();
  Entry& entry = context_.people[place_];
  if (!context_.mapper->map(row, mapped_, row_problems_)) {
    entry.set(PeopleTable::failed);
    ++report_.intake.rows_failed;
    report_.problems_total += row_problems_.size();
    for (RowProblem& problem : row_problems_) {
      if (report_.problems.size() < context_.config.errors_max) {
        report_.problems.push_back(std::move(problem));
      }
    }
    return;
  }
  const bool row_left = mapped_.type == ChangeType::left;
  const bool foreign = entry.is(PeopleTable::known) && !entry.is(PeopleTable::in_scope);
  if (context_.roster && row_left && foreign && !entry.is(PeopleTable::left)) {
    entry.set(PeopleTable::failed);
    fail(RowProblem{
        .line = row.line,
        .column = context_.config.key,
        .value = printable(context_.mapper->key_of(row), 80),
        .reason = "left, but is not somebody of this roster's scope"});
    return;
  }
  if (!context_.mapper->email_of(mapped_).empty()) remember_email();
  if (!context_.roster) {
    context_.kept.add(row);
    check_id(row);
    return;
  }
  if (row_left) entry.set(PeopleTable::row_left);
  const bool agrees = entry.is(PeopleTable::has_row) &&
                      entry.row == row_hash(context_, mapped_, scratch_) &&
                      entry.is(PeopleTable::left) == row_left;
  if (agrees) return;
  entry.set(PeopleTable::differs);
  context_.kept.add(row);
}

void CheckPass::check_id(const CsvRow& row) {
  if (mapped_.id.empty()) return;
  const Key128 content = row_hash(context_, mapped_, scratch_);
  const RowIds::First& first = ids_.first(mapped_.id, row.line, content);
  if (first.line == row.line) return;
  if (first.content == content) {
    ++report_.intake.unchanged;
    return;
  }
  fail(RowProblem{
      .line = row.line,
      .column = context_.config.id_column,
      .value = printable(mapped_.id, 80),
      .reason = "is the id of line " + std::to_string(first.line) + ", which says otherwise"});
}

/// Only for new keys: somebody known may well get a new address.
void CheckPass::remember_email() {
  const Entry& entry = context_.people[place_];
  if (entry.is(PeopleTable::known) || entry.is(PeopleTable::conflict)) return;
  std::string email = lower_case(context_.mapper->email_of(mapped_));
  const auto [owner, is_new] =
      new_email_owners_.try_emplace(std::hash<std::string>{}(email), place_);
  if (!is_new && owner->second != place_) {
    const std::string line = std::to_string(context_.people[owner->second].line);
    quarantine(place_, "is new, and has the e-mail address of line " + line);
    quarantine(
        owner->second, "is new, and has the e-mail address of line " + std::to_string(entry.line)
    );
    return;
  }
  emails_.push_back(NewEmail{.email = std::move(email), .place = place_});
}

Task<void> CheckPass::flush() {
  if (emails_.empty()) co_return;
  std::vector<std::string> addresses;
  for (const NewEmail& entry : emails_) addresses.push_back(entry.email);
  const auto holders = co_await store_.holders_of_email(std::move(addresses));
  for (const NewEmail& entry : emails_) {
    const auto holder = holders.find(entry.email);
    if (holder == holders.end()) continue;
    const std::string_view own = context_.people.id_of(context_.people[entry.place]);
    if (holder->second.value == own) continue;
    const std::uint32_t other = context_.people.find_or_add(holder->second.value);
    context_.people[other].set(PeopleTable::contested);
    quarantine(
        entry.place,
        "is new, and has the e-mail address of " + printable(holder->second.value, 80) +
            ", who is known"
    );
  }
  emails_.clear();
}

void CheckPass::quarantine(std::uint32_t place, std::string reason) {
  context_.people[place].set(PeopleTable::conflict);
  if (conflicts_.size() < context_.config.errors_max) conflicts_.emplace(place, std::move(reason));
}

void CheckPass::fail(RowProblem problem) {
  fail_row(report_, context_.config.errors_max, std::move(problem));
}

void CheckPass::conclude() {
  PeopleTable& people = context_.people;
  std::set<std::uint32_t> places;
  for (const auto& [place, lines] : repeated_lines_) places.insert(place);
  for (const auto& [place, reason] : conflicts_) places.insert(place);
  for (const std::uint32_t place : places) {
    QuarantinedKey key;
    key.person = PersonId(std::string(people.id_of(people[place])));
    key.lines.push_back(people[place].line);
    if (const auto lines = repeated_lines_.find(place); lines != repeated_lines_.end()) {
      key.lines = lines->second;
      key.reason = "the key is there more than once: lines " + lines_of(key.lines);
    }
    if (const auto conflict = conflicts_.find(place); conflict != conflicts_.end()) {
      if (!key.reason.empty()) key.reason += "; ";
      key.reason += conflict->second;
    }
    report_.quarantined.push_back(std::move(key));
  }
  std::stable_sort(
      report_.quarantined.begin(),
      report_.quarantined.end(),
      [](const QuarantinedKey& left, const QuarantinedKey& right) {
        return left.lines.front() < right.lines.front();
      }
  );
  for (std::uint32_t place = 0; place < people.size(); ++place) conclude_person(people[place]);
}

void CheckPass::conclude_person(const Entry& entry) {
  Intake& intake = report_.intake;
  if (context_.roster && entry.is_expected()) ++report_.people_known;
  if (!entry.is(PeopleTable::seen)) {
    if (!context_.roster || !entry.is_gone()) return;
    ++report_.missing;
    if (report_.missing_people.size() < lines_shown_max) {
      report_.missing_people.emplace_back(std::string(context_.people.id_of(entry)));
    }
    return;
  }
  if (entry.quarantined()) {
    ++intake.quarantined;
  } else if (!context_.roster || entry.is(PeopleTable::failed)) {
    return;
  } else if (!entry.is(PeopleTable::differs)) {
    ++intake.unchanged;
  } else if (entry.is(PeopleTable::row_left)) {
    ++intake.left;
  } else if (entry.is(PeopleTable::known)) {
    ++intake.changed;
  } else {
    ++intake.joined;
  }
}

}  // namespace rosterd::ingest
