#pragma once

#include "rosterd/ingest/byte_source.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rosterd::ingest {

struct CsvFormat {
  char delimiter = ',';
  std::size_t row_bytes_max = 1 << 20;
  std::size_t field_bytes_max = 64 << 10;
  std::size_t block_bytes = 1 << 20;  ///< how much is asked of the source at a time
};

/// One row. The fields are valid until the next call of `CsvReader::next()`.
struct CsvRow {
  std::uint64_t line = 0;   ///< where it starts, from 1
  std::uint64_t lines = 1;  ///< more than one when a quoted field holds line breaks
  std::vector<std::string_view> fields;
};

/// What is wrong with a row.
struct CsvProblem {
  std::uint64_t line = 0;  ///< of the place itself, which may be below the row's first line
  std::size_t field = 0;   ///< from 1; 0: the row as a whole
  std::string reason;
};

/// Reads CSV (RFC 4180) of any length in bounded memory.
///
/// Rows end with LF, CRLF or CR, in any mixture; the last one needs no end; lines without any
/// character are skipped. Within quotation marks, delimiters and line breaks are text and `""` is
/// a quotation mark. A quotation mark inside an unquoted field is text. Errors of a row: anything
/// between a closing quotation mark and the next delimiter, a quotation mark that is never closed,
/// NUL, a row or field over its limit, and a number of fields that is not the expected one.
///
/// After a syntax error reading goes on at the next line of the file: a quotation mark too many
/// costs its own row and not the rows below it. The result does not depend on the block size.
///
/// The source must outlive the reader. One thread.
class CsvReader {
 public:
  enum class Step {
    row,     ///< `row()` is good
    bad,     ///< `problem()` says why not; `row()` has the fields that could be told apart
    end,     ///< nothing is left
    broken,  ///< the source failed: `error()`
  };

  CsvReader(ByteSource& source, CsvFormat format);

  /// From the next row on, any other number of fields is an error.
  void expect_fields(std::size_t count) { expected_fields_ = count; }

  Step next();

  const CsvRow& row() const { return row_; }
  const CsvProblem& problem() const { return problem_; }
  const SourceError& error() const { return error_; }
  /// Taken from the source so far; for progress and for slicing.
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  enum class Place { plain, quoted, closed };

  Step read_row();
  bool start_row();
  bool take_special(char* at);
  void take_in_quotes(char* at);
  void end_field(const char* at);
  void end_row(char* at, std::ptrdiff_t break_bytes);
  void check_length(const char* row_end);
  void row_is_too_long();
  Step finish_row();
  Step recover();
  bool leave_long_line();
  void drop_fields_after(const char* at);
  void unescape_fields();
  void note(std::uint64_t line, std::size_t field, std::string reason);

  void seek(char* at);
  char* find();
  bool more();

  ByteSource& source_;
  CsvFormat format_;
  std::size_t expected_fields_ = 0;

  std::vector<char> buffer_;
  char* row_begin_ = nullptr;
  char* at_ = nullptr;  ///< what was not handed out yet begins here
  char* end_ = nullptr;
  bool source_ended_ = false;
  std::uint64_t bytes_read_ = 0;

  // Positions of characters that mean something, 64 bytes at a time.
  char* seen_ = nullptr;    ///< the 64 bytes that `mask_` is about
  char* unseen_ = nullptr;  ///< not looked at yet
  std::uint64_t mask_ = 0;

  // The row in the making.
  Place place_ = Place::plain;
  char* field_ = nullptr;
  char* close_ = nullptr;  ///< the closing quotation mark
  std::uint64_t quote_line_ = 0;
  bool has_escapes_ = false;
  bool after_cr_ = false;  ///< the last character was CR: an LF now belongs to it
  bool syntax_error_ = false;
  bool in_long_line_ = false;  ///< of a row that was given up; nothing of it is kept
  std::vector<std::size_t> escaped_fields_;

  std::uint64_t line_ = 1;
  CsvRow row_;
  CsvProblem problem_;
  SourceError error_;
};

}  // namespace rosterd::ingest
