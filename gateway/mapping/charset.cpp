// Text is UTF-8 inside the gateway whatever the store's set; the set only says which characters may stand in it.
#include "mapping/charset.hpp"

#include <algorithm>
#include <array>

#include "mapping/utf8.hpp"
#include "store/plain_text.hpp"

namespace causeway {

namespace {

// What windows-1252 has in place of the control characters U+0080 to U+009F; sorted.
constexpr std::array<char32_t, 27> windows_1252_specials{
    0x0152, 0x0153, 0x0160, 0x0161, 0x0178, 0x017D, 0x017E, 0x0192, 0x02C6, 0x02DC, 0x2013, 0x2014, 0x2018, 0x2019,
    0x201A, 0x201C, 0x201D, 0x201E, 0x2020, 0x2021, 0x2022, 0x2026, 0x2030, 0x2039, 0x203A, 0x20AC, 0x2122};
static_assert(std::is_sorted(windows_1252_specials.begin(), windows_1252_specials.end()));

constexpr bool is_ascii_text(unsigned c) { return (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n' || c == '\r'; }

// Of a byte: a whole character that every set holds.
constexpr auto plain_bytes = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0; c < 0x80; ++c) plain[c] = is_ascii_text(c);
  return plain;
}();

}  // namespace

std::string_view to_string(charset set) {
  switch (set) {
    case charset::utf8:
      return "utf-8";
    case charset::windows_1252:
      return "windows-1252";
    case charset::iso_8859_1:
      return "iso-8859-1";
    case charset::ascii:
      return "ascii";
  }
  return "unknown";
}

bool is_in(charset set, char32_t character) {
  if (character < 0x80) return is_ascii_text(character);
  if (character < 0xA0) return false;
  switch (set) {
    case charset::utf8:
      return character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF);
    case charset::windows_1252:
      return character <= 0xFF ||
             std::binary_search(windows_1252_specials.begin(), windows_1252_specials.end(), character);
    case charset::iso_8859_1:
      return character <= 0xFF;
    case charset::ascii:
      return false;
  }
  return false;
}

std::size_t find_unmappable(charset set, std::string_view text) {
  using namespace eight_bytes;
  const auto no_character = [](std::uint64_t w) { return not_ascii(w) | below(w, 0x20) | equal(w, 0x7F); };
  for (std::size_t at = 0; at < text.size();) {
    at += skip_plain(text.substr(at), no_character);
    if (at == text.size()) break;
    if (plain_bytes[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    const auto character = decode_utf8(text, at);
    if (!character.valid || !is_in(set, character.code)) return at;
    at += character.length;
  }
  return std::string_view::npos;
}

}  // namespace causeway
