#include "parser.hpp"

#include "completion.hpp"
#include "exit_code.hpp"
#include "rosterd/base/text.hpp"

#include <algorithm>
#include <sstream>

namespace rosterd::cli {

namespace {

void add_levels(
    const CLI::App& app, const std::string& command, std::vector<CompletionLevel>& levels
) {
  CompletionLevel level;
  level.command = command;
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* one : subcommands) {
    level.words.push_back({one->get_name(), one->get_description()});
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      level.words.push_back({"--" + name, option->get_description()});
    }
  }
  levels.push_back(std::move(level));
  for (const CLI::App* one : subcommands) {
    add_levels(*one, command + " " + one->get_name(), levels);
  }
}

}  // namespace

Parser::Parser()
    : app_("Keeps an Auth0 tenant's Authorization Extension in step with HR.", "rosterd") {
  app_.require_subcommand(1);
  app_.set_help_all_flag("--help-all", "Help of all commands");
  app_.set_version_flag("--version", std::string("rosterd ") + ROSTERD_VERSION);
  app_.footer(
      "Examples:\n"
      "  rosterd sandbox --listen 127.0.0.1:8500 --demo\n"
      "  rosterd check --config rosterd.toml\n"
      "  rosterd serve --config rosterd.toml\n"
      "Each command has its own --help."
  );
}

CLI::App* Parser::add(
    CLI::App& parent, const std::string& name, const std::string& what, const std::string& examples
) {
  CLI::App* command = parent.add_subcommand(name, what);
  if (!examples.empty()) command->footer("Examples:\n" + examples);
  return command;
}

CLI::App* Parser::add(
    const std::string& name, const std::string& what, const std::string& examples
) {
  return add(app_, name, what, examples);
}

void Parser::with_config(CLI::App* command, Common& common) {
  command->add_option("-c,--config", common.config, "The configuration file")
      ->envname("ROSTERD_CONFIG")
      ->capture_default_str();
}

void Parser::with_common(CLI::App* command, Common& common) {
  with_config(command, common);
  command->add_flag("--json", common.json, "Print JSON instead of tables");
}

void Parser::add_completion() {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      add("completion",
          "A script that makes the shell complete commands and options",
          "  source <(rosterd completion bash)\n  rosterd completion fish | source");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember(completion_shells()));
  command->callback([this, shell] {
    std::vector<CompletionLevel> levels;
    add_levels(app_, "", levels);
    std::string script = completion_script(*shell, levels);
    finish_ = [script] { return Command(Exit{exit_code::done, script}); };
  });
}

Command Parser::parse(std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());
  try {
    app_.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return ended(error);
  }
  return finish_ ? finish_() : Command(Exit{exit_code::usage, app_.help()});
}

Exit Parser::ended(const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = app_.exit(error, out, err);
  if (code == 0) return Exit{exit_code::done, out.str()};
  return Exit{exit_code::usage, "rosterd: " + err.str()};
}

Instant instant_of(const std::string& option, const std::string& text) {
  if (const auto instant = parse_rfc3339(text)) return *instant;
  if (const auto date = parse_date(text)) return Instant{std::chrono::sys_days{*date}};
  throw CLI::ValidationError(
      option, "\"" + printable(text) + "\" is no time; write 2026-03-01 or 2026-03-01T09:00:00Z"
  );
}

std::optional<Instant> optional_instant_of(const std::string& option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  return instant_of(option, text);
}

void refuse_no_utf8(const std::string& option, const std::string& text) {
  if (!invalid_utf8_at(text)) return;
  throw CLI::ValidationError(option, "\"" + printable(text) + "\" is not UTF-8");
}

std::string hash_of(const std::string& option, const std::string& text, std::size_t digits_min) {
  constexpr std::size_t digits_max = 64;
  std::string hash = lower_case(text);
  const bool is_hex = hash.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_hex && hash.size() >= digits_min && hash.size() <= digits_max) return hash;
  const std::string wanted = digits_min == digits_max
                                 ? "64 hexadecimal digits"
                                 : "its first " + std::to_string(digits_min) +
                                       " or more hexadecimal digits, as a list shows them";
  throw CLI::ValidationError(option, "\"" + printable(text) + "\" is no hash; write " + wanted);
}

}  // namespace rosterd::cli
