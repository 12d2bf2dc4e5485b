#include "plan_sums.hpp"

#include "table.hpp"

#include <cstdlib>

namespace rosterd::cli {

namespace {

std::string who(const Change& change) {
  return change.person.value.empty() ? change.account.value : change.person.value;
}

std::string class_of(HoldCause cause) {
  switch (cause) {
    case HoldCause::leavers:
      return "of leavers";
    case HoldCause::removals:
      return "of people who stay";
    case HoldCause::emptied:
      return "of last members";
  }
  std::abort();
}

std::string removals(std::size_t count, HoldCause cause) {
  return counted(count, "removal", "removals") + " " + class_of(cause);
}

}  // namespace

const Withheld* withheld_of(const sync::Preview& preview, std::size_t change) {
  const auto& withheld = preview.verdict.withheld;
  return change < withheld.size() && withheld[change] ? &*withheld[change] : nullptr;
}

std::map<EntitlementName, EntitlementSum> sums_of(const sync::Preview& preview) {
  std::map<EntitlementName, EntitlementSum> sums;
  const auto& changes = preview.plan.changes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Change& change = changes[i];
    switch (change.kind) {
      case Change::Kind::grant:
        sums[change.name].gain.insert(who(change));
        break;
      case Change::Kind::revoke:
        if (const Withheld* withheld = withheld_of(preview, i)) {
          EntitlementSum& sum = sums[change.name];
          (withheld->rejected ? sum.rejected : sum.held).insert(who(change));
        } else {
          sums[change.name].lose.insert(who(change));
        }
        break;
      case Change::Kind::adopt:
      case Change::Kind::forget:
        break;
    }
  }
  return sums;
}

HeldCount held_in(const sync::Preview& preview) {
  HeldCount count;
  for (std::size_t i = 0; i < preview.plan.changes.size(); ++i) {
    if (const Withheld* withheld = withheld_of(preview, i)) {
      ++(withheld->rejected ? count.rejected : count.waiting);
    }
  }
  return count;
}

std::vector<std::string> guard_sentences(const sync::Preview& preview) {
  std::map<HoldCause, HeldCount> counts;
  for (std::size_t i = 0; i < preview.plan.changes.size(); ++i) {
    if (const Withheld* withheld = withheld_of(preview, i)) {
      HeldCount& count = counts[withheld->cause];
      ++(withheld->rejected ? count.rejected : count.waiting);
    }
  }
  std::vector<std::string> sentences;
  for (const auto& [cause, count] : counts) {
    const auto over = preview.verdict.over.find(cause);
    if (count.waiting > 0 && over != preview.verdict.over.end()) {
      sentences.push_back(
          removals(count.waiting, cause) + " would wait for approval: " + over->second
      );
    } else if (count.waiting > 0) {
      sentences.push_back(
          removals(count.waiting, cause) + (count.waiting == 1 ? " waits" : " wait") +
          " in an open hold; rosterd holds list shows it"
      );
    }
    if (count.rejected > 0) {
      sentences.push_back(
          removals(count.rejected, cause) + " would not be done: somebody rejected " +
          (count.rejected == 1 ? "it" : "them")
      );
    }
  }
  return sentences;
}

}  // namespace rosterd::cli
