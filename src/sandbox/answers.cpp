#include "sandbox/answers.hpp"

namespace rosterd::sandbox {

namespace {

std::string_view phrase(unsigned status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 408:
      return "Request Time-out";
    case 409:
      return "Conflict";
    case 413:
      return "Request Entity Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

Json error_body(unsigned status, std::string_view error, std::string_view message) {
  Json body = Json::object();
  body["statusCode"] = status;
  body["error"] = error;
  body["message"] = message;
  return body;
}

}  // namespace

HttpResponse ok(const Json& body, unsigned status) {
  HttpResponse response = ok_text(dumped(body));
  response.status = status;
  return response;
}

HttpResponse ok_text(std::string body) {
  HttpResponse response(200, "application/json; charset=utf-8", std::move(body));
  response.headers.emplace_back("cache-control", "no-cache");
  return response;
}

HttpResponse no_content() {
  HttpResponse response(204);
  response.headers.emplace_back("cache-control", "no-cache");
  return response;
}

HttpResponse failed(unsigned status, std::string_view message) {
  return failed_as(status, phrase(status), message);
}

HttpResponse failed_as(unsigned status, std::string_view error, std::string_view message) {
  return ok(error_body(status, error, message), status);
}

HttpResponse internal_error() {
  return failed(500, "An internal server error occurred");
}

HttpResponse not_found() {
  return failed(404, "Not Found");
}

HttpResponse record_missing(std::string_view id, std::string_view collection) {
  std::string message = "The record ";
  message.append(id).append(" in ").append(collection).append(" does not exist.");
  return failed_as(404, "NotFoundError", message);
}

HttpResponse invalid(std::string_view source, const Invalid& problem) {
  Json body = error_body(400, phrase(400), problem.message);
  body["validation"]["source"] = source;
  body["validation"]["keys"] = Json::array({problem.key});
  return ok(body, 400);
}

HttpResponse management_error(unsigned status, std::string_view message, std::string_view code) {
  Json body = error_body(status, phrase(status), message);
  if (!code.empty()) body["errorCode"] = code;
  return ok(body, status);
}

}  // namespace rosterd::sandbox
