#include "adapters/sqlite/query.hpp"

namespace rosterd::sqlite {

void Query::bind(int index, const std::optional<Instant>& value) {
  if (value) {
    bind(index, *value);
  } else {
    statement_.bind(index);
  }
}

}  // namespace rosterd::sqlite
