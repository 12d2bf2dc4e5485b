#pragma once

#include <string_view>
#include <vector>

namespace rosterd::sqlite {

/// A migration as compiled into the binary; `cmake/embed.cmake` writes the definitions.
struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

/// All migrations, sorted by name.
std::vector<EmbeddedFile> embedded_files();

}  // namespace rosterd::sqlite
