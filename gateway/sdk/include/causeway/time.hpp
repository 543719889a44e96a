// Milliseconds since 1970, as the clock gives them, and RFC 3339 text, as records and answers carry them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::sdk {

// `2026-11-21T09:15:00.000Z`: UTC, always 24 characters, so that text order is time order. Years 0 to 9999.
inline std::string format_time(std::int64_t milliseconds) {
  using namespace std::chrono;
  const sys_time<std::chrono::milliseconds> when{std::chrono::milliseconds(milliseconds)};
  const auto midnight = floor<days>(when);
  const year_month_day day(midnight);
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](std::size_t end, std::int64_t number) {
    for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  const std::int64_t of_day = (when - midnight).count();
  put(4, static_cast<int>(day.year()));
  put(7, static_cast<unsigned>(day.month()));
  put(10, static_cast<unsigned>(day.day()));
  put(13, of_day / 3'600'000);
  put(16, of_day / 60'000 % 60);
  put(19, of_day / 1'000 % 60);
  put(23, of_day % 1'000);
  return text;
}

// The milliseconds of a text that format_time could have written; nothing for any other.
inline std::optional<std::int64_t> parse_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view shape = "0000-00-00T00:00:00.000Z";
  if (text.size() != shape.size()) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i]) return std::nullopt;
  const auto number = [text](std::size_t begin, std::size_t end) {
    int n = 0;
    for (; begin < end; ++begin) n = n * 10 + (text[begin] - '0');
    return n;
  };
  const year_month_day day(year(number(0, 4)), month(static_cast<unsigned>(number(5, 7))),
                           std::chrono::day(static_cast<unsigned>(number(8, 10))));
  const int hour = number(11, 13), minute = number(14, 16), second = number(17, 19);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto midnight = sys_time<std::chrono::milliseconds>(sys_days(day)).time_since_epoch().count();
  return midnight + ((hour * 60 + minute) * 60 + second) * std::int64_t(1000) + number(20, 23);
}

}  // namespace causeway::sdk
