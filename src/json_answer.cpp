#include "json_answer.hpp"

#include <nlohmann/json.hpp>

namespace rosterd {

using Json = nlohmann::ordered_json;

HttpResponse json_answer(unsigned status, const Json& json) {
  constexpr auto replace = Json::error_handler_t::replace;
  return HttpResponse(status, "application/json", json.dump(-1, ' ', false, replace) + "\n");
}

HttpResponse json_refusal(unsigned status, const std::string& text) {
  Json json;
  json["error"] = text;
  return json_answer(status, json);
}

}  // namespace rosterd
