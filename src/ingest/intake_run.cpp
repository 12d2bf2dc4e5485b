#include "ingest/intake_run.hpp"

#include "ingest/manifest.hpp"
#include "rosterd/base/both.hpp"
#include "rosterd/base/text.hpp"
#include "rosterd/base/yield.hpp"
#include "rosterd/ingest/completeness.hpp"
#include "rosterd/ingest/encoding.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace rosterd::ingest {

namespace {

using Phase = IntakeProgress::Phase;

// What is done between two turns of the loop: a few milliseconds.
constexpr std::size_t slice_bytes = 256 << 10;
constexpr std::size_t slice_people = 20'000;
constexpr std::size_t slice_rows = 500;  // events are made of all of them

class StoreSink final : public EventSink {
 public:
  StoreSink(IntakeStore& store, std::int64_t intake) : store_(store), intake_(intake) {}
  Task<std::vector<Acceptance>> put(std::vector<IntakeStore::StagedRow> rows) override {
    return store_.stage(intake_, std::move(rows));
  }

 private:
  IntakeStore& store_;
  std::int64_t intake_;
};

class ListSink final : public EventSink {
 public:
  Task<std::vector<Acceptance>> put(std::vector<IntakeStore::StagedRow> rows) override {
    for (auto& row : rows) events.push_back(std::move(row.event.event));
    co_return std::vector(rows.size(), Acceptance::accepted);
  }

  std::vector<ChangeEvent> events;
};

void add_remark(std::string& text, const std::string& remark) {
  if (!text.empty()) text += "; ";
  text += remark;
}

}  // namespace

IntakeRun::IntakeRun(
    const FileIntake::Parts& parts,
    const DropConfig& config,
    std::filesystem::path path,
    IntakeOptions options
)
    : parts_(parts),
      config_(config),
      path_(std::move(path)),
      options_(std::move(options)),
      roster_(config.kind == "roster"),
      hasher_(parts.crypto.hasher()) {
  report_.intake.source = config.name;
  report_.intake.file_name = path_.filename().string();
}

Task<void> IntakeRun::into_store() {
  if (co_await fingerprint_and_load()) {
    co_await finish(false);
    co_return;
  }
  Intake& intake = report_.intake;
  const Instant now = parts_.clock.now();
  intake = co_await parts_.store.begin(intake.source, intake.file_name, intake.sha256, now);
  const bool ended = co_await check_last_accepted() || co_await check_rows();
  if (!ended) {
    StoreSink sink(parts_.store, intake.id);
    co_await stage(sink);
  }
  co_await finish(true);
}

Task<std::vector<ChangeEvent>> IntakeRun::into_list() {
  ListSink sink;
  if (co_await fingerprint_and_load()) co_return std::move(sink.events);
  report_.intake.taken_at = parts_.clock.now();
  const bool ended = co_await check_last_accepted() || co_await check_rows();
  if (!ended) co_await stage(sink);
  if (report_.intake.state != IntakeState::done) sink.events.clear();
  co_return std::move(sink.events);
}

/// The one on this thread, the other on the store's.
Task<IntakeRun::Ended> IntakeRun::fingerprint_and_load() {
  return both(fingerprint(), load_people());
}

Task<IntakeRun::Ended> IntakeRun::fingerprint() {
  auto file = FileSource::open(path_);
  if (!file) co_return end(IntakeState::rejected, file.error().reason);
  file_.emplace(std::move(*file));
  stamp_ = file_->stamp();
  if (stamp_.bytes > config_.file_bytes_max) {
    co_return end(
        IntakeState::rejected, "is longer than " + std::to_string(config_.file_bytes_max) + " bytes"
    );
  }
  std::vector<char> piece(slice_bytes);
  std::uint64_t done = 0;
  for (;;) {
    const auto taken = file_->read(piece);
    if (!taken) co_return end(IntakeState::rejected, taken.error().reason);
    if (*taken == 0) break;
    hasher_->update({piece.data(), *taken});
    done += *taken;
    tell(Phase::fingerprint, done);
    co_await yield_now();
  }
  report_.intake.sha256 = hasher_->finish();
  co_return false;
}

/// Only the last file counts: going back to what an older one said is a change.
Task<IntakeRun::Ended> IntakeRun::check_last_accepted() {
  last_ = co_await parts_.store.last_accepted(config_.name);
  const bool repeated = last_ && last_->sha256 == report_.intake.sha256;
  if (repeated && !options_.even_if_repeated) {
    co_return end(IntakeState::repeated, "the same bytes as the last accepted file");
  }
  co_return check_manifest_bytes();
}

IntakeRun::Ended IntakeRun::check_manifest_bytes() {
  const auto path = find_manifest(path_);
  if (!path) {
    if (!config_.manifest_required) return false;
    return end(IntakeState::rejected, "there is no manifest beside it");
  }
  const auto manifest = read_manifest(*path);
  if (!manifest) return end(IntakeState::rejected, manifest.error().text);
  manifest_rows_ = manifest->rows;
  const std::string own = to_hex(report_.intake.sha256);
  if (!manifest->sha256.empty() && manifest->sha256 != own) {
    return end(IntakeState::rejected, "its SHA-256 is not the one in its manifest");
  }
  return false;
}

Task<IntakeRun::Ended> IntakeRun::check_rows() {
  CheckPass pass(context(), parts_.store, report_);
  if (co_await go_through(pass, Phase::checking)) co_return true;
  pass.conclude();
  co_return check_counts();
}

Task<void> IntakeRun::load_people() {
  row_key_ = co_await parts_.store.row_key();
  KnownPeopleQuery query;
  query.source = config_.name;
  for (const auto& [name, value] : config_.scope) query.scope.emplace(name, value);
  std::function<void(const KnownPerson&)> visit = [this](const KnownPerson& person) {
    PeopleTable::Entry& entry = people_[people_.add(person.id.value)];
    entry.set(PeopleTable::known);
    if (person.left) entry.set(PeopleTable::left);
    if (person.in_scope) entry.set(PeopleTable::in_scope);
    if (person.row) {
      entry.set(PeopleTable::has_row);
      entry.row = *person.row;
    }
  };
  co_await parts_.store.known_people(std::move(query), std::move(visit));
}

/// Hashes of rows are told apart by what the rows speak about, so that this need not be hashed with
/// each of them.
void IntakeRun::make_row_key() {
  hasher_->update({reinterpret_cast<const char*>(&row_key_), sizeof row_key_});
  for (const std::string& attribute : mapper_->attributes()) {
    hasher_->update(std::to_string(attribute.size()) + ":" + attribute);
  }
  row_key_ = key128(hasher_->finish());
}

IntakeRun::Ended IntakeRun::check_counts() {
  const Intake& intake = report_.intake;
  if (manifest_rows_ && *manifest_rows_ != intake.rows) {
    return end(
        IntakeState::rejected,
        "has " + std::to_string(intake.rows) + " rows, but its manifest says " +
            std::to_string(*manifest_rows_)
    );
  }
  if (!roster_) return false;
  if (intake.rows == 0) return end(IntakeState::rejected, "has a header and no rows");
  if (intake.people == 0) return end(IntakeState::rejected, "has no row whose key can be read");
  RosterCount count;
  count.people = intake.people;
  count.missing = report_.missing;
  count.known = report_.people_known;
  if (last_) count.last_people = last_->people;
  report_.missing_allowed = missing_allowed(count, config_.missing_max, config_.missing_part_max);
  const auto why = looks_incomplete(count, config_.missing_max, config_.missing_part_max);
  if (why && !options_.approve_missing) return end(IntakeState::held, *why);
  return false;
}

Task<void> IntakeRun::stage(EventSink& sink) {
  EventPass pass(context(), sink, report_);
  const bool ended =
      kept_.all() ? co_await go_through_kept(pass) : co_await go_through(pass, Phase::staging);
  if (ended) co_return;
  if (roster_ && report_.keys_unreadable == 0 && report_.missing > 0) {
    std::size_t looked_at = 0;
    for (std::uint32_t place = 0; place < people_.size(); ++place) {
      const PeopleTable::Entry& entry = people_[place];
      if (entry.is_gone()) {
        pass.take_gone(people_.id_of(entry));
        ++report_.intake.left;
      }
      if (pass.full()) co_await pass.flush();
      if (++looked_at % slice_people == 0) co_await yield_now();
    }
  }
  co_await pass.flush();
  std::stable_sort(
      report_.problems.begin(),
      report_.problems.end(),
      [](const RowProblem& left, const RowProblem& right) { return left.line < right.line; }
  );
  if (file_->stamp() != stamp_) {
    end(IntakeState::rejected, "was written to while it was read");
    co_return;
  }
  end(IntakeState::done, remarks());
}

Task<IntakeRun::Ended> IntakeRun::go_through(RowPass& pass, Phase phase) {
  file_->rewind();
  const bool windows_1252 = config_.encoding == "windows-1252";
  const auto text = decoded(*file_, windows_1252 ? Encoding::windows_1252 : Encoding::utf8);
  CsvReader reader(*text, csv_format());
  if (read_header(reader)) co_return true;
  std::uint64_t slice_end = slice_bytes;
  std::uint64_t rows = 0;
  for (;;) {
    const CsvReader::Step step = reader.next();
    if (step == CsvReader::Step::end) break;
    if (step == CsvReader::Step::broken) co_return end_broken(reader);
    if (++rows > config_.rows_max) {
      co_return end(
          IntakeState::rejected, "has more than " + std::to_string(config_.rows_max) + " rows"
      );
    }
    if (step == CsvReader::Step::row) {
      pass.take(reader.row());
    } else {
      pass.take_bad(reader.problem(), reader.row());
    }
    if (pass.full()) co_await pass.flush();
    if (reader.bytes_read() >= slice_end) {
      slice_end = reader.bytes_read() + slice_bytes;
      tell(phase, reader.bytes_read());
      co_await yield_now();
    }
  }
  co_await pass.flush();
  tell(phase, stamp_.bytes);
  co_return false;
}

/// What the check has kept; nothing of it can end the intake any more.
Task<IntakeRun::Ended> IntakeRun::go_through_kept(RowPass& pass) {
  CsvRow row;
  for (std::size_t taken = 1; kept_.next(row); ++taken) {
    pass.take(row);
    if (pass.full()) co_await pass.flush();
    if (taken % slice_rows == 0) co_await yield_now();
  }
  co_await pass.flush();
  tell(Phase::staging, stamp_.bytes);
  co_return false;
}

IntakeRun::Ended IntakeRun::read_header(CsvReader& reader) {
  const CsvReader::Step step = reader.next();
  if (step == CsvReader::Step::end) return end(IntakeState::rejected, "is empty");
  if (step == CsvReader::Step::broken) return end_broken(reader);
  if (step == CsvReader::Step::bad) {
    return end(IntakeState::rejected, "its header " + reader.problem().reason);
  }
  const std::size_t columns = reader.row().fields.size();
  if (!mapper_) {
    auto bound = RowMapper::bind(config_, reader.row().fields, parts_.zones);
    if (!bound) return end(IntakeState::rejected, bound.error().text);
    mapper_.emplace(std::move(*bound));
    make_row_key();
  }
  for (int row = 1; row < config_.header_rows; ++row) {
    if (reader.next() == CsvReader::Step::broken) return end_broken(reader);
  }
  reader.expect_fields(columns);
  return false;
}

IntakeRun::Ended IntakeRun::end_broken(const CsvReader& reader) {
  return end(
      IntakeState::rejected,
      "byte " + std::to_string(reader.error().offset) + " " + reader.error().reason
  );
}

IntakeRun::Ended IntakeRun::end(IntakeState state, std::string reason) {
  report_.intake.state = state;
  report_.intake.reason = std::move(reason);
  return true;
}

Task<void> IntakeRun::finish(bool in_store) {
  Intake& intake = report_.intake;
  if (options_.report_keeper && intake.state != IntakeState::repeated) {
    co_await options_.report_keeper->keep(errors_csv(report_));
  }
  intake.finished_at = parts_.clock.now();
  if (in_store) co_await parts_.store.finish(intake);
  const bool wrong = intake.state == IntakeState::rejected || intake.state == IntakeState::held;
  std::vector<LogField> fields;
  fields.emplace_back("source", intake.source);
  fields.emplace_back("file", intake.file_name);
  fields.emplace_back("state", std::string(to_string(intake.state)));
  const auto number = [&](std::string_view name, std::uint64_t value) {
    fields.emplace_back(name, static_cast<std::int64_t>(value));
  };
  number("rows", intake.rows);
  number("rows_failed", intake.rows_failed);
  number("people", intake.people);
  number("quarantined", intake.quarantined);
  number("joined", intake.joined);
  number("changed", intake.changed);
  number("left", intake.left);
  number("unchanged", intake.unchanged);
  if (!intake.reason.empty()) fields.emplace_back("reason", intake.reason);
  parts_.log.write(wrong ? LogLevel::warning : LogLevel::notice, "file read", fields);
}

CsvFormat IntakeRun::csv_format() const {
  CsvFormat format;
  format.delimiter = config_.delimiter == "tab" ? '\t' : config_.delimiter.front();
  format.row_bytes_max = config_.row_bytes_max;
  format.field_bytes_max = config_.field_bytes_max;
  format.block_bytes = slice_bytes;
  return format;
}

// A file knows nothing newer than itself: somebody who left after it was written, and before it was
// taken, has left. What was dropped after another file of the same drop was meant to replace it,
// though, even when it was written before.
Instant IntakeRun::as_of() const {
  const Instant taken = report_.intake.taken_at;
  const Instant written =
      Instant{std::chrono::floor<Duration>(std::chrono::sys_time<std::chrono::nanoseconds>{
          std::chrono::nanoseconds{stamp_.modified_ns}})};
  const Instant after_last = last_ ? last_->taken_at + Duration{1} : Instant::min();
  return std::min(taken, std::max(written, after_last));
}

IntakeContext IntakeRun::context() {
  return IntakeContext{
      .config = config_,
      .mapper = mapper_,
      .crypto = parts_.crypto,
      .row_key = row_key_,
      .people = people_,
      .kept = kept_,
      .intake = report_.intake,
      .roster = roster_,
      .as_of = as_of()};
}

void IntakeRun::tell(Phase phase, std::uint64_t bytes_done) const {
  if (!options_.progress) return;
  options_.progress(IntakeProgress{
      .phase = phase,
      .bytes_done = bytes_done,
      .bytes_total = stamp_.bytes,
      .rows = report_.intake.rows});
}

std::string IntakeRun::remarks() const {
  const Intake& intake = report_.intake;
  std::string text;
  if (intake.rows_failed > 0) add_remark(text, std::to_string(intake.rows_failed) + " rows failed");
  if (intake.quarantined > 0) {
    add_remark(text, std::to_string(intake.quarantined) + " people are quarantined");
  }
  if (report_.keys_unreadable > 0 && report_.missing > 0) {
    add_remark(
        text,
        std::to_string(report_.missing) + " people are missing and nobody was ended, because " +
            std::to_string(report_.keys_unreadable) + " keys cannot be read"
    );
  }
  return text;
}

}  // namespace rosterd::ingest
