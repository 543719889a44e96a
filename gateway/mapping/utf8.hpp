// UTF-8, character by character. A character is a code point throughout gateway/mapping.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace causeway {

constexpr char32_t replacement_character = 0xFFFD;

struct decoded_character {
  char32_t code = replacement_character;
  std::size_t length = 1;  // bytes
  bool valid = false;      // not valid: `code` is U+FFFD, `length` 1
};

// The character that begins at `at`, which must be inside the text.
inline decoded_character decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned lead = byte(at);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {};
  char32_t code = lead & (0xFFu >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    const unsigned next = byte(at + k);
    if ((next & 0xC0u) != 0x80u) return {};
    code = code << 6 | (next & 0x3Fu);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {};
  return {code, length, true};
}

// `code` must be a scalar value.
inline void append_utf8(std::string &out, char32_t code) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// The byte at which the first thing stands that is not UTF-8; std::string_view::npos where all of it is.
inline std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = decode_utf8(text, at);
    if (!character.valid) return at;
    at += character.length;
  }
  return std::string_view::npos;
}

// Whether a character begins with this byte.
inline bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80u; }

// Where the character after the one at `at` begins; the text's size behind the last.
inline std::size_t next_character(std::string_view text, std::size_t at) {
  do ++at;
  while (at < text.size() && !begins_character(text[at]));
  return at;
}

// How many characters valid text has.
inline std::size_t characters_of(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += begins_character(c);
  return n;
}

// The first `count` characters of valid text; all of them where it has fewer.
inline std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; count != 0 && at < text.size(); --count) at = next_character(text, at);
  return text.substr(0, at);
}

}  // namespace causeway
