#include "rosterd/ingest/csv_reader.hpp"

#include "rosterd/base/assert.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <span>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rosterd::ingest {

namespace {

constexpr std::ptrdiff_t stride = 64;

/// Bit i is set when byte i of the 64 bytes at `at` is the delimiter, a quotation mark, CR, LF or
/// NUL.
#if defined(__SSE2__)
std::uint64_t special_mask(const char* at, char delimiter) {
  const __m128i delimiters = _mm_set1_epi8(delimiter);
  const __m128i quotes = _mm_set1_epi8('"');
  const __m128i line_feeds = _mm_set1_epi8('\n');
  const __m128i returns = _mm_set1_epi8('\r');
  const __m128i zeros = _mm_setzero_si128();
  std::uint64_t mask = 0;
  for (unsigned part = 0; part < 4; ++part) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + part);
    const __m128i separators =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiters), _mm_cmpeq_epi8(bytes, quotes));
    const __m128i breaks =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, line_feeds), _mm_cmpeq_epi8(bytes, returns));
    const __m128i any =
        _mm_or_si128(_mm_or_si128(separators, breaks), _mm_cmpeq_epi8(bytes, zeros));
    mask |= std::uint64_t{static_cast<std::uint16_t>(_mm_movemask_epi8(any))} << (16U * part);
  }
  return mask;
}
#else
std::uint64_t special_mask(const char* at, char delimiter) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; ++i) {
    const char c = at[i];
    const bool special = c == delimiter || c == '"' || c == '\n' || c == '\r' || c == '\0';
    mask |= std::uint64_t{special} << i;
  }
  return mask;
}
#endif

const char* line_break_in(const char* begin, const char* end) {
  return std::find_if(begin, end, [](char c) { return c == '\n' || c == '\r'; });
}

}  // namespace

CsvReader::CsvReader(ByteSource& source, CsvFormat format) : source_(source), format_(format) {
  ROSTERD_ASSERT(format_.block_bytes > 0, "a block holds at least one byte");
  buffer_.resize(format_.block_bytes + stride);
  row_begin_ = field_ = close_ = at_ = end_ = buffer_.data();
  seek(at_);
}

CsvReader::Step CsvReader::next() {
  for (;;) {
    const Step step = read_row();
    const bool blank = step == Step::row && row_.fields.size() == 1 && row_.fields[0].empty() &&
                       place_ == Place::plain;
    if (blank) continue;
    if (step != Step::row || expected_fields_ == 0 || row_.fields.size() == expected_fields_) {
      return step;
    }
    note(
        row_.line,
        0,
        "has " + std::to_string(row_.fields.size()) + " fields instead of " +
            std::to_string(expected_fields_)
    );
    return Step::bad;
  }
}

CsvReader::Step CsvReader::read_row() {
  if (!start_row()) return error_.reason.empty() ? Step::end : Step::broken;
  for (;;) {
    char* at = find();
    if (at == end_) {
      if (more()) continue;
      if (!error_.reason.empty()) return Step::broken;
      if (!source_ended_) {
        row_is_too_long();
        return recover();
      }
      if (place_ == Place::quoted) {
        note(quote_line_, row_.fields.size() + 1, "the quotation mark is never closed");
        check_length(end_);
        return recover();
      }
      end_field(end_);
      end_row(end_, 0);
      return finish_row();
    }
    if (place_ == Place::quoted) {
      take_in_quotes(at);
      if (!error_.reason.empty()) return Step::broken;
    } else if (take_special(at)) {
      return finish_row();
    }
  }
}

bool CsvReader::start_row() {
  row_.fields.clear();
  escaped_fields_.clear();
  place_ = Place::plain;
  has_escapes_ = false;
  syntax_error_ = false;
  if (!problem_.reason.empty()) problem_ = CsvProblem{};
  if (in_long_line_ && !leave_long_line()) return false;
  row_begin_ = field_ = close_ = at_;
  if (at_ == end_ && !more()) return false;
  if (std::exchange(after_cr_, false) && *at_ == '\n') {
    find();
    row_begin_ = ++at_;
    if (at_ == end_ && !more()) return false;
  }
  field_ = row_begin_;
  row_.line = line_;
  return true;
}

bool CsvReader::take_special(char* at) {
  const char c = *at;
  if (c == format_.delimiter) {
    end_field(at);
    field_ = at + 1;
    place_ = Place::plain;
    has_escapes_ = false;
    return false;
  }
  if (c == '\n' || c == '\r') {
    end_field(at);
    after_cr_ = c == '\r';
    ++line_;
    end_row(at, 1);
    return true;
  }
  if (c == '\0') {
    note(line_, row_.fields.size() + 1, "has a NUL byte");
  } else if (at == field_ && place_ == Place::plain) {
    place_ = Place::quoted;
    quote_line_ = line_;
  }
  return false;
}

void CsvReader::take_in_quotes(char* at) {
  const char c = *at;
  if (c == '"') {
    const std::ptrdiff_t from_field = at - field_;
    const bool more_follows = at + 1 < end_ || more();
    at = field_ + from_field;
    if (more_follows && at[1] == '"') {
      find();
      has_escapes_ = true;
    } else {
      place_ = Place::closed;
      close_ = at;
    }
  } else if (c == '\n') {
    if (at[-1] != '\r') ++line_;
  } else if (c == '\r') {
    ++line_;
  } else if (c == '\0') {
    note(line_, row_.fields.size() + 1, "has a NUL byte");
  }
}

void CsvReader::end_field(const char* at) {
  const char* begin = field_;
  const char* end = at;
  if (place_ == Place::closed) {
    begin = field_ + 1;
    end = close_;
    if (close_ + 1 != at) {
      syntax_error_ = true;
      note(line_, row_.fields.size() + 1, "has text after the closing quotation mark");
    }
    if (has_escapes_) escaped_fields_.push_back(row_.fields.size());
  }
  row_.fields.emplace_back(begin, static_cast<std::size_t>(end - begin));
  if (row_.fields.back().size() > format_.field_bytes_max) {
    note(
        line_,
        row_.fields.size(),
        "is longer than " + std::to_string(format_.field_bytes_max) + " bytes"
    );
  }
}

void CsvReader::end_row(char* at, std::ptrdiff_t break_bytes) {
  at_ = at + break_bytes;
  row_.lines = line_ - row_.line + (break_bytes == 0 ? 1 : 0);
  check_length(at);
}

void CsvReader::check_length(const char* row_end) {
  if (static_cast<std::size_t>(row_end - row_begin_) > format_.row_bytes_max) row_is_too_long();
}

/// Told in place of anything else, and with the fields whose delimiter lies within the limit: the
/// same whether the end of the row was in the buffer already or not.
void CsvReader::row_is_too_long() {
  syntax_error_ = true;
  const char* const last = row_begin_ + format_.row_bytes_max;
  const char* next = field_;
  while (!row_.fields.empty()) {
    const char* begin = row_.fields.back().data();
    if (begin > row_begin_ && begin[-1] == '"') --begin;
    if (begin < next && next - 1 <= last) break;
    row_.fields.pop_back();
    next = begin;
  }
  std::erase_if(escaped_fields_, [&](std::size_t index) { return index >= row_.fields.size(); });
  problem_.reason.clear();
  note(row_.line, 0, "is longer than " + std::to_string(format_.row_bytes_max) + " bytes");
}

CsvReader::Step CsvReader::finish_row() {
  if (syntax_error_ && row_.lines > 1) return recover();
  unescape_fields();
  return problem_.reason.empty() ? Step::row : Step::bad;
}

/// Goes on at the first line break after the row's begin, whatever quotation marks say.
CsvReader::Step CsvReader::recover() {
  line_ = row_.line;
  row_.lines = 1;
  const char* line_break = line_break_in(row_begin_, end_);
  drop_fields_after(line_break);
  if (line_break != end_) {
    at_ = row_begin_ + (line_break - row_begin_) + 1;
    after_cr_ = *line_break == '\r';
    ++line_;
    seek(at_);
    unescape_fields();
    return Step::bad;
  }
  // The fields stay valid until the next call, so the rest of the line is passed over then.
  at_ = end_;
  in_long_line_ = true;
  unescape_fields();
  return Step::bad;
}

/// Passes over the rest of a line that was given up. False when the source is at its end.
bool CsvReader::leave_long_line() {
  for (;;) {
    row_begin_ = field_ = close_ = at_ = end_;
    if (!more()) return false;
    const char* line_break = line_break_in(at_, end_);
    if (line_break == end_) continue;
    in_long_line_ = false;
    after_cr_ = *line_break == '\r';
    ++line_;
    at_ += line_break - at_ + 1;
    seek(at_);
    return true;
  }
}

void CsvReader::drop_fields_after(const char* at) {
  std::erase_if(row_.fields, [&](std::string_view field) {
    return std::greater<>{}(field.data() + field.size(), at);
  });
  std::erase_if(escaped_fields_, [&](std::size_t index) { return index >= row_.fields.size(); });
}

/// Takes the doubled quotation marks together, in place: only now, because a row that is given up
/// is read again from its bytes.
void CsvReader::unescape_fields() {
  for (const std::size_t index : escaped_fields_) {
    std::string_view& field = row_.fields[index];
    char* out = row_begin_ + (field.data() - row_begin_);
    const char* begin = out;
    for (std::size_t i = 0; i < field.size(); ++i) {
      *out++ = field[i];
      if (field[i] == '"') ++i;
    }
    field = std::string_view(begin, static_cast<std::size_t>(out - begin));
  }
}

/// The first thing wrong with a row is what is told; what follows is often its consequence.
void CsvReader::note(std::uint64_t line, std::size_t field, std::string reason) {
  if (!problem_.reason.empty()) return;
  problem_ = CsvProblem{.line = line, .field = field, .reason = std::move(reason)};
}

void CsvReader::seek(char* at) {
  unseen_ = at;
  mask_ = 0;
}

/// The next character that means something, or the end of the buffer.
char* CsvReader::find() {
  while (mask_ == 0) {
    if (unseen_ >= end_) return end_;
    seen_ = unseen_;
    mask_ = special_mask(seen_, format_.delimiter);
    const std::ptrdiff_t filled = end_ - seen_;
    if (filled < stride) mask_ &= (std::uint64_t{1} << filled) - 1;
    unseen_ = seen_ + std::min(filled, stride);
  }
  char* at = seen_ + std::countr_zero(mask_);
  mask_ &= mask_ - 1;
  return at;
}

/// Reads on behind the row in the making, which moves to the front of the buffer. False at the end
/// of the source, when it fails, and when the row is over its limit.
bool CsvReader::more() {
  const auto kept = static_cast<std::size_t>(end_ - row_begin_);
  if (source_ended_ || kept > format_.row_bytes_max) return false;
  const char* old_begin = row_begin_;
  const std::ptrdiff_t field_at = field_ - old_begin;
  const std::ptrdiff_t close_at = close_ - old_begin;
  const std::ptrdiff_t unread_at = at_ - old_begin;
  std::vector<char> larger;
  const std::size_t wanted = kept + format_.block_bytes + stride;
  if (wanted > buffer_.size()) larger.resize(std::max(wanted, 2 * kept));
  std::vector<char>& target = larger.empty() ? buffer_ : larger;
  std::memmove(target.data(), old_begin, kept);
  for (std::string_view& field : row_.fields) {
    field = std::string_view(target.data() + (field.data() - old_begin), field.size());
  }
  if (!larger.empty()) buffer_.swap(larger);
  row_begin_ = buffer_.data();
  field_ = row_begin_ + field_at;
  close_ = row_begin_ + close_at;
  at_ = row_begin_ + unread_at;
  end_ = row_begin_ + kept;
  seek(end_);
  const auto taken = source_.read(std::span(end_, format_.block_bytes));
  if (!taken) {
    error_ = taken.error();
    if (error_.reason.empty()) error_.reason = "cannot be read";
    return false;
  }
  source_ended_ = *taken == 0;
  bytes_read_ += *taken;
  end_ += *taken;
  return !source_ended_;
}

}  // namespace rosterd::ingest
