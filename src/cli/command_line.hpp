#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/ports/views.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rosterd::cli {

/// What every command that reads the configuration is told.
struct Common {
  std::filesystem::path config = "/etc/rosterd/rosterd.toml";
  bool json = false;
};

struct Serve {
  Common common;
};
struct Check {
  Common common;
  bool offline = false;  ///< configuration and policy only
};
struct PlanCommand {
  Common common;
  std::filesystem::path roster;  ///< empty: none
  std::string drop;              ///< whose columns `roster` has; empty: the only one
  std::string person;            ///< empty: everybody
  std::filesystem::path policy;  ///< empty: the configured one
};
struct Import {
  Common common;
  std::filesystem::path file;
  std::string drop;
  bool approve_missing = false;
};
struct Status {
  Common common;
};
struct EventsList {
  Common common;
  EventSelection selection;
  std::size_t limit = 50;
};
struct EventsShow {
  Common common;
  EventId id = 0;
};
struct EventsReplay {
  Common common;
  EventSelection selection;
  bool yes = false;
};
struct EventsCancel {
  Common common;
  EventSelection selection;
  std::string reason;
  bool yes = false;
};
struct PeopleList {
  Common common;
  std::string search;
  std::size_t limit = 50;
};
struct PeopleShow {
  Common common;
  std::string id;
  std::optional<Instant> at;  ///< nothing: now
};
struct PeopleExplain {
  Common common;
  std::string id;
  bool offline = false;  ///< from the store alone, without asking the tenant
};
struct HoldsList {
  Common common;
  bool all = false;  ///< those that are over, too
  std::size_t limit = 50;
};
struct HoldsShow {
  Common common;
  std::string hash;  ///< or the start of it that only one hold has
};
struct HoldsDecide {
  Common common;
  bool approve = false;
  std::string hash;                 ///< as above
  std::vector<std::string> people;  ///< empty: all of it
  std::string note;
  bool yes = false;
};
struct ReconcileCommand {
  Common common;
  bool dry_run = false;
};
struct AuditExport {
  Common common;
  std::optional<Instant> from;
  std::optional<Instant> to;
  bool csv = false;  ///< else JSON Lines
};
struct AuditVerify {
  Common common;
  std::string head;  ///< a hash noted earlier that the chain must contain; empty: none
};
struct AccessCommand {
  Common common;
  std::string account;
  std::string application;
  std::string connection;
};
struct StructureCommand {
  Common common;
  bool apply = false;
};
struct SandboxCommand {
  std::string listen = "127.0.0.1:8500";
  std::filesystem::path tls_cert;
  std::filesystem::path tls_key;
  std::filesystem::path state;
  bool lossy = true;
  bool demo = false;
  int latency_ms = 0;
};
struct BackupCommand {
  Common common;
  std::filesystem::path file;
  bool force = false;  ///< replace what is there
};
struct MigrateCommand {
  Common common;
  bool status_only = false;
};
struct Version {
  bool json = false;
};

/// Parsing ended the matter: `--help`, `--version`, or a usage error.
struct Exit {
  int code = 0;
  std::string text;
};

using Command = std::variant<
    Serve,
    Check,
    PlanCommand,
    Import,
    Status,
    EventsList,
    EventsShow,
    EventsReplay,
    EventsCancel,
    PeopleList,
    PeopleShow,
    PeopleExplain,
    HoldsList,
    HoldsShow,
    HoldsDecide,
    ReconcileCommand,
    AuditExport,
    AuditVerify,
    AccessCommand,
    StructureCommand,
    SandboxCommand,
    BackupCommand,
    MigrateCommand,
    Version,
    Exit>;

/// Reads the command line; pure. Usage errors are `Exit{64, …}` with the remedy in the text.
Command parse(const std::vector<std::string>& arguments);

}  // namespace rosterd::cli
