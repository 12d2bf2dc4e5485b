#include "adapters/drop_folder/folders.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <tuple>
#include <unistd.h>

namespace rosterd::drop_folder {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Folder::Kind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return Folder::Kind::file;
  if (S_ISLNK(mode)) return Folder::Kind::link;
  if (S_ISDIR(mode)) return Folder::Kind::folder;
  return Folder::Kind::other;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

class File {
 public:
  explicit File(int file) : file_(file) {}
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

/// All of it, on the disk; else `errno` says why not.
bool is_written(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file) == 0;
}

}  // namespace

Folder::~Folder() {
  close();
}

void Folder::close() {
  if (directory_ >= 0) ::close(directory_);
  directory_ = -1;
}

void Folder::open() {
  close();
  std::filesystem::create_directories(path_);
  directory_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory_ < 0) fail("opening " + path_.string());
}

bool Folder::is_in_place() const {
  if (directory_ < 0) return false;
  struct stat held = {};
  struct stat there = {};
  if (fstat(directory_, &held) != 0) fail("looking at " + path_.string());
  if (stat(path_.c_str(), &there) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    fail("looking at " + path_.string());
  }
  return held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

std::vector<Folder::Item> Folder::list() const {
  const int copy = openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) fail("opening " + path_.string());
  const std::unique_ptr<DIR, CloseDirectory> directory(fdopendir(copy));
  if (!directory) fail("reading " + path_.string());
  std::vector<Item> items;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (auto item = find(name)) items.push_back(std::move(*item));
  }
  std::sort(items.begin(), items.end(), [](const Item& left, const Item& right) {
    return std::tie(left.modified_ns, left.name) < std::tie(right.modified_ns, right.name);
  });
  return items;
}

std::optional<Folder::Item> Folder::find(const std::string& name) const {
  struct stat status = {};
  if (fstatat(directory_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::nullopt;
    fail("looking into " + path_.string());
  }
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  Item item;
  item.name = name;
  item.kind = kind_of(status.st_mode);
  item.bytes = static_cast<std::uint64_t>(status.st_size);
  item.modified_ns = status.st_mtim.tv_sec * nanoseconds + status.st_mtim.tv_nsec;
  return item;
}

bool Folder::move(const std::string& name, const Folder& to, const std::string& new_name) const {
  const int result =
      renameat2(directory_, name.c_str(), to.directory_, new_name.c_str(), RENAME_NOREPLACE);
  if (result != 0) {
    if (errno == EEXIST || errno == ENOENT) return false;
    fail("moving a file from " + path_.string() + " to " + to.path_.string());
  }
  to.sync();
  sync();
  return true;
}

void Folder::write(const std::string& name, std::string_view text) const {
  const std::string hidden = "." + name + ".tmp";
  if (unlinkat(directory_, hidden.c_str(), 0) != 0 && errno != ENOENT) {
    fail("replacing a file in " + path_.string());
  }
  constexpr mode_t mode = 0640;
  const File file(
      openat(directory_, hidden.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
  );
  if (file.get() < 0) fail("writing into " + path_.string());
  if (!is_written(file.get(), text) ||
      renameat2(directory_, hidden.c_str(), directory_, name.c_str(), 0) != 0) {
    const int error = errno;
    unlinkat(directory_, hidden.c_str(), 0);
    errno = error;
    fail("writing into " + path_.string());
  }
  sync();
}

std::string Folder::read(const std::string& name) const {
  const File file(openat(directory_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return {};
    fail("reading in " + path_.string());
  }
  std::string text;
  std::array<char, 64 << 10> piece;
  for (;;) {
    const ssize_t taken = ::read(file.get(), piece.data(), piece.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) fail("reading in " + path_.string());
    if (taken == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(taken));
  }
}

void Folder::remove(const std::string& name) const {
  if (unlinkat(directory_, name.c_str(), 0) == 0) {
    sync();
  } else if (errno != ENOENT) {
    fail("removing a file from " + path_.string());
  }
}

void Folder::sync() const {
  if (fsync(directory_) != 0) fail("syncing " + path_.string());
}

}  // namespace rosterd::drop_folder
