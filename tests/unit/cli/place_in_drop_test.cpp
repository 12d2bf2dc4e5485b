#include "cli/place_in_drop.hpp"

#include "cli/context.hpp"
#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>

namespace rosterd::cli {
namespace {

namespace fs = std::filesystem;

class AFileForADrop : public testing::Test {
 protected:
  AFileForADrop() {
    fs::create_directories(root / "drop" / "incoming");
    drop.name = "hr";
    drop.folder = root / "drop";
    write(root / "people.csv", "id\n1\n");
  }
  ~AFileForADrop() override { fs::remove_all(root); }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string read(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::set<std::string> incoming() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(drop.folder / "incoming")) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }
  std::string refusal(const fs::path& file) {
    try {
      place_in_drop(file, drop);
    } catch (const CommandError& error) {
      EXPECT_EQ(error.exit_code(), exit_code::failed);
      return error.what();
    }
    return "";
  }

  fs::path root =
      fs::temp_directory_path() / ("rosterd-place-" + std::to_string(getpid()) + "-" +
                                   testing::UnitTest::GetInstance()->current_test_info()->name());
  DropConfig drop;
};

TEST_F(AFileForADrop, IsCopiedAndNothingElseIsLeftBehind) {
  const fs::path placed = place_in_drop(root / "people.csv", drop);
  EXPECT_EQ(read(placed), "id\n1\n");
  EXPECT_EQ(incoming(), (std::set<std::string>{"people.csv"}));
  EXPECT_TRUE(fs::exists(root / "people.csv"));
}

TEST_F(AFileForADrop, NeverReplacesOneThatWaits) {
  write(drop.folder / "incoming" / "people.csv", "another");
  EXPECT_EQ(place_in_drop(root / "people.csv", drop).filename(), "people-2.csv");
  EXPECT_EQ(place_in_drop(root / "people.csv", drop).filename(), "people-3.csv");
  EXPECT_EQ(read(drop.folder / "incoming" / "people.csv"), "another");
}

TEST_F(AFileForADrop, BringsTheManifestThatTheDropRequires) {
  drop.manifest_required = true;
  EXPECT_NE(refusal(root / "people.csv").find("people.csv.manifest.json"), std::string::npos);
  write(root / "people.manifest.json", "{}");
  write(drop.folder / "incoming" / "people.csv", "another");
  place_in_drop(root / "people.csv", drop);
  EXPECT_EQ(
      incoming(),
      (std::set<std::string>{"people.csv", "people-2.csv", "people-2.csv.manifest.json"})
  );
}

TEST_F(AFileForADrop, NeedsANameThatTheDropTakes) {
  for (const char* name :
       {".hidden.csv", "people.csv.tmp", "people.PART", "a\nb.csv", "\xff.csv"}) {
    write(root / name, "id\n1\n");
    EXPECT_NE(refusal(root / name).find("plain name"), std::string::npos) << name;
  }
  EXPECT_TRUE(incoming().empty());
}

TEST_F(AFileForADrop, CannotBePlacedWhereThereIsNoFolder) {
  fs::remove_all(drop.folder);
  const std::string text = refusal(root / "people.csv");
  EXPECT_NE(text.find("incoming"), std::string::npos) << text;
  EXPECT_NE(text.find("stop the daemon"), std::string::npos) << text;
}

}  // namespace
}  // namespace rosterd::cli
