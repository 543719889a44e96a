// Cursors and ETags: opaque text that a caller hands back as it was given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::sdk {

// The place behind which a list goes on, as a cursor: the order's values of the last item, in base64url. The values are
// text without line breaks.
inline std::string make_cursor(std::initializer_list<std::string_view> place) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string plain;
  for (const auto part : place) {
    if (!plain.empty()) plain += '\n';
    plain += part;
  }
  std::string cursor;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : plain) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) cursor += digits[(bits >> (held - 6)) & 63];
  }
  if (held > 0) cursor += digits[(bits << (6 - held)) & 63];
  return cursor;
}

namespace detail {

// UTF-8 without a NUL: what a record can hold.
inline bool is_record_text(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto at = [&](std::size_t j) { return j < text.size() ? static_cast<unsigned char>(text[j]) : 0u; };
    const unsigned first = at(i), second = at(i + 1);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first == 0 || (first >= 0x80 && first < 0xc2) || first > 0xf4) return false;
    // Too long a form, a surrogate, or beyond U+10FFFF.
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
        (first == 0xf4 && second > 0x8f))
      return false;
    for (std::size_t j = 1; j < length; ++j)
      if ((at(i + j) & 0xc0) != 0x80) return false;
    i += length;
  }
  return true;
}

}  // namespace detail

// The `parts` values of a cursor, each a text that a record can hold; nothing for what make_cursor cannot have made of
// that many. What a value means is the caller's to check: an id is whatever the site's tables hold, so it may be
// compared with and nothing else.
inline std::optional<std::vector<std::string>> read_cursor(std::string_view cursor, std::size_t parts) {
  std::vector<std::string> place(1);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : cursor) {
    const int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '-'             ? 62
                      : c == '_'             ? 63
                                             : -1;
    if (digit < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const char byte = static_cast<char>((bits >> held) & 255);
    if (byte == '\n')
      place.emplace_back();
    else
      place.back() += byte;
  }
  // Digits that are left over hold no bits of their own.
  const bool whole = held < 6 && (bits & ((1u << held) - 1)) == 0;
  if (!whole || place.size() != parts) return std::nullopt;
  for (const auto &part : place)
    if (part.empty() || !detail::is_record_text(part)) return std::nullopt;
  return place;
}

// A digest of whatever an answer depends on, for its strong ETag: 64 bits of FNV-1a, in 16 hex digits.
class digest {
 public:
  // Parts are told apart: ("ab", "c") and ("a", "bc") differ.
  digest &add(std::string_view part) {
    for (const char c : part) mix(static_cast<unsigned char>(c));
    return add(static_cast<std::int64_t>(part.size()));
  }
  digest &add(std::int64_t number) {
    for (int shift = 0; shift < 64; shift += 8) mix(static_cast<std::uint64_t>(number) >> shift & 255);
    return *this;
  }
  std::string text() const {
    constexpr char hex[] = "0123456789abcdef";
    std::string digits;
    for (int shift = 60; shift >= 0; shift -= 4) digits += hex[hash_ >> shift & 15];
    return digits;
  }

 private:
  void mix(std::uint64_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace causeway::sdk
