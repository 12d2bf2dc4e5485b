#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

namespace rosterd::test {

/// For a test that has failed: copies its stores and logs into the folder that `ROSTERD_KEEP`
/// names, if it names one, before they are deleted.
inline void keep_if_failed(const std::filesystem::path& folder) {
  const char* where = std::getenv("ROSTERD_KEEP");
  if (where == nullptr || !testing::Test::HasFailure()) return;
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "." + test->name();
  for (char& c : name) {
    if (c == '/') c = '-';
  }
  const std::filesystem::path kept = std::filesystem::path(where) / name;
  std::filesystem::create_directories(kept);
  // A socket cannot be copied, and says nothing.
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_socket()) continue;
    const auto options = std::filesystem::copy_options::recursive |
                         std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy(entry.path(), kept / entry.path().filename(), options);
  }
  std::cerr << "kept in " << kept << "\n";
}

}  // namespace rosterd::test
