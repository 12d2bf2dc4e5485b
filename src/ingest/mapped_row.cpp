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

template <class Number>
void append_bytes(std::string& out, const Number& number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

void append_text(std::string& out, std::string_view text) {
  append_bytes(out, static_cast<std::uint32_t>(text.size()));
  out += text;
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
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const MappedCell& cell = row.cells[i];
    append_text(out, attributes_[i]);
    out += static_cast<char>(cell.kind);
    switch (cell.kind) {
      case Kind::unsaid:
      case Kind::cleared:
        break;
      case Kind::text:
      case Kind::day:
        append_text(out, view_of(cell));
        break;
      case Kind::list:
        append_text(out, cell.separator);
        append_text(out, cell.text);
        break;
      case Kind::integer:
        append_bytes(out, cell.integer);
        break;
      case Kind::number:
        append_bytes(out, cell.number);
        break;
      case Kind::boolean:
        out += cell.truth ? '1' : '0';
        break;
    }
  }
  if (!row.effective_at) return;
  if (const auto* instant = std::get_if<Instant>(&*row.effective_at)) {
    append_bytes(out, to_micros(*instant));
  } else {
    append_text(out, to_string(std::get<Date>(*row.effective_at)));
  }
}

}  // namespace rosterd::ingest
