#pragma once

#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rosterd::cli {

/// Collects what CLI11 fills in and turns it into the command that was named.
class Parser {
 public:
  Parser();

  CLI::App* add(
      CLI::App& parent,
      const std::string& name,
      const std::string& what,
      const std::string& examples
  );
  CLI::App* add(const std::string& name, const std::string& what, const std::string& examples);

  void with_config(CLI::App* command, Common& common);
  void with_common(CLI::App* command, Common& common);

  /// `prepare` is called when the command was named, with all its options read; it throws
  /// `CLI::ValidationError`.
  template <class T, class Prepare>
  void becomes(CLI::App* command, std::shared_ptr<T> value, Prepare prepare) {
    command->callback([this, value, prepare] {
      prepare();
      finish_ = [value] { return Command(*value); };
    });
  }
  template <class T>
  void becomes(CLI::App* command, std::shared_ptr<T> value) {
    becomes(command, std::move(value), [] {});
  }

  /// The command that prints what shells complete with; after all others were added.
  void add_completion();

  Command parse(std::vector<std::string> arguments);

 private:
  Exit ended(const CLI::ParseError& error);

  CLI::App app_;
  std::function<Command()> finish_;
};

// What the texts of options mean; each throws `CLI::ValidationError` with what would be right.

/// RFC 3339, or a date: its first moment in UTC.
Instant instant_of(const std::string& option, const std::string& text);
/// Nothing for an empty text.
std::optional<Instant> optional_instant_of(const std::string& option, const std::string& text);
void refuse_no_utf8(const std::string& option, const std::string& text);
/// Hexadecimal digits, made lower case; `digits_min` to 64 of them.
std::string hash_of(const std::string& option, const std::string& text, std::size_t digits_min);

// In the order of `--help`.
void add_daemon_commands(Parser& parser);
void add_file_commands(Parser& parser);
void add_event_commands(Parser& parser);
void add_people_commands(Parser& parser);
void add_hold_commands(Parser& parser);
void add_reconcile(Parser& parser);
void add_audit_commands(Parser& parser);
void add_tenant_commands(Parser& parser);
void add_sandbox(Parser& parser);

}  // namespace rosterd::cli
