#include "rosterd/base/text.hpp"
#include "rosterd/ingest/row_mapper.hpp"

#include <cstdlib>
#include <cstring>

namespace rosterd::ingest {

namespace {

using Kind = MappedCell::Kind;

std::vector<std::string> parts_of(std::string_view list, std::string_view separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t at = separator.empty() ? std::string_view::npos : list.find(separator);
    const std::string_view part = trim(list.substr(0, at));
    if (!part.empty()) parts.emplace_back(part);
    if (at == std::string_view::npos) return parts;
    list.remove_prefix(at + separator.size());
  }
}

std::string_view view_of(const MappedCell& cell) {
  return cell.kind == Kind::day ? std::string_view(cell.day.data(), cell.day.size()) : cell.text;
}

AttributeValue value_of(const MappedCell& cell) {
  switch (cell.kind) {
    case Kind::text:
    case Kind::day:
      return std::string(view_of(cell));
    case Kind::integer:
      return cell.integer;
    case Kind::number:
      return cell.number;
    case Kind::boolean:
      return cell.truth;
    case Kind::list:
      return parts_of(cell.text, cell.separator);
    case Kind::unsaid:
    case Kind::cleared:
      break;
  }
  std::abort();
}

/// Writes where there is room already: growing a string for each piece takes longer than the piece.
class Writer {
 public:
  explicit Writer(char* at) : at_(at) {}

  template <class Number>
  void number(const Number& number) {
    std::memcpy(at_, &number, sizeof number);
    at_ += sizeof number;
  }
  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  const char* end() const { return at_; }

 private:
  char* at_;
};

/// No value takes more beside its texts: its kind, and lengths or a number.
constexpr std::size_t cell_bytes_max = 16;

void write_cell(Writer& out, const MappedCell& cell) {
  out.number(cell.kind);
  switch (cell.kind) {
    case Kind::unsaid:
    case Kind::cleared:
      return;
    case Kind::text:
    case Kind::day:
      return out.text(view_of(cell));
    case Kind::list:
      out.text(cell.separator);
      return out.text(cell.text);
    case Kind::integer:
      return out.number(cell.integer);
    case Kind::number:
      return out.number(cell.number);
    case Kind::boolean:
      return out.number(cell.truth);
  }
  std::abort();
}

}  // namespace

std::string_view RowMapper::email_of(const MappedRow& row) const {
  if (email_ == none || row.cells[email_].kind != Kind::text) return {};
  return row.cells[email_].text;
}

AttributePatch RowMapper::patch(const MappedRow& row) const {
  AttributePatch patch;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const MappedCell& cell = row.cells[i];
    if (cell.kind == Kind::unsaid) continue;
    if (cell.kind == Kind::cleared) {
      if (row.type != ChangeType::left)
        patch.emplace_hint(patch.end(), attributes_[i], std::nullopt);
      continue;
    }
    patch.emplace_hint(patch.end(), attributes_[i], value_of(cell));
  }
  return patch;
}

void RowMapper::append_canonical(const MappedRow& row, std::string& out) const {
  std::string effective;
  if (row.effective_at) {
    const auto* instant = std::get_if<Instant>(&*row.effective_at);
    effective = instant ? "@" + std::to_string(to_micros(*instant))
                        : to_string(std::get<Date>(*row.effective_at));
  }
  std::size_t bytes_max = effective.size() + cell_bytes_max;
  for (const MappedCell& cell : row.cells) {
    bytes_max += cell_bytes_max + cell.day.size() + cell.text.size() + cell.separator.size();
  }
  const std::size_t before = out.size();
  out.resize(before + bytes_max);
  Writer writer(out.data() + before);
  for (const MappedCell& cell : row.cells) write_cell(writer, cell);
  if (!effective.empty()) writer.text(effective);
  out.resize(static_cast<std::size_t>(writer.end() - out.data()));
}

}  // namespace rosterd::ingest
