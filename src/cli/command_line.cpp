#include "command_line.hpp"

#include "completion.hpp"
#include "exit_code.hpp"
#include "rosterd/base/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <sstream>
#include <utility>

namespace rosterd::cli {

namespace {

/// Collects what CLI11 fills in and turns it into the command that was named.
class Parser {
 public:
  Parser() : app_("Keeps an Auth0 tenant's Authorization Extension in step with HR.", "rosterd") {
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
    add_daemon_commands();
    add_file_commands();
    add_event_commands();
    add_people_commands();
    add_tenant_commands();
    add_sandbox();
    add_completion();
  }

  Command parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
      return ended(error);
    }
    return finish_ ? finish_() : Command(Exit{exit_code::usage, app_.help()});
  }

 private:
  Exit ended(const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app_.exit(error, out, err);
    if (code == 0) return Exit{exit_code::done, out.str()};
    return Exit{exit_code::usage, "rosterd: " + err.str()};
  }

  CLI::App* add(
      CLI::App& parent,
      const std::string& name,
      const std::string& what,
      const std::string& examples
  ) {
    CLI::App* command = parent.add_subcommand(name, what);
    if (!examples.empty()) command->footer("Examples:\n" + examples);
    return command;
  }

  CLI::App* add(const std::string& name, const std::string& what, const std::string& examples) {
    return add(app_, name, what, examples);
  }

  void with_config(CLI::App* command, Common& common) {
    command->add_option("-c,--config", common.config, "The configuration file")
        ->envname("ROSTERD_CONFIG")
        ->capture_default_str();
  }

  void with_common(CLI::App* command, Common& common) {
    with_config(command, common);
    command->add_flag("--json", common.json, "Print JSON instead of tables");
  }

  template <class T>
  void becomes(CLI::App* command, std::shared_ptr<T> value) {
    command->callback([this, value] { finish_ = [value] { return Command(*value); }; });
  }

  /// The options by which events are selected; texts are checked when the command runs.
  struct Selected {
    std::vector<EventId> ids;
    std::string person, error, source, from, to;
    std::vector<std::string> states;
  };

  std::shared_ptr<Selected> with_selection(CLI::App* command) {
    auto selected = std::make_shared<Selected>();
    command->add_option("--id", selected->ids, "Events by number (several are possible)");
    command->add_option("--person", selected->person, "Events of this person");
    command->add_option("--state", selected->states, "Events in this state (several are possible)");
    command->add_option("--class", selected->error, "Events whose last error is of this class");
    command->add_option("--source", selected->source, "Events of this source");
    command->add_option(
        "--from", selected->from, "Received at or after (RFC 3339 or YYYY-MM-DD, UTC)"
    );
    command->add_option("--to", selected->to, "Received before (RFC 3339 or YYYY-MM-DD, UTC)");
    return selected;
  }

  static Instant instant_of(const std::string& option, const std::string& text) {
    if (const auto instant = parse_rfc3339(text)) return *instant;
    if (const auto date = parse_date(text)) return Instant{std::chrono::sys_days{*date}};
    throw CLI::ValidationError(
        option, "\"" + printable(text) + "\" is no time; write 2026-03-01 or 2026-03-01T09:00:00Z"
    );
  }

  static EventState state_of(const std::string& text) {
    if (const auto state = event_state(text)) return *state;
    std::string known;
    for (const EventState state : all_event_states()) {
      known += (known.empty() ? "" : ", ") + std::string(to_string(state));
    }
    throw CLI::ValidationError(
        "--state", "\"" + printable(text) + "\" is no state; there are " + known
    );
  }

  static void refuse_no_utf8(const std::string& option, const std::string& text) {
    if (!invalid_utf8_at(text)) return;
    throw CLI::ValidationError(option, "\"" + printable(text) + "\" is not UTF-8");
  }

  static EventSelection selection_of(const Selected& selected) {
    refuse_no_utf8("--person", selected.person);
    refuse_no_utf8("--source", selected.source);
    EventSelection selection;
    selection.ids = selected.ids;
    if (!selected.person.empty()) selection.person = PersonId(selected.person);
    for (const std::string& text : selected.states) selection.states.push_back(state_of(text));
    if (!selected.error.empty()) {
      selection.error = error_class(selected.error);
      if (!selection.error) {
        throw CLI::ValidationError(
            "--class",
            "\"" + printable(selected.error) +
                "\" is no class; for example transient, permanent, no_account, contended"
        );
      }
    }
    if (!selected.source.empty()) selection.source = selected.source;
    if (!selected.from.empty()) selection.received_from = instant_of("--from", selected.from);
    if (!selected.to.empty()) selection.received_to = instant_of("--to", selected.to);
    return selection;
  }

  template <class T>
  void becomes(CLI::App* command, std::shared_ptr<T> value, std::shared_ptr<Selected> selected) {
    command->callback([this, value, selected] {
      value->selection = selection_of(*selected);
      finish_ = [value] { return Command(*value); };
    });
  }

  void add_daemon_commands() {
    auto serve = std::make_shared<Serve>();
    CLI::App* command =
        add("serve",
            "Run the daemon in the foreground",
            "  rosterd serve --config /etc/rosterd/rosterd.toml");
    with_config(command, serve->common);
    becomes(command, serve);

    auto check = std::make_shared<Check>();
    command =
        add("check",
            "Check configuration, policy, token, scopes and names against the live tenant",
            "  rosterd check\n  rosterd check --offline --config rosterd.toml");
    with_common(command, check->common);
    command->add_flag("--offline", check->offline, "Do not ask the tenant");
    becomes(command, check);

    auto status = std::make_shared<Status>();
    command = add("status", "What is happening: outbox, people, files", "  rosterd status --json");
    with_common(command, status->common);
    becomes(command, status);

    auto migrate = std::make_shared<MigrateCommand>();
    command =
        add("migrate",
            "Bring the store to this version's schema (serve does it, too)",
            "  rosterd migrate --status");
    with_common(command, migrate->common);
    command->add_flag("--status", migrate->status_only, "Show what is applied; change nothing");
    becomes(command, migrate);

    auto version = std::make_shared<Version>();
    command =
        add("version", "Version of the program and of its libraries", "  rosterd version --json");
    command->add_flag("--json", version->json, "Print JSON");
    becomes(command, version);
  }

  void add_file_commands() {
    auto plan = std::make_shared<PlanCommand>();
    CLI::App* command =
        add("plan",
            "What would be done: a dry run on the worker's own code; ends with 2 when there are "
            "changes",
            "  rosterd plan\n"
            "  rosterd plan --file people.csv\n"
            "  rosterd plan --person 4711 --json\n"
            "  rosterd plan --policy new-policy.toml");
    with_common(command, plan->common);
    command->add_option("--file", plan->roster, "As if this file had been dropped");
    command->add_option(
        "--drop", plan->drop, "The drop whose columns the file has (default: the only one)"
    );
    command->add_option("--person", plan->person, "Only this person");
    command->add_option("--policy", plan->policy, "With this policy instead of the configured one");
    becomes(command, plan);

    auto import = std::make_shared<Import>();
    command =
        add("import",
            "Read a CSV file now, as if it had been dropped",
            "  rosterd import people.csv\n"
            "  rosterd import people.csv --drop hr --approve-missing");
    with_common(command, import->common);
    command->add_option("file", import->file, "The file")->required();
    command->add_option(
        "--drop", import->drop, "The drop whose columns the file has (default: the only one)"
    );
    command->add_flag(
        "--approve-missing",
        import->approve_missing,
        "Accept a roster that lacks more people than the configuration allows: they have left"
    );
    becomes(command, import);
  }

  void add_event_commands() {
    CLI::App* events =
        add("events",
            "Change events and what became of them",
            "  rosterd events list --state dead\n"
            "  rosterd events show 17\n"
            "  rosterd events replay --class transient");
    events->require_subcommand(1);

    auto list = std::make_shared<EventsList>();
    CLI::App* command =
        add(*events,
            "list",
            "Events, newest first",
            "  rosterd events list --state dead\n  rosterd events list --person 4711 --json");
    with_common(command, list->common);
    command->add_option("--limit", list->limit, "At most this many")->capture_default_str();
    becomes(command, list, with_selection(command));

    auto show = std::make_shared<EventsShow>();
    command = add(
        *events, "show", "One event with its attempts and what it did", "  rosterd events show 17"
    );
    with_common(command, show->common);
    command->add_option("id", show->id, "The event's number")->required();
    becomes(command, show);

    auto replay = std::make_shared<EventsReplay>();
    command =
        add(*events,
            "replay",
            "Put finished events into the outbox again (dead ones, unless --state says otherwise)",
            "  rosterd events replay --id 17 --yes\n"
            "  rosterd events replay --class transient --from 2026-03-01");
    with_common(command, replay->common);
    command->add_flag("-y,--yes", replay->yes, "Do not ask");
    becomes(command, replay, with_selection(command));

    auto cancel = std::make_shared<EventsCancel>();
    command =
        add(*events,
            "cancel",
            "Take open events out of the outbox",
            "  rosterd events cancel --id 17 --reason 'typo in HR'");
    with_common(command, cancel->common);
    command->add_option("--reason", cancel->reason, "Why, for those who read it later")
        ->default_val("cancelled by hand");
    command->add_flag("-y,--yes", cancel->yes, "Do not ask");
    becomes(command, cancel, with_selection(command));
  }

  void add_people_commands() {
    CLI::App* people =
        add("people",
            "People, their accounts and their access",
            "  rosterd people list ada\n  rosterd people show 4711");
    people->require_subcommand(1);

    auto list = std::make_shared<PeopleList>();
    CLI::App* command = add(
        *people, "list", "People by id", "  rosterd people list\n  rosterd people list ada --json"
    );
    with_common(command, list->common);
    command->add_option("search", list->search, "Part of an id, a name or an e-mail address");
    command->add_option("--limit", list->limit, "At most this many")->capture_default_str();
    becomes(command, list);

    auto show = std::make_shared<PeopleShow>();
    command =
        add(*people,
            "show",
            "One person: attributes, accounts, assignments and why",
            "  rosterd people show 4711");
    with_common(command, show->common);
    command->add_option("id", show->id, "The person's key in the HR source")->required();
    becomes(command, show);
  }

  void add_tenant_commands() {
    auto access = std::make_shared<AccessCommand>();
    CLI::App* command =
        add("access",
            "What an account may do, as the extension computes it now",
            "  rosterd access 'auth0|5f7c'\n  rosterd access 'auth0|5f7c' --application CLIENT_ID");
    with_common(command, access->common);
    command->add_option("account", access->account, "The account's user_id")->required();
    command->add_option(
        "--application", access->application, "Also its permissions in this application"
    );
    command->add_option(
        "--connection", access->connection, "The connection it signs in with (default: its first)"
    );
    becomes(command, access);

    CLI::App* structure =
        add("structure",
            "Groups, roles and permissions of the policy against the tenant",
            "  rosterd structure plan\n  rosterd structure apply");
    structure->require_subcommand(1);
    add_structure(
        *structure, "plan", "What the tenant lacks; ends with 2 when there is something", false
    );
    add_structure(*structure, "apply", "Make what the tenant lacks; nothing is ever deleted", true);
  }

  void add_structure(
      CLI::App& parent, const std::string& name, const std::string& what, bool apply
  ) {
    auto structure = std::make_shared<StructureCommand>();
    structure->apply = apply;
    CLI::App* command = add(parent, name, what, "  rosterd structure " + name);
    with_common(command, structure->common);
    becomes(command, structure);
  }

  void add_sandbox() {
    auto sandbox = std::make_shared<SandboxCommand>();
    CLI::App* command =
        add("sandbox",
            "A tenant with the Authorization Extension on loopback, to try things on",
            "  rosterd sandbox --listen 127.0.0.1:8500 --demo\n"
            "  rosterd sandbox --listen 127.0.0.1:8500 --state tenant.json --no-lossy");
    command->add_option("--listen", sandbox->listen, "HOST:PORT; port 0: any")
        ->capture_default_str();
    auto* cert = command->add_option(
        "--tls-cert", sandbox->tls_cert, "Serve TLS with this certificate (PEM)"
    );
    auto* key = command->add_option("--tls-key", sandbox->tls_key, "The certificate's key (PEM)");
    cert->needs(key);
    key->needs(cert);
    command->add_option("--state", sandbox->state, "Keep the tenant in this file");
    command->add_flag(
        "--lossy,!--no-lossy",
        sandbox->lossy,
        "Lose concurrent writes to one group as the original does (default: yes)"
    );
    command->add_flag(
        "--demo", sandbox->demo, "Start with a small company's groups, roles and users"
    );
    command->add_option("--latency", sandbox->latency_ms, "Milliseconds before every answer")
        ->check(CLI::Range(0, 60'000));
    becomes(command, sandbox);
  }

  void add_completion() {
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

  static void add_levels(
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

  CLI::App app_;
  std::function<Command()> finish_;
};

}  // namespace

Command parse(const std::vector<std::string>& arguments) {
  return Parser().parse(arguments);
}

}  // namespace rosterd::cli
