#include "rosterd/ingest/row_mapper.hpp"

#include "rosterd/base/text.hpp"
#include "rosterd/domain/lifecycle.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace rosterd::ingest {

namespace {

using Kind = MappedCell::Kind;

constexpr std::size_t id_bytes_max = 256;
constexpr std::size_t shown_bytes_max = 80;

/// Fields seldom have white space around them, so that is looked at first.
std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  if (text.empty() || (!is_space(text.front()) && !is_space(text.back()))) return text;
  return trim(text);
}

RowProblem problem_at(
    const CsvRow& row, std::string column, std::string_view value, std::string reason
) {
  return RowProblem{
      .line = row.line,
      .column = std::move(column),
      .value = printable(value, shown_bytes_max),
      .reason = std::move(reason)};
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::optional<bool> read_truth(std::string_view text) {
  for (const std::string_view yes : {"true", "yes", "1"}) {
    if (equal_ignoring_case(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "no", "0"}) {
    if (equal_ignoring_case(text, no)) return false;
  }
  return std::nullopt;
}

std::array<char, 10> iso_day(Date date) {
  std::array<char, 10> text;
  const auto put = [&](std::size_t at, std::size_t digits, int value) {
    for (std::size_t i = digits; i-- > 0; value /= 10) {
      text[at + i] = static_cast<char>('0' + value % 10);
    }
  };
  put(0, 4, static_cast<int>(date.year()));
  put(5, 2, static_cast<int>(static_cast<unsigned>(date.month())));
  put(8, 2, static_cast<int>(static_cast<unsigned>(date.day())));
  text[4] = text[7] = '-';
  return text;
}

}  // namespace

bool RowMapper::map(const CsvRow& row, MappedRow& into, std::vector<RowProblem>& problems) const {
  const std::size_t problems_before = problems.size();
  into.cells.assign(initial_.begin(), initial_.end());
  for (const Column& column : columns_) {
    std::string why;
    if (!map_column(column, row, into.cells[column.attribute], why)) {
      const auto& name = header_[column.index];
      problems.push_back(problem_at(row, name, row.fields[column.index], std::move(why)));
    }
  }
  if (problems.size() > problems_before) return false;
  apply_overrides(row, into);
  if (status_ != none) {
    MappedCell& status = into.cells[status_];
    const auto state = status.kind == Kind::text ? lifecycle_state(status.text) : std::nullopt;
    if (state) status.text = to_string(*state);
    if (!state && status.kind != Kind::unsaid) {
      const std::string reason =
          status.kind == Kind::text
              ? "is not a status: prehire, active, on_leave, suspended or left"
              : "there is no status";
      problems.push_back(problem_at(row, "status", status.text, reason));
    }
  }
  map_event_fields(row, into, problems);
  return problems.size() == problems_before;
}

std::string_view RowMapper::field(const CsvRow& row, std::size_t index) const {
  const std::string_view text = row.fields[index];
  return config_->trim ? trimmed(text) : text;
}

bool RowMapper::map_column(
    const Column& column, const CsvRow& row, MappedCell& cell, std::string& why
) const {
  const ColumnConfig& config = *column.config;
  std::string_view text = field(row, column.index);
  if (!column.values.empty()) {
    const auto at = std::lower_bound(
        column.values.begin(),
        column.values.end(),
        text,
        [](const auto& entry, std::string_view wanted) { return entry.first < wanted; }
    );
    if (at != column.values.end() && at->first == text) {
      text = at->second;
    } else if (!text.empty() && config.otherwise == "error") {
      why = "is none of the values that are configured";
      return false;
    } else if (!text.empty() && !config.otherwise.empty()) {
      text = config.otherwise;
    }
  }
  const bool marked_empty =
      !text.empty() &&
      std::find(config.empty.begin(), config.empty.end(), text) != config.empty.end();
  if (marked_empty || text.empty()) {
    if (config.default_value && !config.default_value->empty()) {
      return read_typed(column, *config.default_value, cell, why);
    }
    if (config.required) {
      why = "is empty and required";
      return false;
    }
    const bool already_said = cell.kind != Kind::unsaid && cell.kind != Kind::cleared;
    if (marked_empty && !already_said) cell.kind = Kind::cleared;
    return true;
  }
  return read_typed(column, text, cell, why);
}

bool RowMapper::read_typed(
    const Column& column, std::string_view text, MappedCell& cell, std::string& why
) const {
  switch (column.type) {
    case Type::text:
      cell.kind = Kind::text;
      cell.text = text;
      return true;
    case Type::list:
      cell.kind = Kind::list;
      cell.text = text;
      cell.separator = column.config->separator;
      return true;
    case Type::integer:
      cell.kind = Kind::integer;
      why = "is not a whole number";
      return read_number(text, cell.integer);
    case Type::number:
      cell.kind = Kind::number;
      why = "is not a number";
      return read_number(text, cell.number) && std::isfinite(cell.number);
    case Type::boolean: {
      const auto truth = read_truth(text);
      cell.kind = Kind::boolean;
      cell.truth = truth.value_or(false);
      why = "is neither true nor false";
      return truth.has_value();
    }
    case Type::date: {
      const auto civil = dates_.parse(text);
      cell.kind = Kind::day;
      if (civil) cell.day = iso_day(civil->date);
      why = "is not a date in any of the formats configured";
      return civil.has_value();
    }
  }
  std::abort();
}

void RowMapper::apply_overrides(const CsvRow& row, MappedRow& into) const {
  for (auto at = overrides_.begin(); at != overrides_.end(); ++at) {
    const auto holds = [&](const auto& test) { return field(row, test.first) == test.second; };
    if (!std::all_of(at->when.begin(), at->when.end(), holds)) continue;
    const auto earlier = std::find_if(overrides_.begin(), at, [&](const Override& other) {
      return other.attribute == at->attribute &&
             std::all_of(other.when.begin(), other.when.end(), holds);
    });
    if (earlier != at) continue;
    MappedCell& cell = into.cells[at->attribute];
    cell.kind = Kind::text;
    cell.text = at->value;
  }
}

bool RowMapper::map_event_fields(
    const CsvRow& row, MappedRow& into, std::vector<RowProblem>& problems
) const {
  const std::size_t problems_before = problems.size();
  const auto fail = [&](std::size_t index, std::string reason) {
    problems.push_back(problem_at(row, header_[index], row.fields[index], std::move(reason)));
  };
  const bool says_left = status_ != none && into.cells[status_].kind == Kind::text &&
                         into.cells[status_].text == "left";
  into.type = says_left ? ChangeType::left : ChangeType::changed;
  into.mode = ChangeMode::partial;
  into.id = {};
  into.sequence = {};
  into.occurred_at.reset();
  into.effective_at.reset();
  std::string why;
  if (type_ != none && !map_type(field(row, type_), into, why)) fail(type_, std::move(why));
  if (id_ != none) {
    into.id = field(row, id_);
    if (into.id.empty()) fail(id_, "is empty");
    if (into.id.size() > id_bytes_max) fail(id_, "is longer than 256 bytes");
  }
  if (mode_ != none) {
    const std::string_view mode = field(row, mode_);
    if (mode == to_string(ChangeMode::full)) into.mode = ChangeMode::full;
    const bool known = mode.empty() || mode == to_string(into.mode);
    if (!known) fail(mode_, "is neither partial nor full");
  }
  if (occurred_at_ != none && !field(row, occurred_at_).empty()) {
    into.occurred_at = read_instant(field(row, occurred_at_));
    if (!into.occurred_at) fail(occurred_at_, "is not a time: RFC 3339 or a format configured");
  }
  if (effective_at_ != none && !field(row, effective_at_).empty()) {
    into.effective_at = read_effective(field(row, effective_at_));
    if (!into.effective_at) fail(effective_at_, "is not a date in any of the formats configured");
  }
  if (sequence_ != none) {
    std::string_view digits = field(row, sequence_);
    const bool wrong = digits.find_first_not_of("0123456789") != std::string_view::npos;
    if (wrong || digits.size() > id_bytes_max) fail(sequence_, "is not a number of digits only");
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    into.sequence = digits;
  }
  return problems.size() == problems_before;
}

bool RowMapper::map_type(std::string_view text, MappedRow& into, std::string& why) const {
  const auto configured = config_->types.find(std::string(text));
  into.type = change_type(configured == config_->types.end() ? text : configured->second);
  if (into.type != ChangeType::unknown) return true;
  why = "is not a type of change";
  std::vector<std::string> known;
  for (const auto& [name, type] : config_->types) known.push_back(name);
  if (const auto near = nearest(text, known)) why += " (is it " + printable(*near) + "?)";
  return false;
}

std::optional<Effective> RowMapper::read_effective(std::string_view text) const {
  if (const auto instant = parse_rfc3339(text)) return Effective(*instant);
  const auto civil = dates_.parse(text);
  if (!civil) return std::nullopt;
  if (config_->time_zone.empty()) return Effective(civil->date);
  const auto start = zones_->start_of_day(config_->time_zone, civil->date);
  if (!start) return std::nullopt;
  return Effective(*start);
}

/// On the two days a year when clocks change, a time without an offset may be an hour off.
std::optional<Instant> RowMapper::read_instant(std::string_view text) const {
  if (const auto instant = parse_rfc3339(text)) return instant;
  const auto civil = dates_.parse(text);
  if (!civil) return std::nullopt;
  const std::string& zone = config_->time_zone;
  const auto start = zone.empty() ? Instant(std::chrono::sys_days(civil->date))
                                  : zones_->start_of_day(zone, civil->date);
  if (!start) return std::nullopt;
  return *start + civil->time;
}

}  // namespace rosterd::ingest
