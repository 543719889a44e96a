// A value as it stands in a record or a request: nothing, a boolean, an integer or text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace causeway {

// Not given at all: a field that an update leaves as it is, a member that the caller left out.
struct absent {
  friend bool operator==(absent, absent) = default;
};

// Given, and empty.
struct null {
  friend bool operator==(null, null) = default;
};

// Text is UTF-8. Csids are text of nine digits, codes are readable codes, dates are YYYY-MM-DD, times are RFC 3339 UTC
// with milliseconds (`2026-11-21T09:15:00.000Z`), so that text order is time order.
using value = std::variant<absent, null, bool, std::int64_t, std::string>;

inline bool is_absent(const value &v) { return std::holds_alternative<absent>(v); }
inline bool is_null(const value &v) { return std::holds_alternative<null>(v); }
// Neither absent nor null.
inline bool has_content(const value &v) { return v.index() > 1; }
// The text of a value that holds text, else empty.
inline std::string_view text_of(const value &v) {
  const auto *text = std::get_if<std::string>(&v);
  return text ? std::string_view(*text) : std::string_view();
}

}  // namespace causeway
