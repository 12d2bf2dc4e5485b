#include "rosterd/sandbox/sandbox.hpp"

#include "sandbox/answers.hpp"
#include "sandbox/payload.hpp"
#include "sandbox/router.hpp"
#include "sandbox/state_file.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <random>
#include <stdexcept>

namespace rosterd::sandbox {

namespace {

constexpr std::size_t api_body_bytes_max = 1'048'576;
constexpr std::size_t other_body_bytes_max = 64 * 1'048'576;
constexpr std::chrono::milliseconds save_delay{50};

bool is_extension(std::string_view path) {
  return path.starts_with("/api/") && !path.starts_with("/api/v2/");
}

/// Whether the client does not get to see the answer. An answer without a body cannot break off.
bool is_withheld(const HttpResponse& response) {
  switch (response.fault.kind) {
    case HttpFault::Kind::none:
      return false;
    case HttpFault::Kind::reset:
    case HttpFault::Kind::stall:
      return true;
    case HttpFault::Kind::truncate:
      return !response.body.empty();
  }
  std::abort();
}

std::vector<Connection> usual_connections() {
  return {
      {.id = "con_0000000000000001",
       .name = "Username-Password-Authentication",
       .strategy = "auth0"},
      {.id = "con_0000000000000002", .name = "google-oauth2", .strategy = "google-oauth2"},
      {.id = "con_0000000000000003", .name = "corp", .strategy = "waad"}};
}

std::uint64_t seed_of(const Options& options) {
  return options.seed != 0 ? options.seed : std::random_device{}();
}

/// Keeps the count of mutating calls, whatever way a call ends.
class InFlight {
 public:
  InFlight(Stats& stats, bool mutating) : stats_(stats), mutating_(mutating) {
    if (!mutating_) return;
    ++stats_.mutating_in_flight;
    stats_.mutating_in_flight_max =
        std::max(stats_.mutating_in_flight_max, stats_.mutating_in_flight);
  }
  ~InFlight() {
    if (mutating_) --stats_.mutating_in_flight;
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  Stats& stats_;
  bool mutating_;
};

}  // namespace

Tenant::Tenant(Options chosen, const Clock& time, std::uint64_t seed)
    : options(std::move(chosen)),
      clock(time),
      storage(seed, options.storage_bytes_max),
      editor(storage, options.lossy, options.race_window),
      users(options.connections.empty() ? usual_connections() : options.connections),
      faults(options.faults, seed) {}

struct Sandbox::Impl {
  Impl(Options options, const Clock& clock) : tenant(std::move(options), clock, seed_of(options)) {
    if (tenant.options.state_file) read_state_file(tenant, *tenant.options.state_file);
    remember_saved();
  }

  Task<HttpResponse> handle(const HttpRequest& request);
  Task<HttpResponse> serve(const Route& route, Call& call);
  std::optional<HttpResponse> check(const Route& route, Call& call);
  bool faults_concern(std::string_view path) const;
  void note_read_back(const Route& route, const Call& call, const HttpResponse& response);

  std::uint64_t version() const { return tenant.storage.version() + tenant.users.version(); }
  void remember_saved() { saved_version = version(); }
  void save();
  Task<void> save_soon();

  Tenant tenant;
  Router router;
  std::uint64_t saved_version = 0;
  bool save_planned = false;
  std::shared_ptr<int> alive = std::make_shared<int>(0);
};

Sandbox::Sandbox(Options options, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {}

Sandbox::~Sandbox() {
  try {
    impl_->save();
  } catch (const std::exception&) {
    // Nobody is left to tell; the last good state stays in place.
  }
}

Task<HttpResponse> Sandbox::handle(const HttpRequest& request) {
  HttpResponse response = co_await impl_->handle(request);
  co_await impl_->save_soon();
  co_return response;
}

Task<HttpResponse> Sandbox::Impl::handle(const HttpRequest& request) {
  const Router::Match match = router.find(request.method, request.path());
  if (!match.route) co_return not_found();
  const Route& route = *match.route;
  auto query = parse_query(request.target);
  if (match.malformed || !query) co_return failed(400, "Bad Request");
  ++tenant.stats.calls[std::string(route.method) + " " + std::string(route.pattern)];

  const InFlight in_flight(tenant.stats, route.mutating);
  Call call{request, match.params, std::move(*query), {}};
  if (!faults_concern(request.path())) co_return co_await serve(route, call);

  if (tenant.faults.plan().latency.count() > 0) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, tenant.faults.plan().latency);
    co_await timer.async_wait(asio::use_awaitable);
  }
  const Faults::Fate fate = tenant.faults.next(route.mutating);
  if (auto refusal = tenant.faults.refusal(fate, tenant.clock.now())) co_return *refusal;
  HttpResponse response = co_await serve(route, call);
  tenant.faults.spoil(fate, response);
  note_read_back(route, call, response);
  co_return response;
}

void Sandbox::Impl::note_read_back(
    const Route& route, const Call& call, const HttpResponse& response
) {
  if (response.status / 100 != 2 || is_withheld(response)) return;
  if (!call.done.empty()) tenant.read_backs.acknowledged(client_of(call.request), call.done);
  for (const std::string collection : {"groups", "roles"}) {
    const bool lists = route.method == "GET" && route.pattern == "/api/" + collection;
    if (!lists || text_of(call.query, "q")) continue;
    tenant.read_backs.has_read(client_of(call.request), collection, tenant.storage.all(collection));
  }
}

Task<HttpResponse> Sandbox::Impl::serve(const Route& route, Call& call) {
  if (auto refusal = check(route, call)) co_return *refusal;
  if (route.answer) co_return route.answer(tenant, call);
  co_return co_await route.work(tenant, call);
}

/// In the order of the original: token, body, scope, path, query, content.
std::optional<HttpResponse> Sandbox::Impl::check(const Route& route, Call& call) {
  if (auto refusal = refuse_token(tenant, call.request, route.access)) return refusal;
  if (route.method != "GET") {
    auto payload = parse_payload(call.request);
    if (auto* refusal = std::get_if<HttpResponse>(&payload)) return *refusal;
    call.payload = std::move(std::get<Json>(payload));
  }
  if (auto refusal = refuse_scope(tenant, call.request, route.scope)) return refusal;
  const auto guids = guid_params(route.pattern);
  for (std::size_t i = 0; i < guids.size(); ++i) {
    if (guids[i].empty()) continue;
    if (const auto problem = check_guid(guids[i], call.params[i]))
      return invalid("params", *problem);
  }
  if (route.query) {
    if (const auto problem = check_object(call.query, *route.query)) {
      return invalid("query", *problem);
    }
  }
  if (const auto problem = check_payload(call.payload, route.payload)) {
    return invalid("payload", *problem);
  }
  return std::nullopt;
}

bool Sandbox::Impl::faults_concern(std::string_view path) const {
  return is_extension(path) || (tenant.faults.plan().token_endpoint && path == "/oauth/token");
}

void Sandbox::Impl::save() {
  if (!tenant.options.state_file || version() == saved_version) return;
  write_state_file(tenant, *tenant.options.state_file);
  remember_saved();
}

Task<void> Sandbox::Impl::save_soon() {
  if (!tenant.options.state_file || save_planned || version() == saved_version) co_return;
  const auto executor = co_await asio::this_coro::executor;
  save_planned = true;
  // The timer belongs to its own handler: it must not outlive the loop, and the sandbox may.
  const auto timer = std::make_shared<asio::steady_timer>(executor, save_delay);
  const std::weak_ptr<int> here = alive;
  timer->async_wait([this, here, timer](const boost::system::error_code& error) {
    if (error || here.expired()) return;
    save_planned = false;
    save();
  });
}

std::optional<HttpResponse> Sandbox::refuse_early(const HttpRequest& header_only) {
  const auto length = header_only.header("content-length");
  if (!length || !is_extension(header_only.path())) return std::nullopt;
  std::size_t bytes = 0;
  const char* end = length->data() + length->size();
  const auto result = std::from_chars(length->data(), end, bytes);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  if (bytes <= api_body_bytes_max) return std::nullopt;
  const Router::Match match = impl_->router.find(header_only.method, header_only.path());
  if (!match.route) return not_found();
  return refuse_token(impl_->tenant, header_only, match.route->access);
}

std::size_t Sandbox::body_bytes_max(std::string_view target) const {
  return is_extension(target) ? api_body_bytes_max : other_body_bytes_max;
}

HttpResponse Sandbox::protocol_error(unsigned status) const {
  switch (status) {
    case 400:
      return failed(400, "Bad Request");
    case 408:
      return failed(408, "Request Timeout");
    case 413:
      return failed(413, "Payload content length greater than maximum allowed: 1048576");
    case 431:
      return failed(431, "Request Header Fields Too Large");
    case 503:
      return failed(503, "Service Unavailable");
    default:
      return internal_error();
  }
}

void Sandbox::set_issuer(std::string issuer) {
  impl_->tenant.options.issuer = std::move(issuer);
}

void Sandbox::set_faults(const FaultPlan& plan) {
  impl_->tenant.faults.set(plan);
}

void Sandbox::seed_users(const std::vector<User>& users) {
  for (const User& user : users) impl_->tenant.users.put(user, impl_->tenant.clock.now());
}

std::string Sandbox::export_json() const {
  return dumped(impl_->tenant.storage.document());
}

void Sandbox::import_json(std::string_view text) {
  load_state(impl_->tenant, text);
}

void Sandbox::save_state() {
  impl_->save();
}

std::uint64_t Sandbox::lost_writes() const {
  return impl_->tenant.editor.lost_writes();
}

std::uint64_t Sandbox::lost_writes_of(const std::string& client_id) const {
  const auto& lost = impl_->tenant.read_backs.lost_by_client();
  const auto found = lost.find(client_id);
  return found == lost.end() ? 0 : found->second;
}

unsigned Sandbox::mutating_calls_max() const {
  return impl_->tenant.stats.mutating_in_flight_max;
}

}  // namespace rosterd::sandbox
