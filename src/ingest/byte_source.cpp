#include "rosterd/ingest/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace rosterd::ingest {

Result<std::size_t, SourceError> MemorySource::read(std::span<char> into) {
  const std::size_t taken = std::min(into.size(), rest_.size());
  std::memcpy(into.data(), rest_.data(), taken);
  rest_.remove_prefix(taken);
  return taken;
}

Result<FileSource, SourceError> FileSource::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (file < 0) {
    const std::error_code error(errno, std::generic_category());
    if (error == std::errc::too_many_symbolic_link_levels) {
      return SourceError(0, "is a symbolic link, which is never followed");
    }
    return SourceError(0, "cannot be opened: " + error.message());
  }
  FileSource source(file);
  struct stat status = {};
  if (fstat(file, &status) != 0) throw std::system_error(errno, std::generic_category(), "fstat");
  if (!S_ISREG(status.st_mode)) return SourceError(0, "is not a regular file");
  source.bytes_ = static_cast<std::uint64_t>(status.st_size);
  posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
  return source;
}

FileSource::~FileSource() {
  if (file_ >= 0) ::close(file_);
}

Result<std::size_t, SourceError> FileSource::read(std::span<char> into) {
  const std::uint64_t left = bytes_ > offset_ ? bytes_ - offset_ : 0;
  into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left)));
  for (;;) {
    const ssize_t taken = pread(file_, into.data(), into.size(), static_cast<off_t>(offset_));
    if (taken >= 0) {
      offset_ += static_cast<std::uint64_t>(taken);
      return static_cast<std::size_t>(taken);
    }
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "reading a file");
  }
}

FileSource::Stamp FileSource::stamp() const {
  struct stat status = {};
  if (fstat(file_, &status) != 0) throw std::system_error(errno, std::generic_category(), "fstat");
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  return Stamp{
      .bytes = static_cast<std::uint64_t>(status.st_size),
      .modified_ns = status.st_mtim.tv_sec * nanoseconds + status.st_mtim.tv_nsec};
}

}  // namespace rosterd::ingest
