#include "place_in_drop.hpp"

#include "context.hpp"
#include "exit_code.hpp"
#include "rosterd/base/text.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace rosterd::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* manifest_suffix = ".manifest.json";

/// Names that a drop folder leaves alone would lie there for ever.
void refuse_name(const std::string& name) {
  const std::string lower = lower_case(name);
  bool refused = name.starts_with('.') || name.ends_with(manifest_suffix);
  for (const char* suffix : {".tmp", ".part", ".filepart"}) {
    refused = refused || lower.ends_with(suffix);
  }
  constexpr std::size_t bytes_max = 200;
  refused = refused || name.size() > bytes_max || printable(name, bytes_max) != name ||
            invalid_utf8_at(name).has_value();
  if (!refused) return;
  throw CommandError(
      exit_code::failed,
      "a drop folder does not take a file named " + printable(name) + "; give it a plain name"
  );
}

fs::path manifest_of(const fs::path& file, const DropConfig& drop) {
  for (const fs::path& manifest :
       {fs::path(file.string() + manifest_suffix),
        file.parent_path() / (file.stem().string() + manifest_suffix)}) {
    if (fs::is_regular_file(manifest)) return manifest;
  }
  throw CommandError(
      exit_code::failed,
      "drop \"" + drop.name + "\" requires a manifest; put " + printable(file.filename().string()) +
          manifest_suffix + " beside the file"
  );
}

/// A copy under a name that the daemon leaves alone; it goes with its owner unless renamed.
class HiddenCopy {
 public:
  HiddenCopy(const fs::path& from, const fs::path& folder)
      : path_(folder / ("." + from.filename().string() + "." + std::to_string(getpid()) + ".tmp")) {
    fs::copy_file(from, path_, fs::copy_options::overwrite_existing);
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail();
    const bool synced = fsync(fd) == 0;
    close(fd);
    if (!synced) fail();
  }
  ~HiddenCopy() {
    std::error_code gone;
    fs::remove(path_, gone);
  }
  HiddenCopy(const HiddenCopy&) = delete;
  HiddenCopy& operator=(const HiddenCopy&) = delete;

  /// False: the name is taken.
  bool becomes(const fs::path& name) {
    if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0) {
      return true;
    }
    if (errno == EEXIST) return false;
    throw std::system_error(errno, std::generic_category(), name.string());
  }

 private:
  [[noreturn]] void fail() const {
    throw std::system_error(errno, std::generic_category(), path_.string());
  }

  fs::path path_;
};

std::string numbered(const fs::path& file, int attempt) {
  if (attempt == 1) return file.filename().string();
  return file.stem().string() + "-" + std::to_string(attempt) + file.extension().string();
}

fs::path place(const fs::path& file, const fs::path& manifest, const fs::path& incoming) {
  HiddenCopy copy(file, incoming);
  for (int attempt = 1;; ++attempt) {
    const fs::path name = incoming / numbered(file, attempt);
    const fs::path manifest_name = name.string() + manifest_suffix;
    if (fs::exists(name) || fs::exists(manifest_name)) continue;
    if (!manifest.empty() && !HiddenCopy(manifest, incoming).becomes(manifest_name)) continue;
    if (copy.becomes(name)) return name;
    if (!manifest.empty()) fs::remove(manifest_name);
  }
}

}  // namespace

fs::path place_in_drop(const fs::path& file, const DropConfig& drop) {
  refuse_name(file.filename().string());
  const fs::path manifest = drop.manifest_required ? manifest_of(file, drop) : fs::path();
  const fs::path incoming = drop.folder / "incoming";
  try {
    return place(file, manifest, incoming);
  } catch (const std::system_error& error) {
    throw CommandError(
        exit_code::failed,
        "the file cannot be put into " + incoming.string() + ": " + error.code().message() +
            "; the daemon takes files from there, so run this as somebody who may write there, or "
            "stop the daemon to import without it"
    );
  }
}

}  // namespace rosterd::cli
