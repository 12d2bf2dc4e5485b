#include "administrator.hpp"

#include "rosterd/base/yield.hpp"

#include <nlohmann/json.hpp>

#include <iterator>
#include <stdexcept>
#include <utility>

namespace rosterd::test {

namespace {

using Json = nlohmann::json;

constexpr std::size_t guests = 5;

bool is_done(unsigned status) {
  return status / 100 == 2;
}

}  // namespace

void Administrator::takes_from(std::string group, std::set<std::string> accounts) {
  taken_from_[std::move(group)] = std::move(accounts);
}

void Administrator::keeps_in(std::string group, std::string account) {
  wanted_[group].insert(account);
  kept_in_[std::move(group)] = std::move(account);
}

Task<void> Administrator::work(const bool& goes_on) {
  co_await log_in();
  while (goes_on) {
    auto entry = groups_.begin();
    std::advance(entry, pick(groups_.size()));
    const std::string group = entry->first;
    const std::string guest = "auth0|guest" + std::to_string(pick(guests));
    const std::size_t dice = pick(10);
    const auto taken = taken_from_.find(group);
    const auto kept = kept_in_.find(group);
    if (dice == 0 && taken != taken_from_.end()) {
      auto account = taken->second.begin();
      std::advance(account, pick(taken->second.size()));
      co_await change("DELETE", group, *account);
    } else if (dice == 1 && kept != kept_in_.end()) {
      co_await change("PATCH", group, kept->second);
    } else if (dice < 6) {
      wanted_[group].insert(guest);
      unwanted_[group].erase(guest);
      co_await change("PATCH", group, guest);
    } else {
      wanted_[group].erase(guest);
      unwanted_[group].insert(guest);
      co_await change("DELETE", group, guest);
    }
    // A call that is refused at once waits for nothing.
    co_await yield_now();
  }
}

Task<void> Administrator::put_right() {
  co_await log_in();
  co_await repeat("PATCH", wanted_);
  co_await repeat("DELETE", unwanted_);
}

Task<void> Administrator::repeat(std::string method, const Wanted& accounts) {
  constexpr int attempts_max = 100;
  for (const auto& [group, members] : accounts) {
    for (const std::string& account : members) {
      bool done = false;
      for (int i = 0; i < attempts_max && !done; ++i) {
        done = co_await change(method, group, account);
      }
      if (!done) throw std::runtime_error("the administrator is refused");
    }
  }
}

Task<bool> Administrator::change(std::string method, std::string group, std::string account) {
  const std::string target = "/api/groups/" + groups_.at(group) + "/members";
  const std::string body = Json::array({account}).dump();
  const Answer answer = co_await ask(std::move(method), target, body);
  if (answer.status == 401) co_await log_in();
  co_return is_done(answer.status);
}

Task<void> Administrator::log_in() {
  constexpr int attempts_max = 1000;
  Json who;
  who["grant_type"] = "client_credentials";
  who["client_id"] = "dashboard";
  who["client_secret"] = "secret";
  who["audience"] = "urn:auth0-authz-api";
  const std::string body = who.dump();
  for (int i = 0; i < attempts_max; ++i) {
    co_await yield_now();
    token_.clear();
    const Answer token = co_await ask("POST", "/oauth/token", body);
    if (!is_done(token.status)) continue;
    token_ = Json::parse(token.body).at("access_token").get<std::string>();
    if (!groups_.empty()) co_return;
    const Answer groups = co_await ask("GET", "/api/groups", "");
    if (!is_done(groups.status)) continue;
    const Json listed = Json::parse(groups.body);
    for (const Json& group : listed.at("groups")) groups_[group.at("name")] = group.at("_id");
    co_return;
  }
  throw std::runtime_error("the administrator cannot log in");
}

Task<Administrator::Answer> Administrator::ask(
    std::string method, std::string target, std::string body
) {
  HttpRequest request;
  request.method = method;
  request.target = target;
  request.body = body;
  const std::string bearer = "Bearer " + token_;
  if (!token_.empty()) request.headers.emplace_back("authorization", bearer);
  if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
  HttpResponse response = co_await tenant_.handle(request);
  Answer answer;
  answer.status = response.fault.kind == HttpFault::Kind::none ? response.status : 0;
  answer.body = std::move(response.body);
  co_return answer;
}

std::size_t Administrator::pick(std::size_t below) {
  return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
}

}  // namespace rosterd::test
