#pragma once

#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/ingest/file_intake.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_intake_store.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace rosterd::ingest {

class UtcOnly : public TimeZones {
 public:
  std::optional<Instant> start_of_day(std::string_view zone, Date date) const override {
    const Instant start{std::chrono::sys_days{date}};
    if (zone == "Europe/Berlin") return start - std::chrono::hours{1};
    if (zone == "UTC") return start;
    return std::nullopt;
  }
  bool known(std::string_view zone) const override { return zone == "UTC"; }
  std::optional<Date> day_at(std::string_view, Instant instant) const override {
    return Date{std::chrono::floor<std::chrono::days>(instant)};
  }
};

class CountingLog : public Log {
 public:
  void write(LogLevel, std::string_view, const std::vector<LogField>& fields) override {
    for (const LogField& field : fields) text += std::string(field.name) + "=" + field.value + " ";
  }
  std::string text;
};

/// Files dropped into an intake over a store in memory.
class FileIntakeTest : public testing::Test {
 protected:
  FileIntakeTest() {
    std::string name = (std::filesystem::temp_directory_path() / "rosterd-intake-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder = name;
    config.name = "hr";
    config.key = "id";
    column("mail", "email");
    column("dept", "department");
  }
  ~FileIntakeTest() override { std::filesystem::remove_all(folder); }

  ColumnConfig& column(const std::string& header, const std::string& attribute) {
    ColumnConfig made;
    made.column = header;
    made.attribute = attribute;
    config.columns.push_back(made);
    return config.columns.back();
  }

  std::filesystem::path file(const std::string& text, const std::string& name = "roster.csv") {
    std::ofstream(folder / name, std::ios::binary) << text;
    return folder / name;
  }
  IntakeReport take(const std::string& text, IntakeOptions options = {}) {
    return take_file(file(text), std::move(options));
  }
  IntakeReport take_file(const std::filesystem::path& path, IntakeOptions options = {}) {
    store.accepted.clear();
    FileIntake intake({store, *crypto, clock, zones, log});
    return test::run(intake.run(config, path, std::move(options)));
  }
  RosterChanges preview(const std::string& text) {
    FileIntake intake({store, *crypto, clock, zones, log});
    return test::run(intake.preview(config, file(text), {}));
  }

  /// `left 7 {}; changed 8 {dept=null}`
  static std::string story(const ChangeEvent& event) {
    std::string text = std::string(to_string(event.type)).substr(7) + " " + event.person.value;
    text += " {";
    for (const auto& [name, value] : event.attributes) {
      if (text.back() != '{') text += ", ";
      text += name + "=" + (value ? to_text(*value) : "null");
    }
    return text + "}";
  }
  std::string accepted() const {
    std::string text;
    for (const NewEvent& event : store.accepted) text += story(event.event) + "\n";
    return text;
  }
  /// `done rows 3 failed 0 …` as far as not zero.
  static std::string counts(const IntakeReport& report) {
    const Intake& intake = report.intake;
    std::string text(to_string(intake.state));
    const auto add = [&](const char* name, std::uint64_t value) {
      if (value > 0) text += " " + std::string(name) + " " + std::to_string(value);
    };
    add("rows", intake.rows);
    add("failed", intake.rows_failed);
    add("people", intake.people);
    add("quarantined", intake.quarantined);
    add("joined", intake.joined);
    add("changed", intake.changed);
    add("left", intake.left);
    add("unchanged", intake.unchanged);
    return text;
  }
  static std::string problems(const IntakeReport& report) {
    std::string text;
    for (const RowProblem& problem : report.problems) {
      text += std::to_string(problem.line) + " " + problem.column + " [" + problem.value + "] " +
              problem.reason + "\n";
    }
    return text;
  }

  std::filesystem::path folder;
  DropConfig config;
  test::MemoryIntakeStore store;
  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  test::ManualClock clock;
  UtcOnly zones;
  CountingLog log;
};

}  // namespace rosterd::ingest
