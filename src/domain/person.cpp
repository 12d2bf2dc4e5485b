#include "rosterd/domain/person.hpp"

namespace rosterd {

namespace {

// Without leading zeros the longer number is the larger one, however many digits it has.
std::weak_ordering order_of_digits(const std::string& left, const std::string& right) {
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left <=> right;
}

std::optional<Instant> takes_effect(const Stamp& stamp) {
  return stamp.effective_at ? stamp.effective_at : stamp.occurred_at;
}

std::weak_ordering order_as_said(const Stamp& left, const Stamp& right) {
  const bool both_count = !left.sequence.empty() && !right.sequence.empty();
  if (both_count && left.source == right.source) {
    return order_of_digits(left.sequence, right.sequence);
  }
  if (left.occurred_at && right.occurred_at) {
    return to_micros(*left.occurred_at) <=> to_micros(*right.occurred_at);
  }
  return left.arrival <=> right.arrival;
}

}  // namespace

std::weak_ordering order(const Stamp& left, const Stamp& right) {
  const auto left_at = takes_effect(left);
  const auto right_at = takes_effect(right);
  const bool is_planned = left.effective_at || right.effective_at;
  if (is_planned && left_at && right_at && *left_at != *right_at) {
    return to_micros(*left_at) <=> to_micros(*right_at);
  }
  return order_as_said(left, right);
}

bool precedes(const Stamp& left, const Stamp& right) {
  const std::weak_ordering ordered = order(left, right);
  if (ordered != 0) return ordered < 0;
  return left.arrival < right.arrival;
}

bool said_before(const Stamp& left, const Stamp& right) {
  const std::weak_ordering ordered = order_as_said(left, right);
  if (ordered != 0) return ordered < 0;
  return left.arrival < right.arrival;
}

Stamp stamp_of(const ChangeEvent& event, EventId arrival, std::optional<Instant> effective_at) {
  return Stamp{
      .sequence = event.sequence,
      .occurred_at = event.occurred_at,
      .arrival = arrival,
      .source = event.sequence.empty() ? std::string() : event.source,
      .effective_at = effective_at};
}

}  // namespace rosterd
