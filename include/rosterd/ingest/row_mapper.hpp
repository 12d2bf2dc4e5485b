#pragma once

#include "rosterd/base/result.hpp"
#include "rosterd/config.hpp"
#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/change_event.hpp"
#include "rosterd/domain/time_zones.hpp"
#include "rosterd/ingest/csv_reader.hpp"
#include "rosterd/ingest/date_format.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::ingest {

/// What is wrong at one place of a file. The value is personal data: for the report that lies
/// beside the file, never for a log.
struct RowProblem {
  std::uint64_t line = 0;
  std::string column;  ///< its header; empty: the row as a whole
  std::string value;   ///< cut, and safe for one line
  std::string reason;
};

/// Why no row of a file can be mapped.
struct HeaderProblem {
  HeaderProblem() = default;
  explicit HeaderProblem(std::string what) : text(std::move(what)) {}
  std::string text;
};

/// One attribute of a row. Texts are views of the row, of the configuration, or of the cell.
struct MappedCell {
  enum class Kind : std::uint8_t { unsaid, cleared, text, day, integer, number, boolean, list };

  Kind kind = Kind::unsaid;
  bool truth = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text;       ///< of `text`; of a list, its parts with separators
  std::string_view separator;  ///< of `list`
  std::array<char, 10> day{};  ///< `2026-03-01`
};

/// A row in the terms of the domain; reused from row to row. Valid as long as the row is.
struct MappedRow {
  std::vector<MappedCell> cells;  ///< by `RowMapper::attributes()`
  ChangeType type = ChangeType::changed;
  ChangeMode mode = ChangeMode::partial;
  std::string_view id;  ///< the source's own; empty: none
  std::optional<Instant> occurred_at;
  std::optional<Effective> effective_at;
  std::string_view sequence;
};

/// Turns the rows of one file into attributes, as its drop is configured (sources.md, "CSV drops").
///
/// Columns that nothing is configured for are ignored. The key is compared byte for byte and never
/// trimmed. For every other column, in this order: white space around it goes (`trim`); the value
/// map; nothing or an `empty` text becomes the default, or else nothing; the type. Then the first
/// override of each attribute whose tests all hold replaces its value.
///
/// A roster row speaks about every mapped attribute: an empty field clears, and presence alone
/// means `status = active` where no column says more. In a changes file an empty field says
/// nothing; a text of `empty` clears. A row of somebody who left never clears: who leaves must
/// still be found by the e-mail address they had.
///
/// `config` and `zones` must outlive the mapper. Const use is thread-safe.
class RowMapper {
 public:
  /// Fails when a configured column is missing or any column is there twice; names all of them.
  static Result<RowMapper, HeaderProblem> bind(
      const DropConfig& config, std::span<const std::string_view> header, const TimeZones& zones
  );

  std::string_view key_of(const CsvRow& row) const { return row.fields[key_]; }
  std::size_t key_index() const { return key_; }

  /// False when the row fails; each thing wrong with it is then appended to `problems`.
  bool map(const CsvRow& row, MappedRow& into, std::vector<RowProblem>& problems) const;

  /// The names of what rows say, in order.
  const std::vector<std::string>& attributes() const { return attributes_; }

  /// The e-mail address of a mapped row, or nothing.
  std::string_view email_of(const MappedRow& row) const;

  /// What the event of that row sets and clears.
  AttributePatch patch(const MappedRow& row) const;

  /// Appends bytes that are the same exactly when the row says the same, among rows of mappers
  /// with the same `attributes()`.
  void append_canonical(const MappedRow& row, std::string& out) const;

  /// The header of a field, for reports; empty when there is no such column.
  std::string column_name(std::size_t index) const;

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  enum class Type : std::uint8_t { text, integer, number, boolean, date, list };

  struct Column {
    std::size_t index = 0;      ///< in the row
    std::size_t attribute = 0;  ///< in `attributes_`
    Type type = Type::text;
    const ColumnConfig* config = nullptr;
    std::vector<std::pair<std::string_view, std::string_view>> values;  ///< sorted
  };
  struct Override {
    std::vector<std::pair<std::size_t, std::string_view>> when;
    std::size_t attribute = 0;
    std::string_view value;
  };

  explicit RowMapper(const DropConfig& config, const TimeZones& zones)
      : config_(&config), zones_(&zones), dates_(config.date_formats) {}

  std::string bind_columns(std::span<const std::string_view> header);
  void bind_attributes();
  std::size_t attribute_index(std::string_view name) const;
  std::string_view field(const CsvRow& row, std::size_t index) const;
  bool map_column(const Column& column, const CsvRow& row, MappedCell& cell, std::string& why)
      const;
  bool read_typed(const Column& column, std::string_view text, MappedCell& cell, std::string& why)
      const;
  void apply_overrides(const CsvRow& row, MappedRow& into) const;
  bool map_event_fields(const CsvRow& row, MappedRow& into, std::vector<RowProblem>& problems)
      const;
  bool map_type(std::string_view text, MappedRow& into, std::string& why) const;
  std::optional<Effective> read_effective(std::string_view text) const;
  std::optional<Instant> read_instant(std::string_view text) const;

  const DropConfig* config_;
  const TimeZones* zones_;
  DateFormats dates_;
  bool roster_ = true;
  std::vector<std::string> header_;
  std::size_t key_ = 0;
  std::size_t type_ = none, id_ = none, mode_ = none, occurred_at_ = none, effective_at_ = none,
              sequence_ = none;
  std::vector<std::string> attributes_;
  std::vector<MappedCell> initial_;  ///< what a row says before its fields are read
  std::vector<Column> columns_;
  std::vector<Override> overrides_;
  std::size_t status_ = none;
  std::size_t email_ = none;
};

}  // namespace rosterd::ingest
