#include "rosterd/ports/intake_store.hpp"

#include <cstdlib>

namespace rosterd {

std::string_view to_string(IntakeState state) {
  switch (state) {
    case IntakeState::reading:
      return "reading";
    case IntakeState::done:
      return "done";
    case IntakeState::rejected:
      return "rejected";
    case IntakeState::held:
      return "held";
    case IntakeState::repeated:
      return "repeated";
  }
  std::abort();
}

std::optional<IntakeState> intake_state(std::string_view text) {
  for (const auto state :
       {IntakeState::reading,
        IntakeState::done,
        IntakeState::rejected,
        IntakeState::held,
        IntakeState::repeated}) {
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

}  // namespace rosterd
