#include "mapping/escape.hpp"

#include <optional>

#include "mapping/charset.hpp"
#include "mapping/utf8.hpp"

namespace causeway {

namespace {

void append_escape(std::string &out, char32_t code) {
  constexpr char hex[] = "0123456789ABCDEF";
  out += "\\u{";
  int shift = 20;
  while (shift > 0 && (code >> shift) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out += hex[code >> shift & 15];
  out += '}';
}

struct read_escape {
  char32_t code;
  std::size_t length;  // bytes
};

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// The escape that `text` begins with, if it begins with one that `escaped` writes.
std::optional<read_escape> leading_escape(std::string_view text) {
  if (text.starts_with("\\\\")) return read_escape{'\\', 2};
  if (!text.starts_with("\\u{")) return std::nullopt;
  char32_t code = 0;
  std::size_t at = 3;
  for (; at < text.size() && at < 9; ++at) {
    const auto digit = hex_digit(text[at]);
    if (!digit) break;
    code = code << 4 | *digit;
  }
  if (at == 3 || at >= text.size() || text[at] != '}') return std::nullopt;
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return std::nullopt;
  return read_escape{code, at + 1};
}

}  // namespace

std::string escaped(std::string_view text, charset set) {
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t at = 0; at < text.size();) {
    const auto character = decode_utf8(text, at);
    if (character.code == '\\')
      out += "\\\\";
    else if (is_in(set, character.code))
      out.append(text, at, character.length);
    else
      append_escape(out, character.code);
    at += character.length;
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto backslash = text.find('\\');
    out.append(text.substr(0, backslash));
    if (backslash == std::string_view::npos) break;
    text.remove_prefix(backslash);
    if (const auto escape = leading_escape(text)) {
      append_utf8(out, escape->code);
      text.remove_prefix(escape->length);
    } else {
      out += '\\';
      text.remove_prefix(1);
    }
  }
  return out;
}

void drop_torn_escape(std::string &text) {
  enum { plain, after_backslash, in_braces } state = plain;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    switch (state) {
      case plain:
        if (c != '\\') break;
        begin = at;
        state = after_backslash;
        break;
      case after_backslash:
        // Nothing but a backslash or a `u` follows one in escaped text, so a line feed here is wrapping's.
        if (c == '\n') break;
        state = c == 'u' ? in_braces : plain;
        break;
      case in_braces:
        if (c == '}') state = plain;
        break;
    }
  }
  if (state != plain) text.resize(begin);
}

}  // namespace causeway
