#include "adapters/http/response_writer.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace rosterd::http {

namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), written.ptr);
}

void append_two_digits(std::string& out, long number) {
  out += static_cast<char>('0' + number / 10 % 10);
  out += static_cast<char>('0' + number % 10);
}

bool allows_body(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

// A value that carries a line break would be a second header line.
void append_value(std::string& out, std::string_view value) {
  const auto breaks = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; };
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  out += value;
  std::replace_if(out.begin() + begin, out.end(), breaks, ' ');
}

void append_status_line(std::string& out, unsigned status) {
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  out.append(reason.data(), reason.size());
  out += "\r\n";
}

}  // namespace

bool sends_body(const HttpResponse& response, const Framing& framing) {
  return !framing.header_only && allows_body(response.status);
}

void write_header(std::string& out, const HttpResponse& response, const Framing& framing) {
  out.clear();
  append_status_line(out, response.status);
  if (!framing.date.empty()) {
    out += "Date: ";
    out += framing.date;
    out += "\r\n";
  }
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.peer_is_http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  if (!response.content_type.empty()) {
    out += "Content-Type: ";
    append_value(out, response.content_type);
    out += "\r\n";
  }
  for (const auto& [name, value] : response.headers) {
    append_value(out, name);
    out += ": ";
    append_value(out, value);
    out += "\r\n";
  }
  if (allows_body(response.status)) {
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  out += "\r\n";
}

std::string_view DateText::at(Instant now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second == second_) return text_;
  second_ = second;

  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(second - day);
  text_ = days[std::chrono::weekday(day).c_encoding()];
  text_ += ", ";
  append_two_digits(text_, static_cast<long>(static_cast<unsigned>(date.day())));
  text_ += ' ';
  text_ += months[static_cast<unsigned>(date.month()) - 1];
  text_ += ' ' + std::to_string(static_cast<int>(date.year())) + ' ';
  append_two_digits(text_, time.hours().count());
  text_ += ':';
  append_two_digits(text_, time.minutes().count());
  text_ += ':';
  append_two_digits(text_, time.seconds().count());
  text_ += " GMT";
  return text_;
}

}  // namespace rosterd::http
