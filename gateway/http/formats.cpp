#include "http/formats.hpp"

#include <algorithm>
#include <chrono>

#include "runtime/clock.hpp"

namespace causeway::http {

namespace {

bool digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The number of two digits at `at`; -1 where there are none.
int two_digits(std::string_view text, std::size_t at) {
  if (at + 2 > text.size() || !digits(text.substr(at, 2))) return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

std::optional<std::string> csid(std::string_view text) {
  if (text.size() > 9 || !digits(text)) return std::nullopt;
  return std::string(9 - text.size(), '0').append(text);
}

std::optional<std::string> date(std::string_view text) {
  if (text.size() != 10 || !from_rfc3339(std::string(text) + "T00:00:00.000Z")) return std::nullopt;
  return std::string(text);
}

// RFC 3339 with any fraction of a second and any offset; finer than milliseconds is cut off.
std::optional<std::string> date_time(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
  std::string plain(text.substr(0, 19));
  plain[10] = 'T';
  text.remove_prefix(19);
  std::string fraction = "000";
  if (text.front() == '.') {
    text.remove_prefix(1);
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0 || end > 9) return std::nullopt;
    fraction = (std::string(text.substr(0, end)) + "00").substr(0, 3);
    text.remove_prefix(end);
  }
  const auto local = from_rfc3339(plain + "." + fraction + "Z");
  if (!local) return std::nullopt;
  if (text == "Z" || text == "z") return to_rfc3339(*local);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = two_digits(text, 1), minutes = two_digits(text, 4);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  const auto utc = text[0] == '+' ? *local - offset : *local + offset;
  // Year 0 to 9999 is what the text can say.
  auto said = to_rfc3339(utc);
  if (!from_rfc3339(said)) return std::nullopt;
  return said;
}

}  // namespace

std::optional<std::string> in_format(std::string_view format, std::string_view text) {
  if (format == "csid") return csid(text);
  if (format == "date") return date(text);
  if (format == "date-time") return date_time(text);
  return std::string(text);
}

std::string_view words_for_format(std::string_view format) {
  if (format == "csid") return "must be 1 to 9 digits";
  if (format == "date") return "must be a date, YYYY-MM-DD";
  if (format == "date-time") return "must be a time by RFC 3339, such as 2026-11-21T09:15:00.000Z";
  return "has another format";
}

}  // namespace causeway::http
