#include "adapters/toml/drop_reader.hpp"

#include "adapters/toml/event_types.hpp"

#include <limits>
#include <set>

namespace rosterd::config_files {

namespace {

constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();

void read_column(TableReader& table, ColumnConfig& column) {
  table.require("column", "the header of the column, exactly as in the file");
  table.require("attribute", "the attribute that its fields become");
  table.text("column", column.column);
  table.text("attribute", column.attribute);
  table.text_map("values", column.values);
  table.text("otherwise", column.otherwise);
  table.text("default", column.default_value);
  table.boolean("required", column.required);
  table.one_of("type", column.type, {"string", "integer", "number", "boolean", "date", "list"});
  table.texts("empty", column.empty);
  table.text("separator", column.separator);
  if (table.has("otherwise") && column.values.empty()) {
    table.problem("otherwise", "otherwise says what other values become, but there are no values");
  }
  if (column.separator.empty()) {
    table.problem("separator", "separator is empty, should be what stands between a list's parts");
  }
  if (column.required && column.default_value) {
    table.problem("default", "a required column has no default: an empty field is its error");
  }
}

/// `[drop.columns] Department = "department"`: a column that needs nothing but its attribute.
void read_short_columns(TableReader& table, std::vector<ColumnConfig>& columns) {
  std::map<std::string, std::string> attributes;
  table.text_map("columns", attributes);
  for (auto& [name, attribute] : attributes) {
    ColumnConfig column;
    column.column = name;
    column.attribute = attribute;
    columns.push_back(std::move(column));
  }
}

void read_override(TableReader& table, OverrideConfig& override_) {
  table.require("when", "the columns and their texts, as when = { OnLeave = \"True\" }");
  table.require("attribute", "the attribute to set");
  table.require("value", "what to set it to");
  table.text_map("when", override_.when);
  table.text("attribute", override_.attribute);
  table.text("value", override_.value);
  if (table.has("when") && override_.when.empty()) {
    table.problem("when", "when names no column, so it would hold for every row");
  }
}

void read_format(TableReader& table, DropConfig& drop) {
  table.text("delimiter", drop.delimiter);
  table.one_of("encoding", drop.encoding, {"utf-8", "windows-1252"});
  table.integer("header_rows", drop.header_rows, 1, 10);
  table.boolean("trim", drop.trim);
  table.texts("date_formats", drop.date_formats);
  table.text("time_zone", drop.time_zone);
  const bool one_character = drop.delimiter.size() == 1 && drop.delimiter != "\"" &&
                             drop.delimiter != "\n" && drop.delimiter != "\r";
  if (!one_character && drop.delimiter != "tab") {
    table.problem(
        "delimiter",
        "delimiter is " + in_quotes(drop.delimiter) + ", should be one character or \"tab\""
    );
  }
  if (drop.date_formats.empty()) {
    table.problem("date_formats", "date_formats is empty, so no date could be read");
  }
}

void read_event_columns(TableReader& table, DropConfig& drop) {
  table.text("type_column", drop.type_column);
  table.text("id_column", drop.id_column);
  table.text("mode_column", drop.mode_column);
  table.text("occurred_at_column", drop.occurred_at_column);
  table.text("effective_at_column", drop.effective_at_column);
  table.text("sequence_column", drop.sequence_column);
  table.text_map("types", drop.types);
  for (const auto& [text, type] : drop.types) {
    const std::string problem = event_type_problem(type);
    if (problem.empty()) continue;
    table.problem("types", in_quotes(text) + " becomes " + in_quotes(type) + problem);
  }
  if (drop.kind != "roster") return;
  for (const std::string_view key :
       {"type_column", "id_column", "mode_column", "sequence_column", "types"}) {
    if (table.has(key)) {
      table.problem(key, std::string(key) + " is for kind = \"changes\"; this drop is a roster");
    }
  }
}

void read_limits(TableReader& table, DropConfig& drop) {
  table.boolean("manifest_required", drop.manifest_required);
  table.duration("settle", drop.settle);
  table.duration("rescan", drop.rescan, 1s);
  table.bytes("file_bytes_max", drop.file_bytes_max);
  table.bytes("row_bytes_max", drop.row_bytes_max, 1024);
  table.bytes("field_bytes_max", drop.field_bytes_max, 256);
  table.integer("rows_max", drop.rows_max, 1, unlimited);
  table.integer("errors_max", drop.errors_max, 1, 10'000'000);
  table.integer("missing_max", drop.missing_max, 0, unlimited);
  table.part("missing_part_max", drop.missing_part_max);
}

void check_columns(TableReader& table, const DropConfig& drop) {
  if (drop.columns.empty()) {
    table.problem(
        table.position(),
        "[[drop]] has no columns: write [drop.columns] with HEADER = \"attribute\", or "
        "[[drop.column]]"
    );
  }
  std::set<std::string> attributes;
  for (const ColumnConfig& column : drop.columns) {
    if (column.attribute.empty()) continue;
    if (!attributes.insert(column.attribute).second) {
      table.problem(
          table.position(),
          "two columns of drop " + in_quotes(drop.name) + " become the attribute " +
              in_quotes(column.attribute) + ", should be one"
      );
    }
  }
  for (const auto& [attribute, value] : drop.constants) {
    if (attributes.contains(attribute)) {
      table.problem(
          "constants", "the attribute " + in_quotes(attribute) + " is a constant and a column, too"
      );
    }
  }
}

}  // namespace

void read_drop(TableReader& table, DropConfig& drop, const std::filesystem::path& base) {
  table.require("name", "what events and files of this drop are known by");
  table.require("folder", "where files arrive; it holds incoming/, processing/ and done/");
  table.require("key", "the column with the person's immutable key");
  table.text("name", drop.name);
  table.path("folder", drop.folder, base);
  table.one_of("kind", drop.kind, {"roster", "changes"});
  table.text("key", drop.key);
  read_format(table, drop);
  read_short_columns(table, drop.columns);
  table.sections("column", [&](TableReader& column) {
    read_column(column, drop.columns.emplace_back());
  });
  table.sections("override", [&](TableReader& override_) {
    read_override(override_, drop.overrides.emplace_back());
  });
  table.text_map("constants", drop.constants);
  table.text_map("scope", drop.scope);
  read_event_columns(table, drop);
  read_limits(table, drop);
  check_columns(table, drop);
}

}  // namespace rosterd::config_files
