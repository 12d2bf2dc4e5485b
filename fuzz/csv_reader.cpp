#include "rosterd/ingest/csv_reader.hpp"

#include "fuzzing.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

// First line: delimiter, whether the first row says how many fields there are, the limits of field
// and row, the size of a block, and from there on the sizes of the pieces. Below it the file.

namespace rosterd::ingest {
namespace {

/// Gives a few bytes at a time, or all of them.
class Pieces : public ByteSource {
 public:
  Pieces(std::string_view bytes, fuzz::Choices sizes) : rest_(bytes), sizes_(sizes) {}

  Result<std::size_t, SourceError> read(std::span<char> into) override {
    const std::size_t wanted = 1 + sizes_.next(80);
    const std::size_t count = std::min({wanted, into.size(), rest_.size()});
    std::copy_n(rest_.data(), count, into.data());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  fuzz::Choices sizes_;
};

struct Outcome {
  CsvReader::Step step = CsvReader::Step::end;
  std::uint64_t line = 0;
  std::uint64_t lines = 0;
  std::vector<std::string> fields;
  std::uint64_t problem_line = 0;
  std::size_t problem_field = 0;
  std::string reason;

  bool operator==(const Outcome&) const = default;
};

std::vector<Outcome> read_all(ByteSource& source, const CsvFormat& format, bool same_fields) {
  CsvReader reader(source, format);
  std::vector<Outcome> outcomes;
  for (auto step = reader.next(); step != CsvReader::Step::end; step = reader.next()) {
    fuzz::require(step != CsvReader::Step::broken, "a whole source never breaks");
    Outcome& outcome = outcomes.emplace_back();
    outcome.step = step;
    outcome.line = reader.row().line;
    outcome.lines = reader.row().lines;
    outcome.fields.assign(reader.row().fields.begin(), reader.row().fields.end());
    if (step == CsvReader::Step::bad) {
      outcome.problem_line = reader.problem().line;
      outcome.problem_field = reader.problem().field;
      outcome.reason = reader.problem().reason;
      fuzz::require_sentence(outcome.reason, 200);
      fuzz::require(outcome.problem_line >= outcome.line, "a problem is not above its row");
    }
    const bool first = outcomes.size() == 1 && step == CsvReader::Step::row;
    if (first && same_fields) reader.expect_fields(outcome.fields.size());
  }
  return outcomes;
}

/// For whoever reads what was not so.
std::string described(const std::vector<Outcome>& outcomes) {
  std::string text;
  for (const Outcome& one : outcomes) {
    text += std::to_string(one.line) + "+" + std::to_string(one.lines);
    for (const std::string& field : one.fields) text += " [" + field + "]";
    if (one.step == CsvReader::Step::bad) {
      text += " line " + std::to_string(one.problem_line) + " field " +
              std::to_string(one.problem_field) + " " + one.reason;
    }
    text += "; ";
  }
  return text;
}

void require_within_limits(const std::vector<Outcome>& outcomes, const CsvFormat& format) {
  std::uint64_t line = 0;
  for (const Outcome& outcome : outcomes) {
    fuzz::require(outcome.line > line, "rows come in the order of their lines");
    line = outcome.line;
    if (outcome.step != CsvReader::Step::row) continue;
    std::size_t bytes = 0;
    for (const std::string& field : outcome.fields) {
      fuzz::require(field.size() <= format.field_bytes_max, "a field is within its limit", field);
      fuzz::require(field.find('\0') == std::string::npos, "no field has a NUL byte", field);
      bytes += field.size();
    }
    fuzz::require(bytes <= format.row_bytes_max, "a row is within its limit");
  }
}

/// RFC 4180 read one character after the other; nothing where the text has an error, whatever it
/// is.
class PlainReader {
 public:
  PlainReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  std::optional<std::vector<std::vector<std::string>>> read() {
    std::vector<std::vector<std::string>> rows;
    while (at_ < text_.size()) {
      if (at_break()) {
        take_break();
        continue;
      }
      if (!take_row(rows.emplace_back())) return std::nullopt;
    }
    if (text_.find('\0') != std::string_view::npos) return std::nullopt;
    return rows;
  }

 private:
  bool at_break() const { return text_[at_] == '\r' || text_[at_] == '\n'; }

  void take_break() {
    const bool both = text_.substr(at_, 2) == "\r\n";
    at_ += both ? 2 : 1;
  }

  bool take_row(std::vector<std::string>& row) {
    for (;;) {
      if (!take_field(row.emplace_back())) return false;
      if (at_ == text_.size()) return true;
      if (at_break()) {
        take_break();
        return true;
      }
      ++at_;
    }
  }

  bool take_field(std::string& field) {
    if (at_ < text_.size() && text_[at_] == '"') return take_quoted(field);
    while (at_ < text_.size() && text_[at_] != delimiter_ && !at_break()) field += text_[at_++];
    return true;
  }

  bool take_quoted(std::string& field) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (text_.substr(at_, 2) == "\"\"") {
        field += text_[at_++];
      } else {
        ++at_;
        return at_ == text_.size() || text_[at_] == delimiter_ || at_break();
      }
    }
    return false;
  }

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
};

void require_same_as_plain(const std::vector<Outcome>& outcomes, std::string_view text, char by) {
  const auto plain = PlainReader(text, by).read();
  const auto is_bad = [](const Outcome& one) { return one.step == CsvReader::Step::bad; };
  const bool clean = std::none_of(outcomes.begin(), outcomes.end(), is_bad);
  fuzz::require(clean == plain.has_value(), "a file has an error or it has none", text);
  if (!clean) return;
  fuzz::require(outcomes.size() == plain->size(), "there are as many rows", text);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    fuzz::require(outcomes[i].fields == (*plain)[i], "the fields are the same", text);
  }
}

}  // namespace
}  // namespace rosterd::ingest

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rosterd;
  using namespace rosterd::ingest;
  fuzz::Input input(data, size);
  fuzz::Choices choices(input.line());
  CsvFormat format;
  format.delimiter = std::string_view(",;\t|")[choices.next(4)];
  const bool same_fields = choices.next(2) == 1;
  const bool limited = choices.next(2) == 1;
  if (limited) format.field_bytes_max = 1 + choices.next(40);
  if (limited) format.row_bytes_max = 1 + choices.next(100);

  MemorySource whole(input.rest());
  format.block_bytes = size + 1;
  const auto in_one_piece = read_all(whole, format, same_fields);
  require_within_limits(in_one_piece, format);
  if (!limited && !same_fields) require_same_as_plain(in_one_piece, input.rest(), format.delimiter);

  format.block_bytes = 1 + choices.next(80);
  Pieces pieces(input.rest(), choices);
  const auto in_pieces = read_all(pieces, format, same_fields);
  fuzz::require(
      in_pieces == in_one_piece,
      "the pieces that it comes in make no difference",
      described(in_one_piece) + " | " + described(in_pieces)
  );
  return 0;
}
