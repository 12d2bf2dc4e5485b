#pragma once

#include "rosterd/domain/change_event.hpp"

#include <string>
#include <string_view>

namespace rosterd::ingest {

/// `to_json` without the id: what makes two events of one id the same.
std::string content_json(const ChangeEvent& event);

/// `to_json` of the event that has this content.
std::string with_id(std::string_view content, std::string_view id);

}  // namespace rosterd::ingest
