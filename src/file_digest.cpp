#include "file_digest.hpp"

#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace rosterd {

Digest file_digest(const std::filesystem::path& file, const Crypto& crypto) {
  std::ifstream in(file, std::ios::binary);
  const auto hasher = crypto.hasher();
  std::vector<char> block(1 << 20);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    hasher->update(std::string_view(block.data(), static_cast<std::size_t>(in.gcount())));
  }
  if (!in.eof()) {
    throw std::system_error(errno, std::generic_category(), "reading " + file.string());
  }
  return hasher->finish();
}

}  // namespace rosterd
