#include "command_line.hpp"

#include "parser.hpp"
#include "rosterd/base/text.hpp"

#include <type_traits>

namespace rosterd::cli {

namespace {

/// The options by which events are selected.
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

EventState state_of(const std::string& text) {
  if (const auto state = event_state(text)) return *state;
  std::string known;
  for (const EventState state : all_event_states()) {
    known += (known.empty() ? "" : ", ") + std::string(to_string(state));
  }
  throw CLI::ValidationError(
      "--state", "\"" + printable(text) + "\" is no state; there are " + known
  );
}

EventSelection selection_of(const Selected& selected) {
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
  selection.received_from = optional_instant_of("--from", selected.from);
  selection.received_to = optional_instant_of("--to", selected.to);
  return selection;
}

/// A command about the events that its options select.
template <class T>
void becomes_of_selection(Parser& parser, CLI::App* command, std::shared_ptr<T> value) {
  const auto selected = with_selection(command);
  parser.becomes(command, value, [value, selected] {
    value->selection = selection_of(*selected);
    if constexpr (std::is_same_v<T, EventsCancel>) refuse_no_utf8("--reason", value->reason);
  });
}

void add_people_show(Parser& parser, CLI::App& people) {
  auto show = std::make_shared<PeopleShow>();
  auto at = std::make_shared<std::string>();
  CLI::App* command = parser.add(
      people,
      "show",
      "One person: attributes, accounts, assignments and why",
      "  rosterd people show 4711\n"
      "  rosterd people show 4711 --at 2026-03-01T12:00:00Z"
  );
  parser.with_common(command, show->common);
  command->add_option("id", show->id, "The person's key in the HR source")->required();
  command->add_option(
      "--at", *at, "As it was then, from what is kept (RFC 3339 or YYYY-MM-DD, UTC)"
  );
  parser.becomes(command, show, [show, at] {
    refuse_no_utf8("id", show->id);
    show->at = optional_instant_of("--at", *at);
  });
}

void add_people_explain(Parser& parser, CLI::App& people) {
  auto explain = std::make_shared<PeopleExplain>();
  CLI::App* command = parser.add(
      people,
      "explain",
      "Why a person has what they have, what is missing and why, and what remains by other ways",
      "  rosterd people explain 4711\n  rosterd people explain 4711 --offline --json"
  );
  parser.with_common(command, explain->common);
  command->add_option("id", explain->id, "The person's key in the HR source")->required();
  command->add_flag("--offline", explain->offline, "From the store alone; do not ask the tenant");
  parser.becomes(command, explain, [explain] { refuse_no_utf8("id", explain->id); });
}

void add_structure(
    Parser& parser, CLI::App& parent, const std::string& name, const std::string& what, bool apply
) {
  auto structure = std::make_shared<StructureCommand>();
  structure->apply = apply;
  CLI::App* command = parser.add(parent, name, what, "  rosterd structure " + name);
  parser.with_common(command, structure->common);
  parser.becomes(command, structure);
}

}  // namespace

void add_daemon_commands(Parser& parser) {
  auto serve = std::make_shared<Serve>();
  CLI::App* command = parser.add(
      "serve",
      "Run the daemon in the foreground",
      "  rosterd serve --config /etc/rosterd/rosterd.toml"
  );
  parser.with_config(command, serve->common);
  parser.becomes(command, serve);

  auto check = std::make_shared<Check>();
  command = parser.add(
      "check",
      "Check configuration, policy, token, scopes and names against the live tenant",
      "  rosterd check\n  rosterd check --offline --config rosterd.toml"
  );
  parser.with_common(command, check->common);
  command->add_flag("--offline", check->offline, "Do not ask the tenant");
  parser.becomes(command, check);

  auto status = std::make_shared<Status>();
  command = parser.add(
      "status", "What is happening: outbox, people, holds, drift, files", "  rosterd status --json"
  );
  parser.with_common(command, status->common);
  parser.becomes(command, status);

  auto backup = std::make_shared<BackupCommand>();
  command = parser.add(
      "backup",
      "Copy the store, also while the daemon runs; the copy is checked before it gets its name",
      "  rosterd backup /var/backups/rosterd.db\n"
      "  rosterd backup /var/backups/rosterd.db --force --json"
  );
  parser.with_common(command, backup->common);
  command->add_option("file", backup->file, "The copy")->required();
  command->add_flag("--force", backup->force, "Replace a file that is there");
  parser.becomes(command, backup);

  auto migrate = std::make_shared<MigrateCommand>();
  command = parser.add(
      "migrate",
      "Bring the store to this version's schema (serve does it, too)",
      "  rosterd migrate --status"
  );
  parser.with_common(command, migrate->common);
  command->add_flag("--status", migrate->status_only, "Show what is applied; change nothing");
  parser.becomes(command, migrate);

  auto version = std::make_shared<Version>();
  command = parser.add(
      "version", "Version of the program and of its libraries", "  rosterd version --json"
  );
  command->add_flag("--json", version->json, "Print JSON");
  parser.becomes(command, version);
}

void add_file_commands(Parser& parser) {
  auto plan = std::make_shared<PlanCommand>();
  CLI::App* command = parser.add(
      "plan",
      "What would be done: a dry run on the worker's own code; ends with 2 when there are "
      "changes",
      "  rosterd plan\n"
      "  rosterd plan --file people.csv\n"
      "  rosterd plan --person 4711 --json\n"
      "  rosterd plan --policy new-policy.toml"
  );
  parser.with_common(command, plan->common);
  command->add_option("--file", plan->roster, "As if this file had been dropped");
  command->add_option(
      "--drop", plan->drop, "The drop whose columns the file has (default: the only one)"
  );
  command->add_option("--person", plan->person, "Only this person");
  command->add_option("--policy", plan->policy, "With this policy instead of the configured one");
  parser.becomes(command, plan);

  auto import = std::make_shared<Import>();
  command = parser.add(
      "import",
      "Read a CSV file now, as if it had been dropped",
      "  rosterd import people.csv\n"
      "  rosterd import people.csv --drop hr --approve-missing"
  );
  parser.with_common(command, import->common);
  command->add_option("file", import->file, "The file")->required();
  command->add_option(
      "--drop", import->drop, "The drop whose columns the file has (default: the only one)"
  );
  command->add_flag(
      "--approve-missing",
      import->approve_missing,
      "Accept a roster that lacks more people than the configuration allows: they have left"
  );
  parser.becomes(command, import);
}

void add_event_commands(Parser& parser) {
  CLI::App* events = parser.add(
      "events",
      "Change events and what became of them",
      "  rosterd events list --state dead\n"
      "  rosterd events show 17\n"
      "  rosterd events replay --class transient"
  );
  events->require_subcommand(1);

  auto list = std::make_shared<EventsList>();
  CLI::App* command = parser.add(
      *events,
      "list",
      "Events, newest first",
      "  rosterd events list --state dead\n  rosterd events list --person 4711 --json"
  );
  parser.with_common(command, list->common);
  command->add_option("--limit", list->limit, "At most this many")->capture_default_str();
  becomes_of_selection(parser, command, list);

  auto show = std::make_shared<EventsShow>();
  command = parser.add(
      *events, "show", "One event with its attempts and what it did", "  rosterd events show 17"
  );
  parser.with_common(command, show->common);
  command->add_option("id", show->id, "The event's number")->required();
  parser.becomes(command, show);

  auto replay = std::make_shared<EventsReplay>();
  command = parser.add(
      *events,
      "replay",
      "Put finished events into the outbox again (dead ones, unless --state says otherwise)",
      "  rosterd events replay --id 17 --yes\n"
      "  rosterd events replay --class transient --from 2026-03-01"
  );
  parser.with_common(command, replay->common);
  command->add_flag("-y,--yes", replay->yes, "Do not ask");
  becomes_of_selection(parser, command, replay);

  auto cancel = std::make_shared<EventsCancel>();
  command = parser.add(
      *events,
      "cancel",
      "Take open events out of the outbox",
      "  rosterd events cancel --id 17 --reason 'typo in HR'"
  );
  parser.with_common(command, cancel->common);
  command->add_option("--reason", cancel->reason, "Why, for those who read it later")
      ->default_val("cancelled by hand");
  command->add_flag("-y,--yes", cancel->yes, "Do not ask");
  becomes_of_selection(parser, command, cancel);
}

void add_people_commands(Parser& parser) {
  CLI::App* people = parser.add(
      "people",
      "People, their accounts and their access",
      "  rosterd people list ada\n  rosterd people explain 4711"
  );
  people->require_subcommand(1);

  auto list = std::make_shared<PeopleList>();
  CLI::App* command = parser.add(
      *people, "list", "People by id", "  rosterd people list\n  rosterd people list ada --json"
  );
  parser.with_common(command, list->common);
  command->add_option("search", list->search, "Part of an id, a name or an e-mail address");
  command->add_option("--limit", list->limit, "At most this many")->capture_default_str();
  parser.becomes(command, list);

  add_people_show(parser, *people);
  add_people_explain(parser, *people);
}

void add_tenant_commands(Parser& parser) {
  auto access = std::make_shared<AccessCommand>();
  CLI::App* command = parser.add(
      "access",
      "What an account may do, as the extension computes it now",
      "  rosterd access 'auth0|5f7c'\n  rosterd access 'auth0|5f7c' --application CLIENT_ID"
  );
  parser.with_common(command, access->common);
  command->add_option("account", access->account, "The account's user_id")->required();
  command->add_option(
      "--application", access->application, "Also its permissions in this application"
  );
  command->add_option(
      "--connection", access->connection, "The connection it signs in with (default: its first)"
  );
  parser.becomes(command, access);

  CLI::App* structure = parser.add(
      "structure",
      "Groups, roles and permissions of the policy against the tenant",
      "  rosterd structure plan\n  rosterd structure apply"
  );
  structure->require_subcommand(1);
  add_structure(
      parser,
      *structure,
      "plan",
      "What the tenant lacks; ends with 2 when there is something",
      false
  );
  add_structure(
      parser, *structure, "apply", "Make what the tenant lacks; nothing is ever deleted", true
  );
}

void add_sandbox(Parser& parser) {
  auto sandbox = std::make_shared<SandboxCommand>();
  CLI::App* command = parser.add(
      "sandbox",
      "A tenant with the Authorization Extension on loopback, to try things on",
      "  rosterd sandbox --listen 127.0.0.1:8500 --demo\n"
      "  rosterd sandbox --listen 127.0.0.1:8500 --state tenant.json --no-lossy"
  );
  command->add_option("--listen", sandbox->listen, "HOST:PORT; port 0: any")->capture_default_str();
  auto* cert =
      command->add_option("--tls-cert", sandbox->tls_cert, "Serve TLS with this certificate (PEM)");
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
  parser.becomes(command, sandbox);
}

Command parse(const std::vector<std::string>& arguments) {
  Parser parser;
  add_daemon_commands(parser);
  add_file_commands(parser);
  add_event_commands(parser);
  add_people_commands(parser);
  add_hold_commands(parser);
  add_reconcile(parser);
  add_audit_commands(parser);
  add_tenant_commands(parser);
  add_sandbox(parser);
  parser.add_completion();
  return parser.parse(arguments);
}

}  // namespace rosterd::cli
