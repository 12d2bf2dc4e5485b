#include "account_resolver.hpp"

#include "rosterd/base/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace rosterd::sync {

namespace {

std::vector<AccountId> accounts_in(const Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  if (found == attributes.end()) return {};
  if (const auto* list = std::get_if<std::vector<std::string>>(&found->second)) {
    std::vector<AccountId> accounts;
    for (const std::string& item : *list) {
      if (!item.empty()) accounts.emplace_back(item);
    }
    return accounts;
  }
  const std::string text = to_text(found->second);
  if (text.empty()) return {};
  return {AccountId(text)};
}

LinkOutcome linked(std::vector<AccountId> accounts) {
  LinkOutcome outcome;
  if (accounts.empty()) return outcome;
  outcome.kind = LinkOutcome::Kind::linked;
  outcome.accounts = std::move(accounts);
  return outcome;
}

LinkOutcome failed(TargetError error) {
  LinkOutcome outcome;
  outcome.kind = LinkOutcome::Kind::failed;
  outcome.error = std::move(error);
  return outcome;
}

/// Whether a tenant that gave one question no answer has none for the next thousand either now.
bool concerns_everybody(ErrorClass error) {
  return error != ErrorClass::permanent && error != ErrorClass::stale_catalogue;
}

/// For those who were not asked about: it costs them no attempt.
TargetError not_asked(const TargetError& why) {
  TargetError error(ErrorClass::paused, 0, "not looked up: " + why.text);
  error.retry_at = why.retry_at;
  return error;
}

bool has_connection(const TenantUser& user, const std::string& connection) {
  return std::any_of(user.identities.begin(), user.identities.end(), [&](const auto& identity) {
    return identity.connection == connection;
  });
}

/// Which of the users with the address are meant: one is; several must be told to a person.
LinkOutcome choose(const std::vector<TenantUser>& users, const std::string& connection) {
  std::vector<AccountId> candidates;
  for (const TenantUser& user : users) {
    // Pages shift while they are read, so that a user may have been on two of them.
    const bool seen = std::find(candidates.begin(), candidates.end(), user.id) != candidates.end();
    if (!seen && has_connection(user, connection)) candidates.push_back(user.id);
  }
  LinkOutcome outcome = linked(candidates);
  if (candidates.size() > 1) {
    outcome.kind = LinkOutcome::Kind::ambiguous;
    outcome.detail = "several accounts of connection " + connection + " have this e-mail address:";
    for (const AccountId& candidate : candidates) outcome.detail += " " + candidate.value;
    outcome.accounts.clear();
  }
  return outcome;
}

bool same_email(const Attributes& left, const Attributes& right) {
  const auto one = text_of(left, attribute::email);
  const auto other = text_of(right, attribute::email);
  return one && (!other || equal_ignoring_case(*one, *other));
}

/// Whether attributes of somebody lead to an account that was found for another one. Whose address
/// an account has is known by the address it was found by.
bool leads_to(
    const AccountMatching& matching,
    const Attributes& attributes,
    const LinkRequest& found_for,
    const AccountId& account
) {
  return std::any_of(matching.match.begin(), matching.match.end(), [&](const AccountMatch& match) {
    switch (match.kind) {
      case AccountMatch::Kind::email:
        return same_email(attributes, found_for.attributes);
      case AccountMatch::Kind::attribute: {
        const auto accounts = accounts_in(attributes, match.argument);
        return std::find(accounts.begin(), accounts.end(), account) != accounts.end();
      }
      case AccountMatch::Kind::text_template:
        return filled(match.argument, attributes) == account.value;
    }
    std::abort();
  });
}

/// Says of whom an account is refused because it is somebody else's.
class Refusals {
 public:
  Refusals(
      const std::vector<LinkRequest>& requests,
      std::map<AccountId, PersonId> owners,
      std::set<PersonId> leavers,
      std::map<PersonId, LinkOutcome>& outcomes
  )
      : owners_(std::move(owners)), leavers_(std::move(leavers)), outcomes_(outcomes) {
    for (const LinkRequest& request : requests) {
      if (request.left) staying_.insert(request.person);
    }
    for (const auto& [person, outcome] : outcomes_) {
      for (const AccountId& account : outcome.accounts) claims_[account].insert(person);
    }
  }

  /// Who is refused keeps what they have, which may be what another one was to get.
  void decide() {
    for (bool again = true; again;) {
      again = false;
      for (auto& [person, outcome] : outcomes_) {
        const auto why = why_not(person, outcome);
        if (!why) continue;
        outcome.kind = LinkOutcome::Kind::conflict;
        outcome.detail = *why;
        outcome.accounts.clear();
        again = true;
      }
    }
  }

 private:
  std::optional<std::string> why_not(const PersonId& person, const LinkOutcome& outcome) const {
    for (const AccountId& account : outcome.accounts) {
      const auto owner = owners_.find(account);
      if (owner != owners_.end() && owner->second == person) continue;
      if (owner != owners_.end() && !gives_up(owner->second, account)) {
        const bool left = leavers_.contains(owner->second);
        return "account " + account.value + " belongs to person " + owner->second.value +
               (left ? ", who has left; change or clear their address, then replay" : "");
      }
      for (const PersonId& rival : claims_.at(account)) {
        if (rival == person) continue;
        return "account " + account.value + " is what person " + rival.value + " asks for, too";
      }
    }
    return std::nullopt;
  }

  bool gives_up(const PersonId& owner, const AccountId& account) const {
    const auto outcome = outcomes_.find(owner);
    if (outcome == outcomes_.end() || staying_.contains(owner)) return false;
    const auto& next = outcome->second.accounts;
    return outcome->second.kind == LinkOutcome::Kind::linked &&
           std::find(next.begin(), next.end(), account) == next.end();
  }

  std::map<AccountId, PersonId> owners_;
  std::set<PersonId> leavers_;  ///< of the owners
  std::map<PersonId, LinkOutcome>& outcomes_;
  std::map<AccountId, std::set<PersonId>> claims_;
  std::set<PersonId> staying_;  ///< on the accounts they have
};

}  // namespace

std::optional<std::string> filled(const std::string& text_template, const Attributes& attributes) {
  std::string out;
  for (std::size_t at = 0; at < text_template.size();) {
    const std::size_t open = text_template.find('{', at);
    out += text_template.substr(at, open == std::string::npos ? open : open - at);
    if (open == std::string::npos) break;
    const std::size_t close = text_template.find('}', open);
    if (close == std::string::npos) return std::nullopt;
    const auto found = attributes.find(text_template.substr(open + 1, close - open - 1));
    if (found == attributes.end()) return std::nullopt;
    const std::string value = to_text(found->second);
    if (value.empty()) return std::nullopt;
    out += value;
    at = close + 1;
  }
  return out;
}

Task<std::map<PersonId, LinkOutcome>> AccountResolver::resolve(
    std::vector<LinkRequest> requests, Questions questions
) {
  const bool by_address =
      std::any_of(matching_.match.begin(), matching_.match.end(), [](const AccountMatch& match) {
        return match.kind == AccountMatch::Kind::email;
      });
  bool stop = false;
  if (by_address && requests.size() >= bulk_lookup_min_) {
    stop = co_await read_everybody(requests.size(), questions.interrupted) == Reading::interrupted;
  }

  std::map<PersonId, LinkOutcome> outcomes;
  std::optional<TargetError> unreachable;
  for (const LinkRequest& request : requests) {
    LinkOutcome& outcome = outcomes[request.person];
    if (unreachable) {
      outcome = failed(*unreachable);
      continue;
    }
    if (stop) {
      outcome.kind = LinkOutcome::Kind::deferred;
      continue;
    }
    const std::size_t calls_before = calls_;
    outcome = co_await resolve_one(request);
    const bool refused = outcome.kind == LinkOutcome::Kind::failed;
    if (refused && concerns_everybody(outcome.error->error)) {
      unreachable = not_asked(*outcome.error);
    } else if (calls_ != calls_before) {
      stop = co_await questions.interrupted();
    }
  }
  everybody_.reset();
  co_await refuse_foreign(requests, questions, outcomes);
  co_return outcomes;
}

Task<LinkOutcome> AccountResolver::resolve_one(const LinkRequest& request) {
  LinkOutcome all;
  for (const AccountMatch& match : matching_.match) {
    LinkOutcome one = co_await answer(match, request.attributes);
    if (one.kind == LinkOutcome::Kind::none) continue;
    if (one.kind != LinkOutcome::Kind::linked || !matching_.all) co_return one;
    all.kind = LinkOutcome::Kind::linked;
    for (AccountId& account : one.accounts) {
      if (std::find(all.accounts.begin(), all.accounts.end(), account) == all.accounts.end()) {
        all.accounts.push_back(std::move(account));
      }
    }
  }
  co_return all;
}

Task<LinkOutcome> AccountResolver::answer(const AccountMatch& match, const Attributes& attributes) {
  std::vector<AccountId> candidates;
  switch (match.kind) {
    case AccountMatch::Kind::email: {
      const auto email = text_of(attributes, attribute::email);
      if (!email) co_return LinkOutcome();
      co_return co_await by_email(match.argument, *email);
    }
    case AccountMatch::Kind::attribute:
      candidates = accounts_in(attributes, match.argument);
      break;
    case AccountMatch::Kind::text_template:
      if (const auto id = filled(match.argument, attributes)) candidates.emplace_back(*id);
      break;
  }
  if (!match.must_exist) co_return linked(std::move(candidates));
  co_return co_await existing(std::move(candidates));
}

Task<LinkOutcome> AccountResolver::existing(std::vector<AccountId> candidates) {
  std::vector<AccountId> found;
  for (const AccountId& candidate : candidates) {
    ++calls_;
    const auto user = co_await accounts_.user(candidate);
    if (!user) co_return failed(user.error());
    if (*user) found.push_back(candidate);
  }
  co_return linked(std::move(found));
}

Task<LinkOutcome> AccountResolver::by_email(
    const std::string& connection, const std::string& email
) {
  if (everybody_) {
    const auto known = everybody_->find(lower_case(email));
    if (known == everybody_->end()) co_return LinkOutcome();
    co_return choose(known->second, connection);
  }
  ++calls_;
  const auto users = co_await accounts_.users_with_email(email);
  if (!users) co_return failed(users.error());
  co_return choose(*users, connection);
}

Task<AccountResolver::Reading> AccountResolver::read_everybody(
    std::size_t requests, const std::function<Task<bool>()>& interrupted
) {
  for (;;) {
    auto page = co_await accounts_.users_page(paging_.next_page);
    // Not every tenant lets all its users be paged through; one by one works everywhere.
    if (!page || page->total / 100 > requests) break;
    ++paging_.next_page;
    paging_.seen += page->users.size();
    for (TenantUser& user : page->users) {
      std::string address = lower_case(user.email);
      paging_.directory[std::move(address)].push_back(std::move(user));
    }
    if (paging_.seen >= page->total) {
      everybody_ = std::move(paging_.directory);
      paging_ = Paging();
      co_return Reading::complete;
    }
    if (page->users.empty()) break;
    const bool cut_short = co_await interrupted();
    if (cut_short) co_return Reading::interrupted;
  }
  paging_ = Paging();
  co_return Reading::not_worth_it;
}

Task<void> AccountResolver::refuse_foreign(
    const std::vector<LinkRequest>& requests,
    const Questions& questions,
    std::map<PersonId, LinkOutcome>& outcomes
) {
  std::vector<AccountId> wanted;
  for (const auto& [person, outcome] : outcomes) {
    wanted.insert(wanted.end(), outcome.accounts.begin(), outcome.accounts.end());
  }
  if (wanted.empty()) co_return;
  auto owners = co_await links_.owners_of(std::move(wanted));
  std::set<PersonId> leavers;
  for (const LinkRequest& request : requests) {
    for (const AccountId& account : outcomes.at(request.person).accounts) {
      const auto owner = owners.find(account);
      const bool is_foreign = owner != owners.end() && owner->second != request.person;
      if (!is_foreign || outcomes.contains(owner->second)) continue;
      const auto known = co_await links_.person(owner->second);
      if (!known || !questions.has_left(*known)) continue;
      leavers.insert(owner->second);
      if (!leads_to(matching_, known->record.attributes, request, account)) owners.erase(owner);
    }
  }
  Refusals(requests, std::move(owners), std::move(leavers), outcomes).decide();
}

}  // namespace rosterd::sync
