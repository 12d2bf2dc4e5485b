#include "rosterd/base/text.hpp"
#include "rosterd/ingest/row_mapper.hpp"

#include <algorithm>
#include <set>

namespace rosterd::ingest {

namespace {

std::string in_quotes(std::string_view name) {
  std::string text = "\"";
  text += printable(name, 80);
  text += '"';
  return text;
}

void add_sentence(std::string& text, std::string_view sentence) {
  if (!text.empty()) text += "; ";
  text += sentence;
}

/// The columns that are there more than once. Columns without a name do not count: spreadsheets
/// leave them behind at the right.
std::string repeated_columns(const std::vector<std::string>& header) {
  std::string problem;
  std::set<std::string_view> seen;
  std::set<std::string_view> told;
  for (const std::string& name : header) {
    if (name.empty() || seen.insert(name).second || !told.insert(name).second) continue;
    add_sentence(problem, "the column " + in_quotes(name) + " is there more than once");
  }
  return problem;
}

/// Finds configured columns, and remembers what is wrong with those that are not there.
class ColumnFinder {
 public:
  explicit ColumnFinder(const std::vector<std::string>& header) : header_(header) {}

  std::size_t find(const std::string& name) {
    const auto at = std::find(header_.begin(), header_.end(), name);
    if (at != header_.end()) return static_cast<std::size_t>(at - header_.begin());
    if (!missing_.insert(name).second) return 0;
    std::string sentence = "the column " + in_quotes(name) + " is missing";
    if (const auto near = nearest(name, header_)) {
      sentence += " (is it " + in_quotes(*near) + "?)";
    }
    add_sentence(problem_, sentence);
    return 0;
  }

  const std::string& problem() const { return problem_; }

 private:
  const std::vector<std::string>& header_;
  std::set<std::string> missing_;
  std::string problem_;
};

}  // namespace

Result<RowMapper, HeaderProblem> RowMapper::bind(
    const DropConfig& config, std::span<const std::string_view> header, const TimeZones& zones
) {
  RowMapper mapper(config, zones);
  std::string problem;
  for (const std::string& format : config.date_formats) {
    const auto wrong = DateFormats::problem_of(format);
    if (wrong) add_sentence(problem, "the date format " + in_quotes(format) + " " + *wrong);
  }
  mapper.roster_ = config.kind == "roster";
  mapper.bind_attributes();
  const std::string columns = mapper.bind_columns(header);
  if (!columns.empty()) add_sentence(problem, columns);
  if (!problem.empty()) return HeaderProblem(problem);
  return mapper;
}

void RowMapper::bind_attributes() {
  std::set<std::string> names;
  for (const ColumnConfig& column : config_->columns) names.insert(column.attribute);
  for (const OverrideConfig& override_ : config_->overrides) names.insert(override_.attribute);
  for (const auto& [name, value] : config_->constants) names.insert(name);
  if (roster_) names.insert(std::string(attribute::status));
  attributes_.assign(names.begin(), names.end());

  const auto index_or_none = [&](std::string_view name) {
    return names.contains(std::string(name)) ? attribute_index(name) : none;
  };
  status_ = index_or_none(attribute::status);
  email_ = index_or_none(attribute::email);

  initial_.resize(attributes_.size());
  for (MappedCell& cell : initial_) {
    cell.kind = roster_ ? MappedCell::Kind::cleared : MappedCell::Kind::unsaid;
  }
  const auto text_cell = [](std::string_view text) {
    MappedCell cell;
    cell.kind = MappedCell::Kind::text;
    cell.text = text;
    return cell;
  };
  const bool status_from_column =
      std::any_of(config_->columns.begin(), config_->columns.end(), [](const ColumnConfig& column) {
        return column.attribute == attribute::status;
      });
  if (roster_ && !status_from_column) initial_[status_] = text_cell("active");
  for (const auto& [name, value] : config_->constants) {
    initial_[attribute_index(name)] = text_cell(value);
  }
}

std::string RowMapper::bind_columns(std::span<const std::string_view> header) {
  for (const std::string_view name : header) {
    header_.emplace_back(config_->trim ? trim(name) : name);
  }
  ColumnFinder finder(header_);
  key_ = finder.find(config_->key);
  for (const ColumnConfig& configured : config_->columns) {
    Column column;
    column.index = finder.find(configured.column);
    column.attribute = attribute_index(configured.attribute);
    column.config = &configured;
    column.values.assign(configured.values.begin(), configured.values.end());
    const auto named = [&](std::string_view type) { return configured.type == type; };
    if (named("integer")) column.type = Type::integer;
    if (named("number")) column.type = Type::number;
    if (named("boolean")) column.type = Type::boolean;
    if (named("date")) column.type = Type::date;
    if (named("list")) column.type = Type::list;
    columns_.push_back(std::move(column));
  }
  for (const OverrideConfig& configured : config_->overrides) {
    Override override_;
    for (const auto& [column, text] : configured.when) {
      override_.when.emplace_back(finder.find(column), text);
    }
    override_.attribute = attribute_index(configured.attribute);
    override_.value = configured.value;
    overrides_.push_back(std::move(override_));
  }
  const auto find_optional = [&](const std::string& name) {
    return name.empty() ? none : finder.find(name);
  };
  type_ = find_optional(config_->type_column);
  id_ = find_optional(config_->id_column);
  mode_ = find_optional(config_->mode_column);
  occurred_at_ = find_optional(config_->occurred_at_column);
  effective_at_ = find_optional(config_->effective_at_column);
  sequence_ = find_optional(config_->sequence_column);

  std::string problem = repeated_columns(header_);
  if (!finder.problem().empty()) add_sentence(problem, finder.problem());
  return problem;
}

std::size_t RowMapper::attribute_index(std::string_view name) const {
  const auto at = std::lower_bound(attributes_.begin(), attributes_.end(), name);
  return static_cast<std::size_t>(at - attributes_.begin());
}

std::string RowMapper::column_name(std::size_t index) const {
  return index < header_.size() ? header_[index] : std::string();
}

}  // namespace rosterd::ingest
