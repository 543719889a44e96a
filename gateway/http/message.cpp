// The response is written by hand into one buffer: one allocation, one write, and no template of Beast to compile.
#include "http/message.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <iterator>

namespace causeway::http {

void response::add(std::string_view name, std::string_view content) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  bool has_control = false;  // not any_of: without a way out it is done many characters at a time
  for (const char c : content) has_control |= is_control(c);
  if (fields.empty()) fields.reserve(256);
  fields.append(name).append(": ");
  if (!has_control)
    fields.append(content);
  else
    std::copy_if(content.begin(), content.end(), std::back_inserter(fields), std::not_fn(is_control));
  fields.append("\r\n");
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

namespace {

// "Sun, 06 Nov 1994 08:49:37 GMT", made once a second per thread.
std::string_view http_date(time_point now) {
  constexpr const char *days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char *months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  thread_local std::chrono::sys_seconds made_for{std::chrono::seconds(-1)};
  thread_local std::array<char, 64> text{};
  thread_local std::size_t length = 0;
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != made_for) {
    made_for = second;
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const auto rest = int((second - day).count());
    length = std::size_t(std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                       days[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                                       months[unsigned(date.month()) - 1], int(date.year()), rest / 3600,
                                       rest / 60 % 60, rest % 60));
  }
  return {text.data(), length};
}

}  // namespace

std::string to_wire(const response &r, framing f, time_point now) {
  std::string out;
  out.reserve(320 + r.fields.size() + (r.omit_body ? 0 : r.body.size()));
  out.append("HTTP/1.1 ").append(std::to_string(r.status)).append(" ").append(reason_phrase(r.status)).append("\r\n");
  out.append("Date: ").append(http_date(now)).append("\r\n");
  if (!r.content_type.empty()) out.append("Content-Type: ").append(r.content_type).append("\r\n");
  // 204 and 304 have no body by definition; a length would speak of another response.
  if (r.status != 204 && r.status != 304)
    out.append("Content-Length: ").append(std::to_string(r.body.size())).append("\r\n");
  if (!f.keep_alive)
    out.append("Connection: close\r\n");
  else if (f.http_1_0)
    out.append("Connection: keep-alive\r\n");
  // Answers hold personal data: nothing between here and the caller is to keep or to guess at them.
  out.append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
  out.append(r.fields).append("\r\n");
  if (!r.omit_body && r.status != 204 && r.status != 304) out.append(r.body);
  return out;
}

}  // namespace causeway::http
