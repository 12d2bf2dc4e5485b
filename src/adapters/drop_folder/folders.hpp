#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::drop_folder {

/// A directory held open; names in it are never resolved through another path. What the system
/// refuses is thrown as a `std::system_error`.
class Folder {
 public:
  enum class Kind { file, link, folder, other };

  struct Item {
    std::string name;
    Kind kind = Kind::file;
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;
  };

  /// Not open yet.
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// Opens what is at the path now, and makes it when nothing is there.
  void open();
  /// Whether that is still what is at the path.
  bool is_in_place() const;

  std::filesystem::path path_of(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

  /// By time of last change, then by name.
  std::vector<Item> list() const;
  std::optional<Item> find(const std::string& name) const;

  /// Renames into `to` unless something of that name is there. False: it is, or `name` is gone.
  /// Both folders are on the disk when this returns.
  bool move(const std::string& name, const Folder& to, const std::string& new_name) const;

  /// Writes a new file, on the disk when this returns; an old one of that name goes. A crash leaves
  /// either of them, and never a part.
  void write(const std::string& name, std::string_view text) const;
  /// What is in it; nothing when it is not there.
  std::string read(const std::string& name) const;
  /// Whether it is there or not.
  void remove(const std::string& name) const;

 private:
  void sync() const;
  void close();

  std::filesystem::path path_;
  int directory_ = -1;
};

}  // namespace rosterd::drop_folder
