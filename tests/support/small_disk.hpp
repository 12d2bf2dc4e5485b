#pragma once

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/mount.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace rosterd::test {

/// A file system of its own, in memory, that can be filled up and made read-only. Only for whoever
/// may mount: elsewhere `is_there` is false, and the test has to be skipped.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, const std::string& size) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    size_ = "size=" + size;
    is_there_ = ::mount("rosterd-test", folder_.c_str(), "tmpfs", 0, size_.c_str()) == 0;
  }
  ~SmallDisk() {
    if (is_there_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_there() const { return is_there_; }
  static constexpr const char* skipped = "only root may mount a small disk";

  /// Not a byte is left.
  void fill() const {
    const int file = ::open(filler().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::vector<char> block(4096, 'x');
    while (::write(file, block.data(), block.size()) > 0) {
    }
    const bool is_full = errno == ENOSPC;
    ::close(file);
    if (!is_full) throw std::system_error(errno, std::generic_category(), "filling the disk");
  }
  void make_room() const { std::filesystem::remove(filler()); }

  void make_read_only() const { remount(MS_RDONLY); }
  void make_writable() const { remount(0); }

 private:
  std::filesystem::path filler() const { return folder_ / "filler"; }
  void remount(unsigned long flags) const {
    if (::mount(nullptr, folder_.c_str(), nullptr, MS_REMOUNT | flags, size_.c_str()) == 0) return;
    throw std::system_error(errno, std::generic_category(), "mounting the disk again");
  }

  std::filesystem::path folder_;
  std::string size_;
  bool is_there_ = false;
};

}  // namespace rosterd::test
