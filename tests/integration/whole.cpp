#include "whole.hpp"

#include "rosterd/adapters/toml/policy_reader.hpp"
#include "support/certificate.hpp"
#include "support/wire.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace rosterd::test {

namespace {

namespace beast = boost::beast;

const std::string webhook_key = "twenty-four bytes of key";
const std::string client_secret = "the-secret-of-the-application";
// `{"alg":` in base64url, as every access token begins.
const std::string token_beginning = "eyJhbGci";
constexpr std::size_t batch_bytes_max = 4U << 20U;
constexpr int rounds_max = 500;
constexpr std::size_t log_bytes_shown = 4'000;

std::string guid(unsigned number) {
  char text[40];
  std::snprintf(text, sizeof text, "5a1e0000-0000-4000-8000-%012u", number);
  return text;
}

Json record(unsigned number, const std::string& name) {
  Json json;
  json["_id"] = guid(number);
  json["name"] = name;
  json["description"] = "About " + name;
  return json;
}

void expect_no_secret_in(const std::string& text, const std::string& what) {
  for (const auto& secret : {client_secret, webhook_key, base64(webhook_key), token_beginning}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << what << " has the secret " << secret;
  }
}

bool assigns(const std::string& route) {
  return route.find("/api/groups") != std::string::npos ||
         route.find("/api/roles") != std::string::npos ||
         route.find("/api/users/{id}/roles") != std::string::npos;
}

}  // namespace

void RememberingLog::write(
    LogLevel, std::string_view message, const std::vector<LogField>& fields
) {
  text += message;
  for (const LogField& field : fields) text += " " + std::string(field.name) + "=" + field.value;
  text += "\n";
}

std::string RememberingLog::end() const {
  return text.substr(text.size() - std::min(text.size(), log_bytes_shown));
}

Whole::~Whole() {
  stop_.request_stop();
  engine.reset();
  client.reset();
  loop.restart();
  constexpr std::chrono::seconds patience{10};
  loop.run_for(patience);
  EXPECT_TRUE(loop.stopped()) << "somebody still holds a connection";
  expect_no_secret_in(log.text, "the log");
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    expect_no_secret_in({std::istreambuf_iterator<char>(in), {}}, entry.path().string());
  }
}

std::string Whole::policy_text(const std::vector<std::string>& departments) {
  std::string text =
      "[lifecycle]\ntime_zone = \"UTC\"\n"
      "[accounts]\nmatch = [{ attribute = \"user_id\" },"
      " { email = \"Username-Password-Authentication\" }]\n"
      "[[rule]]\nname = \"everyone\"\ngroups = [\"Staff\"]\n";
  for (const std::string& department : departments) {
    text += "[[rule]]\nname = \"in " + department + "\"\nwhen = { department = \"" + department +
            "\" }\ngroups = [\"" + department + "\"]\n";
  }
  return text;
}

void Whole::start(const std::vector<std::string>& groups) {
  start_tenant(groups);
  sqlite::StoreOptions options;
  options.path = folder_.path() / "rosterd.db";
  options.now = clock.now();
  store = std::make_unique<sqlite::Store>(options, *crypto_, loop.get_executor());
  client = std::make_unique<extension::Client>(loop.get_executor(), target, clock, log);
  auto read = config_files::read_policy_text(policy, "policy.toml", zones_, *crypto_);
  if (!read.policy) throw std::runtime_error(read.problems.front().to_string());
  const sync::EngineParts parts{
      store->work(),
      *client,
      *client,
      *client,
      *client,
      zones_,
      *crypto_,
      clock,
      randomness_,
      measurements_,
      log};
  sync::EngineConfig config;
  config.worker = worker;
  config.guard.enabled = false;
  engine = std::make_unique<sync::Engine>(
      parts, config, std::make_shared<const Policy>(std::move(*read.policy)), loop.get_executor()
  );
  start_webhooks();
}

void Whole::start_tenant(const std::vector<std::string>& groups) {
  tenant = std::make_unique<sandbox::Sandbox>(sandbox_options, clock);
  Json state;
  unsigned number = 0;
  for (const std::string& name : groups) state["groups"].push_back(record(++number, name));
  Json role = record(++number, "Developer");
  role["applicationType"] = "client";
  role["applicationId"] = "app";
  role["permissions"] = Json::array();
  state["roles"].push_back(role);
  tenant->import_json(state.dump());

  http::Options options;
  options.obey_faults = true;
  if (tls) {
    const auto certificate = (folder_.path() / "tenant.pem").string();
    const auto key = (folder_.path() / "tenant.key").string();
    write_certificate(certificate, key);
    options.tls = http::TlsFiles{certificate, key};
    target.ca_file = certificate;
  }
  const http::TcpListen anywhere{"127.0.0.1", 0};
  tenant_server_ =
      std::make_unique<http::Server>(loop, anywhere, *tenant, clock, log, std::move(options));
  const std::string address = std::string(tls ? "https" : "http") +
                              "://127.0.0.1:" + std::to_string(tenant_server_->port());
  target.base_url = address + "/api";
  target.token_url = address + "/oauth/token";
  target.client_id = "rosterd";
  target.client_secret = Secret(client_secret);
  target.calls_per_second = 1e6;
  target.burst = 1e6;
  serve(*tenant_server_);
}

void Whole::start_webhooks() {
  auto verifier = ingest::SignatureVerifier::make(
      *ingest::builtin_profile("standard-webhooks"),
      {Secret("whsec_" + base64(webhook_key))},
      std::chrono::minutes{5},
      *crypto_
  );
  std::vector<ingest::WebhookSource> sources;
  sources.push_back({"hr", std::move(*verifier), std::nullopt, "UTC"});
  ingest::EventLimits limits;
  limits.body_bytes_max = batch_bytes_max;
  const ingest::WebhookEndpoint::Parts parts{store->event_log(), *crypto_, zones_, clock, log};
  endpoint_ = std::make_unique<ingest::WebhookEndpoint>(parts, limits, std::move(sources));
  endpoint_->on_accepted = [this](bool) { engine->notify(); };
  const http::TcpListen anywhere{"127.0.0.1", 0};
  webhook_server_ = std::make_unique<http::Server>(loop, anywhere, *endpoint_, clock, log);
  serve(*webhook_server_);
}

void Whole::serve(http::Server& server) {
  asio::co_spawn(loop, server.run(stop_.get_token()), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
}

Task<bool> Whole::as_value(Task<void> task) {
  co_await std::move(task);
  co_return true;
}

void Whole::run_until(const bool& done) {
  constexpr std::chrono::seconds patience{60};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  loop.restart();
  while (!done) {
    loop.run_one_until(deadline);
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("too slow:\n" + log.end());
  }
}

unsigned Whole::post(const Json& events) {
  return run(deliver(events.dump(), webhook_key));
}

unsigned Whole::post_forged(const Json& events) {
  return run(deliver(events.dump(), "another key, also 24 byt"));
}

Task<unsigned> Whole::deliver(std::string body, std::string key) {
  namespace http = beast::http;
  const std::string id = "delivery-" + std::to_string(++deliveries_);
  http::request<http::string_body> request(http::verb::post, "/v1/events/hr", 11);
  request.set(http::field::host, "127.0.0.1");
  request.set(http::field::connection, "close");
  const auto at = std::chrono::time_point_cast<std::chrono::system_clock::duration>(clock.now());
  for (const auto& [name, value] : signed_headers(key, id, body, at)) {
    request.set(name, value);
  }
  request.body() = std::move(body);
  request.prepare_payload();

  const auto address = asio::ip::make_address("127.0.0.1");
  const asio::ip::tcp::endpoint endpoint(address, webhook_server_->port());
  asio::ip::tcp::socket socket(loop);
  co_await socket.async_connect(endpoint, asio::use_awaitable);
  co_await http::async_write(socket, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(socket, buffer, response, asio::use_awaitable);
  co_return response.result_int();
}

void Whole::settle() {
  run(work_until_nothing_is_due());
}

Task<void> Whole::one_round() {
  co_await engine->round(stop_.get_token());
}

Task<void> Whole::work_until_nothing_is_due() {
  for (int i = 0; i < rounds_max; ++i) {
    const bool worked = co_await engine->round(stop_.get_token());
    if (worked) continue;
    const Instant now = clock.now();
    const auto next = co_await store->work().next_due_at(now);
    if (!next) co_return;
    clock.travel_to(*next);
  }
  throw std::runtime_error("the worker comes to no end:\n" + log.end());
}

HttpResponse Whole::ask_tenant(
    const std::string& method, const std::string& target_path, const std::string& body
) {
  HttpRequest request;
  request.method = method;
  request.target = target_path;
  request.body = body;
  if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
  return run(tenant->handle(request));
}

std::uint64_t Whole::stat(const std::string& name) {
  return Json::parse(ask_tenant("GET", "/sandbox/stats").body).at(name).get<std::uint64_t>();
}

std::map<std::string, std::uint64_t> Whole::calls() {
  return Json::parse(ask_tenant("GET", "/sandbox/stats").body).at("calls");
}

std::uint64_t Whole::assignment_calls() {
  std::uint64_t count = 0;
  for (const auto& [route, times] : calls()) {
    if (assigns(route)) count += times;
  }
  return count;
}

void Whole::forget_calls() {
  ask_tenant("POST", "/sandbox/reset?only=stats");
}

void Whole::tenant_is(const Json& faulty) {
  const HttpResponse answer = ask_tenant("POST", "/sandbox/faults", faulty.dump());
  if (answer.status != 200) throw std::invalid_argument(answer.body);
}

Holders Whole::access() const {
  const Json state = Json::parse(tenant->export_json());
  Holders found;
  for (const Json& group : state.value("groups", Json::array())) {
    for (const Json& member : group.value("members", Json::array())) {
      found[group["name"]].insert(member.get<std::string>());
    }
  }
  for (const Json& role : state.value("roles", Json::array())) {
    for (const Json& user : role.value("users", Json::array())) {
      found[role["name"]].insert(user.get<std::string>());
    }
  }
  return found;
}

std::map<EventState, std::uint64_t> Whole::event_states() const {
  auto states = views()->status().events;
  std::erase_if(states, [](const auto& entry) { return entry.second == 0; });
  return states;
}

std::unique_ptr<Views> Whole::views() const {
  return sqlite::open_views(folder_.path() / "rosterd.db");
}

Json change(const std::string& person, const std::string& department) {
  static int number = 0;
  Json event;
  event["id"] = "event-" + std::to_string(++number);
  event["type"] = "person.changed";
  event["person"]["id"] = person;
  event["person"]["attributes"]["user_id"] = "auth0|" + person;
  event["person"]["attributes"]["department"] = department;
  event["person"]["attributes"]["status"] = "active";
  return event;
}

Json leaving(const std::string& person) {
  Json event = change(person, "");
  event["type"] = "person.left";
  event["person"].erase("attributes");
  return event;
}

}  // namespace rosterd::test
