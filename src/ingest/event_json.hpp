#pragma once

#include "rosterd/domain/change_event.hpp"

#include <string>

namespace rosterd::ingest {

/// `to_json` without the id: what makes two events of one id the same.
std::string content_json(const ChangeEvent& event);

}  // namespace rosterd::ingest
