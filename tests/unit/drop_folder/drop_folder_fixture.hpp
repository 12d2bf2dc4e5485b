#pragma once

#include "rosterd/adapters/drop_folder/drop_folder.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace rosterd::drop_folder {

namespace fs = std::filesystem;

class RealClock : public Clock {
 public:
  Instant now() const override { return *parse_rfc3339("2026-03-02T09:00:00Z"); }
  Duration monotonic() const override {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<Duration>(since);
  }
};

/// The messages, one a line, without their fields.
class Messages : public Log {
 public:
  void write(LogLevel, std::string_view message, const std::vector<LogField>&) override {
    text += std::string(message) + "\n";
    if (on_message) on_message(text);
  }
  std::string text;
  std::function<void(const std::string&)> on_message;
};

/// Notes what it is given, answers as told, and stops the folder after the last file.
class Handler : public FileHandler {
 public:
  Task<FileOutcome> handle(fs::path file, ReportKeeper& keeper) override {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    handled.push_back(
        file.parent_path().filename().string() + "/" + file.filename().string() + "=" + text
    );
    if (on_file) on_file();
    if (handled.size() >= files) stop.request_stop();
    if (broken) throw std::runtime_error("disk full");
    if (report) co_await keeper.keep(*report);
    if (on_kept) on_kept();
    co_return outcome;
  }

  std::vector<std::string> handled;
  FileOutcome outcome = FileOutcome::done;
  std::optional<std::string> report;
  std::function<void()> on_file;
  std::function<void()> on_kept;
  std::size_t files = 1;
  bool broken = false;
  std::stop_source stop;
};

class DropFolderTest : public testing::Test {
 protected:
  DropFolderTest() {
    std::string name = (fs::temp_directory_path() / "rosterd-drop-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    config.name = "hr";
    config.folder = name;
    config.settle = 20ms;
    config.rescan = 60ms;
    make_folders();
  }
  ~DropFolderTest() override { fs::remove_all(config.folder); }

  void make_folders() const {
    for (const char* folder : {"incoming", "processing", "done", "rejected", "held"}) {
      fs::create_directories(config.folder / folder);
    }
  }
  void put(const std::string& name, const std::string& text) {
    std::ofstream(config.folder / name) << text;
  }
  void modified(const std::string& name, int hours_ago) {
    fs::last_write_time(
        config.folder / name, fs::file_time_type::clock::now() - std::chrono::hours(hours_ago)
    );
  }
  void run() {
    asio::io_context loop{1};
    DropFolder folder(loop.get_executor(), config, handler, clock, log);
    if (while_running) asio::post(loop, while_running);
    test::run(loop, folder.run(handler.stop.get_token()));
  }
  /// Everything that is not a folder, by name.
  std::string tree() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(config.folder)) {
      if (entry.is_directory()) continue;
      names.push_back(entry.path().lexically_relative(config.folder).string());
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += name + "\n";
    return text;
  }
  std::string contents(const std::string& name) const {
    std::ifstream in(config.folder / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  DropConfig config;
  RealClock clock;
  Messages log;
  Handler handler;
  std::function<void()> while_running;
};

using Names = std::vector<std::string>;

}  // namespace rosterd::drop_folder
