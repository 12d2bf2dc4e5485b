#pragma once

#include <string_view>
#include <vector>

namespace rosterd {

/// A file of the operator's page.
struct PageFile {
  std::string_view name;
  std::string_view text;
};

/// The files of page/ as compiled into the binary, by name; cmake/embed.cmake writes the
/// definition.
std::vector<PageFile> page_files();

}  // namespace rosterd
