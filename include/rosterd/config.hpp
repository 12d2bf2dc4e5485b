#pragma once

#include "rosterd/base/instant.hpp"
#include "rosterd/base/secret.hpp"
#include "rosterd/domain/attributes.hpp"
#include "rosterd/domain/event_mapping.hpp"
#include "rosterd/domain/guard.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rosterd {

using namespace std::chrono_literals;

/// Where the daemon keeps its state.
struct StoreConfig {
  /// The SQLite file. Change it to put the store on another disk; it must be a local one.
  std::filesystem::path path = "/var/lib/rosterd/rosterd.db";
  /// Open events above which senders get 503. Raise it when a long outage of the tenant must be
  /// bridged with more events than this.
  std::size_t open_events_max = 1'000'000;
  /// Free bytes on the disk below which senders get 503.
  std::uint64_t free_bytes_min = 256ULL << 20U;

  Duration keep_payloads = 7 * 24h;
  Duration keep_events = 30 * 24h;
  Duration keep_duplicates = 90 * 24h;
  Duration keep_operations = 400 * 24h;
};

/// The tenant's Authorization Extension.
struct TargetConfig {
  /// Ends in `/api`. Shown by the extension under API; differs by tenant and region.
  std::string base_url;
  /// `TENANT.eu.auth0.com`: issuer of the tokens. Empty only if `token_url` is given.
  std::string domain;
  /// Only for tests and proxies: where tokens come from. Empty: `https://DOMAIN/oauth/token`.
  std::string token_url;
  std::string client_id;
  Secret client_secret;
  std::string audience = "urn:auth0-authz-api";
  /// PEM file of the authority to trust instead of the system's.
  std::filesystem::path ca_file;
  /// `http://HOST:PORT`; empty: HTTPS_PROXY and NO_PROXY of the environment.
  std::string proxy;

  /// Gentle, because logins share the tenant's storage. Raise it for a first load out of hours.
  double calls_per_second = 2.0;
  double burst = 5.0;

  Duration resolve_time_max = 10s;
  Duration connect_time_max = 10s;
  Duration handshake_time_max = 10s;
  Duration read_time_max = 30s;
  Duration write_time_max =
      120s;  ///< the whole of a mutating call: the extension is slow on big ones
  std::size_t answer_bytes_max = 64ULL << 20U;
  std::size_t body_bytes_max = 1'000'000;  ///< the extension refuses more than 1 048 576

  /// The tenant's storage: grants that would pass it are refused, 80 % of it is warned of. Lower it
  /// to keep a reserve; 0: no limit, and nobody asks, as for S3, which does not say how large it
  /// is.
  std::uint64_t storage_bytes_max = 500ULL << 10U;
  Duration storage_every = 1h;  ///< how often the gauge is read; never more than hourly
};

/// Comparing everybody with the tenant.
struct ReconcileConfig {
  /// 0: only on command. Lower it when people edit the groups by hand.
  Duration every = 1h;
  bool repair = true;  ///< false: it reports, and the worker repairs nothing by itself
};

/// The one worker.
struct WorkerConfig {
  std::size_t events_max = 20'000;  ///< events taken into one plan
  std::size_t people_max = 20'000;
  /// Read-backs with a rewrite of what is missing, before an assignment counts as contended.
  int rewrites_max = 3;
  int crashes_max = 3;                 ///< of its own doing on one event, the last alone: poison
  std::vector<Duration> retry_delays;  ///< empty: the built-in schedule of about three days
  Duration leaver_delay_max = 15min;
  Duration account_recheck = 30min;
  /// A round longer than this is brought to an end and goes on in the next, so that what was done
  /// is recorded now and then.
  Duration round_time_max = 60s;
  /// Missing accounts above which the users are read page by page instead of one by one.
  std::size_t bulk_lookup_min = 200;
  /// The longest the worker sleeps without looking at the store.
  Duration idle_poll_max = 30s;
};

/// A source of webhooks: `/v1/events/NAME`.
struct WebhookSourceConfig {
  std::string name;
  /// standard-webhooks, github, bamboohr, deel, gusto, merge, finch, hibob, bearer — or a name of
  /// `[[webhook.profile]]`.
  std::string profile = "standard-webhooks";
  std::vector<Secret> keys;  ///< two while a key is being changed
  Duration tolerance = 300s;
  std::string time_zone;  ///< for effective dates of people without a zone; empty: the policy's
  /// Of a vendor that sends its own JSON. Nothing: canonical events (sources.md).
  std::optional<EventMapping> mapping;
};

/// A signature scheme of the company's own, as data (sources.md, "Webhooks").
struct SignatureProfileConfig {
  std::string name;
  std::string algorithm = "sha256";   ///< sha256, sha512
  std::string key_encoding = "text";  ///< text, base64
  std::string key_prefix;
  std::string signed_template = "{body}";
  std::string signature_header;
  std::string signature_encoding = "hex";  ///< hex, base64, base64url
  std::string value_prefix;
  bool value_list = false;
  std::string timestamp_header;
  std::string id_header;
};

struct WebhookConfig {
  std::string listen =
      "127.0.0.1:8085";  ///< empty: no webhooks. TLS ends in front of rosterd, or here:
  std::filesystem::path tls_certificate;
  std::filesystem::path tls_key;
  std::size_t header_bytes_max = 8 << 10;
  std::size_t body_bytes_max = 256 << 10;
  Duration header_time_max = 5s;
  Duration body_time_max = 10s;
  Duration idle_time_max = 30s;
  std::size_t connections_max = 1024;
  std::size_t batch_events_max = 1000;
  std::vector<WebhookSourceConfig> sources;
  std::vector<SignatureProfileConfig> profiles;
};

/// How a column of a CSV file becomes an attribute.
struct ColumnConfig {
  std::string column;  ///< its header, exactly
  std::string attribute;
  std::map<std::string, std::string> values;  ///< `Active` → `active`; empty: as it is
  std::string otherwise;  ///< with `values`: what else becomes; "error" rejects the row
  std::optional<std::string> default_value;  ///< when the field is empty
  bool required = false;                     ///< an empty field is an error of the row
  std::string type = "string";               ///< string, integer, number, boolean, date, list
  std::vector<std::string> empty;            ///< texts that mean nothing: `0000-00-00`
  std::string separator = ";";               ///< between the parts of a list
};

/// A status that depends on more than one column: the first row whose tests all hold wins over the
/// mapped value. `OnLeave = True` → `on_leave`.
struct OverrideConfig {
  std::map<std::string, std::string> when;  ///< column → text
  std::string attribute;
  std::string value;
};

/// A folder into which a source drops CSV files.
struct DropConfig {
  std::string name;
  std::filesystem::path folder;    ///< holds incoming/, processing/, done/, rejected/, held/
  std::string kind = "roster";     ///< roster, changes
  std::string key;                 ///< the column of the person's immutable key
  std::string delimiter = ",";     ///< one character, or "tab"
  std::string encoding = "utf-8";  ///< utf-8 (or UTF-16 by its mark), windows-1252
  int header_rows = 1;  ///< SuccessFactors has a second one with labels, which is skipped
  bool trim = true;     ///< white space around a field (never of the key)
  std::vector<ColumnConfig> columns;
  std::vector<OverrideConfig> overrides;
  std::map<std::string, std::string> constants;  ///< attribute → value for every row
  std::map<std::string, std::string> scope;  ///< attribute → value: the people this roster is about
  std::vector<std::string> date_formats = {"%Y-%m-%d"};  ///< tried in order
  std::string time_zone;  ///< of effective dates; empty: the policy's
  // changes files only: the columns of the event's own fields, empty when there is none
  std::string type_column, id_column, mode_column, occurred_at_column, effective_at_column,
      sequence_column;
  std::map<std::string, std::string> types;  ///< `HIRE` → `person.joined`
  bool manifest_required = false;
  Duration settle = 5s;  ///< size and time must be still this long, unless renamed in
  Duration rescan = 60s;
  std::uint64_t file_bytes_max = 2ULL << 30U;
  std::size_t row_bytes_max = 1 << 20;
  std::size_t field_bytes_max = 64 << 10;
  std::uint64_t rows_max = 10'000'000;
  std::size_t errors_max = 10'000;  ///< reported in NAME.errors.csv; more are counted
  /// A roster may lack this many people of the last one: the larger of the two. More: held.
  std::size_t missing_max = 5;
  double missing_part_max = 0.05;
};

struct OperatorConfig {
  std::filesystem::path socket = "/run/rosterd/operator.sock";  ///< empty: none
  unsigned socket_mode = 0660;
  /// `HOST:PORT` for the page, the metrics and the API over TCP; empty: none. On the socket its
  /// mode is the permission, here the token is.
  std::string listen;
  Secret token;
  std::filesystem::path tls_certificate;
  std::filesystem::path tls_key;
};

struct LogConfig {
  std::string level = "info";  ///< debug, info, notice, warning, error
  /// The operator's API shows events as they were received.
  bool personal_data = false;
};

struct ShutdownConfig {
  Duration grace = 20s;
};

/// config/rosterd.toml, read and checked.
struct Config {
  std::filesystem::path file;         ///< where it was read from
  std::filesystem::path policy_file;  ///< relative to `file`
  StoreConfig store;
  TargetConfig target;
  WorkerConfig worker;
  GuardSettings guard;
  ReconcileConfig reconcile;
  WebhookConfig webhook;
  std::vector<DropConfig> drops;
  OperatorConfig operator_;
  LogConfig log;
  ShutdownConfig shutdown;
};

/// One thing wrong with a configuration file.
struct ConfigProblem {
  std::string file;
  std::size_t line = 0;    ///< from 1; 0: the file as a whole
  std::size_t column = 0;  ///< from 1
  std::string text;        ///< what is wrong, and what would be right

  /// `FILE:LINE:COLUMN: text`
  std::string to_string() const;
};

}  // namespace rosterd
