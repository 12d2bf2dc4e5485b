#include "page_files.hpp"

#include "support/program.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

namespace rosterd {
namespace {

TEST(ThePage, IsInTheBinaryByteForByte) {
  const std::filesystem::path folder = std::filesystem::path(ROSTERD_SOURCE_DIR) / "page";
  std::set<std::string> names;
  for (const PageFile& file : page_files()) {
    names.emplace(file.name);
    EXPECT_TRUE(file.text == test::text_of_file(folder / file.name)) << file.name;
  }
  for (const char* needed : {"index.html", "app.js", "style.css", "icon.svg"}) {
    EXPECT_TRUE(names.contains(needed)) << needed;
  }
}

}  // namespace
}  // namespace rosterd
