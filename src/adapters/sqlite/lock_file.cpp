#include "adapters/sqlite/lock_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace rosterd::sqlite {
namespace {

std::string holder_of(int file) {
  char text[32] = {};
  const auto size = ::pread(file, text, sizeof text - 1, 0);
  if (size <= 0) return "another process";
  const std::string line(text, static_cast<std::size_t>(size));
  return "process " + line.substr(0, line.find('\n'));
}

}  // namespace

LockFile::LockFile(const std::filesystem::path& store) {
  const std::string path = store.string() + ".lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) {
    throw std::system_error(
        errno,
        std::generic_category(),
        "the store needs a folder that can be written: cannot open " + path
    );
  }
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const std::string holder = holder_of(file_);
    ::close(file_);
    if (error != EWOULDBLOCK) {
      throw std::system_error(error, std::generic_category(), "cannot lock " + path);
    }
    throw std::runtime_error("the store " + store.string() + " is in use by " + holder);
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  const bool written = ::ftruncate(file_, 0) == 0 && ::pwrite(file_, pid.data(), pid.size(), 0) ==
                                                         static_cast<ssize_t>(pid.size());
  if (!written) {
    const int error = errno;
    ::close(file_);
    throw std::system_error(error, std::generic_category(), "cannot write " + path);
  }
}

LockFile::~LockFile() {
  ::close(file_);
}

}  // namespace rosterd::sqlite
