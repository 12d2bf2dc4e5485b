#include "rosterd/domain/person.hpp"

namespace rosterd {

namespace {

// Without leading zeros the longer number is the larger one, however many digits it has.
std::weak_ordering order_of_digits(const std::string& left, const std::string& right) {
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left <=> right;
}

}  // namespace

std::weak_ordering order(const Stamp& left, const Stamp& right) {
  const bool both_count = !left.sequence.empty() && !right.sequence.empty();
  if (both_count && left.source == right.source) {
    return order_of_digits(left.sequence, right.sequence);
  }
  if (left.occurred_at && right.occurred_at) {
    return to_micros(*left.occurred_at) <=> to_micros(*right.occurred_at);
  }
  return left.arrival <=> right.arrival;
}

bool precedes(const Stamp& left, const Stamp& right) {
  const std::weak_ordering ordered = order(left, right);
  if (ordered != 0) return ordered < 0;
  return left.arrival < right.arrival;
}

Stamp stamp_of(const ChangeEvent& event, EventId arrival) {
  return Stamp{
      .sequence = event.sequence,
      .occurred_at = event.occurred_at,
      .arrival = arrival,
      .source = event.sequence.empty() ? std::string() : event.source};
}

}  // namespace rosterd
