#include "company.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

namespace rosterd::test {

namespace {

const std::string client_secret = "the-secret-of-the-application";
// `{"alg":` in base64url, as every access token begins.
const std::string token_beginning = "eyJhbGci";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
  return text;
}

/// The line with the first e-mail address in a log; empty: there is none.
std::string address_in(const std::string& log) {
  const auto has_address =
      testing::Matches(testing::ContainsRegex("[A-Za-z0-9._+-]@[A-Za-z0-9-]+\\.[A-Za-z]"));
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const bool may = line.find('@') != std::string::npos;
    if (may && has_address(line)) return line;
  }
  return "";
}

/// The number that follows `label` in a text that another process may still be writing; 0: none.
std::uint16_t number_after(const std::string& text, const std::string& label) {
  const std::size_t at = text.find(label);
  if (at == std::string::npos) return 0;
  const std::size_t begin = at + label.size();
  const std::size_t end = text.find_first_not_of("0123456789", begin);
  if (end == std::string::npos || end == begin) return 0;
  return static_cast<std::uint16_t>(std::stoul(text.substr(begin, end - begin)));
}

constexpr auto config_template = R"(
policy = "policy.toml"

[target]
base_url = "http://127.0.0.1:@SANDBOX@/api"
token_url = "http://127.0.0.1:@SANDBOX@/oauth/token"
client_id = "rosterd"
client_secret = { env = "TEST_CLIENT_SECRET" }
calls_per_second = 500.0
burst = 100.0
storage_bytes_max = "1 GiB"

[store]
path = "rosterd.db"
free_bytes_min = 0

[worker]
idle_poll_max = "1s"

[guard]
enabled = @GUARD@

[reconcile]
every = "0s"

[webhook]
listen = "127.0.0.1:0"

[[webhook.source]]
name = "hr"
keys = [{ env = "TEST_WEBHOOK_KEY" }]

[[drop]]
name = "people"
folder = "drop"
kind = "roster"
key = "Id"
settle = "100ms"
rescan = "1s"

[drop.columns]
Account = "user_id"
Department = "department"

[[drop.column]]
column = "Status"
attribute = "status"
values = { Active = "active", Left = "left" }
otherwise = "error"

[operator]
socket = "operator.sock"

[log]
level = "debug"
)";

constexpr auto usual_policy = R"(
[lifecycle]
time_zone = "Europe/Berlin"

[accounts]
match = [{ attribute = "user_id" }]

[[rule]]
name = "everyone"
groups = ["Staff"]

[[rule]]
name = "engineers"
when = { department = "Engineering" }
groups = ["Engineering"]
roles = ["Wiki Editor@wiki"]

[[rule]]
name = "sales"
when = { department = "Sales" }
groups = ["Sales"]

[[rule]]
name = "finance"
when = { department = "Finance" }
groups = ["Finance"]
)";

}  // namespace

const std::string& Company::webhook_key() {
  static const std::string key = "twenty-four bytes of key";
  return key;
}

Company::Company() {
  environment["TEST_CLIENT_SECRET"] = client_secret;
  environment["TEST_WEBHOOK_KEY"] = "whsec_" + base64(webhook_key());
}

void Company::TearDown() {
  expect_nothing_leaked();
}

void Company::expect_nothing_leaked() const {
  std::set<std::string> secrets = secrets_;
  secrets.insert({client_secret, webhook_key(), base64(webhook_key()), token_beginning});
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    const auto& file = entry.path();
    if (!entry.is_regular_file() || secret_files_.contains(file)) continue;
    const std::string text = text_of_file(file);
    for (const std::string& secret : secrets) {
      EXPECT_EQ(text.find(secret), std::string::npos) << file << " has the secret " << secret;
    }
    if (file.extension() != ".log") continue;
    EXPECT_EQ(address_in(text), "") << file;
  }
}

void Company::write_secret(const std::string& name, const std::string& text) {
  write_file(path(name), text + "\n");
  secret_files_.insert(path(name));
  secrets_.insert(text);
}

WireAnswer Company::noted(const WireAnswer& answer) const {
  std::ofstream(path("answers.txt"), std::ios::app | std::ios::binary) << answer.body << '\n';
  return answer;
}

Launch Company::launch(const Arguments& arguments, const std::string& name) const {
  Launch launch;
  launch.program = ROSTERD_BINARY;
  launch.arguments = arguments;
  launch.environment = environment;
  launch.output = path(name + ".out");
  launch.errors = path(name + ".log");
  return launch;
}

void Company::start_sandbox(const Arguments& more) {
  Arguments arguments = {"sandbox", "--listen", "127.0.0.1:0", "--demo"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  sandbox_ = std::make_unique<Program>(launch(arguments, "sandbox"));
  sandbox_port_ = eventually("the sandbox", [this] {
    if (!sandbox_->running()) throw std::runtime_error("the sandbox has ended");
    return number_after(text_of_file(path("sandbox.out")), "http://127.0.0.1:");
  });
  write_config(config_text());
  write_policy(policy_text());
}

std::string Company::config_text() const {
  const std::string text = replaced(config_template, "@GUARD@", guarded ? "true" : "false");
  return replaced(text, "@SANDBOX@", std::to_string(sandbox_port_));
}

std::string Company::policy_text() const {
  return usual_policy;
}

void Company::write_file(const std::filesystem::path& file, const std::string& text) const {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + file.string());
}

void Company::write_config(const std::string& text) const {
  write_file(path("rosterd.toml"), text);
}

void Company::write_policy(const std::string& text) const {
  write_file(path("policy.toml"), text);
}

Program& Company::launch_daemon() {
  const std::string name = "daemon-" + std::to_string(++launched_);
  const auto begun = launch({"serve", "--config", path("rosterd.toml").string()}, name);
  daemon_log_ = begun.errors;
  daemon_ = std::make_unique<Program>(begun);
  return *daemon_;
}

Program& Company::start_daemon() {
  Program& daemon = launch_daemon();
  eventually("the daemon to be ready", [&] {
    if (!daemon.running()) throw std::runtime_error("the daemon has ended: " + told());
    return is_ready();
  });
  return daemon;
}

bool Company::is_ready() const {
  return webhook_port() != 0;
}

std::uint16_t Company::webhook_port() const {
  return number_after(told(), " ready webhook_port=");
}

int Company::stop_daemon() {
  daemon_->signal(SIGTERM);
  return daemon_->wait();
}

Said Company::rosterd(const Arguments& arguments) {
  const std::string name = "command-" + std::to_string(++launched_);
  Arguments whole = arguments;
  const bool reads_config = !whole.empty() && whole.front().front() != '-';
  if (reads_config && std::find(whole.begin(), whole.end(), "--config") == whole.end()) {
    whole.insert(whole.end(), {"--config", path("rosterd.toml").string()});
  }
  const Launch begun = launch(whole, name);
  Program program(begun);
  Said said;
  said.code = program.wait();
  said.out = text_of_file(begun.output);
  said.err = text_of_file(begun.errors);
  return said;
}

Json Company::json(Arguments arguments) {
  arguments.emplace_back("--json");
  const Said said = rosterd(arguments);
  if (said.code != 0) throw std::runtime_error(arguments.front() + " failed: " + said.err);
  return Json::parse(said.out);
}

std::size_t Company::open_events() {
  std::size_t open = 0;
  const Json status = json({"status"});
  for (const char* state : {"pending", "running", "retrying", "waiting"}) {
    open += status["events"].value(state, std::size_t{0});
  }
  return open;
}

void Company::wait_until_settled() {
  eventually("every event to be final", [this] { return open_events() == 0; });
}

WireAnswer Company::send(const Json& event) {
  WireRequest request;
  request.method = "POST";
  request.target = "/v1/events/hr";
  request.body = event.dump();
  request.headers = signed_headers(webhook_key(), event["id"], request.body);
  const auto answer = ask(webhook_port(), request);
  if (!answer) throw std::runtime_error("the daemon does not answer: " + told());
  return noted(*answer);
}

Json Company::stats() const {
  WireRequest request;
  request.target = "/sandbox/stats";
  return Json::parse(ask(sandbox_port_, request).value().body);
}

std::uint64_t Company::calls_to(const std::string& route) const {
  return stats()["calls"].value(route, std::uint64_t{0});
}

void Company::set_faults(const Json& plan) const {
  WireRequest request;
  request.method = "POST";
  request.target = "/sandbox/faults";
  request.headers = {{"content-type", "application/json"}};
  request.body = plan.dump();
  ASSERT_EQ(ask(sandbox_port_, request).value().status, 200U);
}

std::string Company::token() const {
  Json body;
  body["grant_type"] = "client_credentials";
  body["client_id"] = "test";
  body["client_secret"] = "test";
  body["audience"] = "urn:auth0-authz-api";
  WireRequest request;
  request.method = "POST";
  request.target = "/oauth/token";
  request.headers = {{"content-type", "application/json"}};
  request.body = body.dump();
  return Json::parse(ask(sandbox_port_, request).value().body)["access_token"];
}

Holders Company::access() const {
  WireRequest request;
  request.headers = {{"authorization", "Bearer " + token()}};
  Holders found;
  request.target = "/api/groups";
  const Json groups = Json::parse(ask(sandbox_port_, request).value().body);
  for (const Json& group : groups["groups"]) {
    for (const Json& member : group.value("members", Json::array())) {
      found[group["name"]].insert(member);
    }
  }
  request.target = "/api/roles";
  const Json roles = Json::parse(ask(sandbox_port_, request).value().body);
  for (const Json& role : roles["roles"]) {
    for (const Json& user : role.value("users", Json::array())) found[role["name"]].insert(user);
  }
  return found;
}

void Company::put_into_tenant(const std::string& group, const std::string& account) const {
  edit_members("PATCH", group, account);
}

void Company::take_from_tenant(const std::string& group, const std::string& account) const {
  edit_members("DELETE", group, account);
}

void Company::edit_members(
    const std::string& method, const std::string& group, const std::string& account
) const {
  WireRequest request;
  request.headers = {{"authorization", "Bearer " + token()}};
  request.target = "/api/groups";
  const Json groups = Json::parse(ask(sandbox_port_, request).value().body);
  for (const Json& one : groups["groups"]) {
    if (one["name"] != group) continue;
    request.method = method;
    request.target = "/api/groups/" + one["_id"].get<std::string>() + "/members";
    request.headers.emplace_back("content-type", "application/json");
    request.body = Json::array({account}).dump();
  }
  ASSERT_EQ(ask(sandbox_port_, request).value().status, 204U) << group;
}

void Company::drop(const std::string& name, const std::string& text) const {
  const auto incoming = path("drop") / "incoming";
  const auto hidden = incoming / ("." + name + ".tmp");
  write_file(hidden, text);
  std::filesystem::rename(hidden, incoming / name);
}

Json change(const std::string& id, const std::string& person, const std::string& department) {
  Json event;
  event["id"] = id;
  event["type"] = "person.changed";
  event["person"]["id"] = person;
  event["person"]["attributes"]["user_id"] = "auth0|" + person;
  event["person"]["attributes"]["email"] = person + "@people.example";
  event["person"]["attributes"]["department"] = department;
  event["person"]["attributes"]["status"] = "active";
  return event;
}

Json leaving(const std::string& id, const std::string& person) {
  Json event;
  event["id"] = id;
  event["type"] = "person.left";
  event["person"]["id"] = person;
  return event;
}

}  // namespace rosterd::test
