#pragma once

#include "rosterd/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rosterd::ingest {

/// Why the bytes of a file cannot be taken: the file as a whole is at fault, not a row of it.
struct SourceError {
  SourceError() = default;
  SourceError(std::uint64_t at, std::string why) : offset(at), reason(std::move(why)) {}

  std::uint64_t offset = 0;  ///< of the first byte at fault, from 0, in the file as it is on disk
  std::string reason;
};

/// Bytes that are read once, from front to back, in pieces of the reader's size. One thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Fills the front of `into`, which is not empty, and says how much of it; 0 only at the end.
  /// Content that cannot be taken is a value; a disk that cannot be read throws.
  virtual Result<std::size_t, SourceError> read(std::span<char> into) = 0;
};

/// Bytes that are in memory already; they must outlive the source.
class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}
  Result<std::size_t, SourceError> read(std::span<char> into) override;

 private:
  std::string_view rest_;
};

/// A regular file, kept open: what it was renamed to meanwhile does not matter. It is read as far
/// as it was long when it was opened, so that nobody can keep a reader busy by writing on.
class FileSource : public ByteSource {
 public:
  /// What tells that a file was written to.
  struct Stamp {
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;

    bool operator==(const Stamp&) const = default;
  };

  /// Opens without following a link and without waiting (a pipe would block). What is not a
  /// regular file, or may not be read, is an error.
  static Result<FileSource, SourceError> open(const std::filesystem::path& path);

  FileSource(FileSource&& other) noexcept
      : file_(std::exchange(other.file_, -1)), offset_(other.offset_), bytes_(other.bytes_) {}
  FileSource& operator=(FileSource&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(offset_, other.offset_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~FileSource() override;

  Result<std::size_t, SourceError> read(std::span<char> into) override;

  /// The next read begins at the first byte again.
  void rewind() { offset_ = 0; }
  Stamp stamp() const;

 private:
  explicit FileSource(int file) : file_(file) {}

  int file_ = -1;
  std::uint64_t offset_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace rosterd::ingest
