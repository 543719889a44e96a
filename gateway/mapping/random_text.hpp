// Texts for property tests: what officers paste, and what breaks line wrapping and character sets. The same for the
// same seed.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "mapping/charset.hpp"
#include "mapping/utf8.hpp"

namespace causeway {

class random_text {
 public:
  explicit random_text(std::uint32_t seed) : generator_(seed) {}

  std::size_t below(std::size_t n) { return generator_() % n; }

  // Text of up to `most` characters of any kind, control characters and NUL included.
  std::string any(std::size_t most) {
    std::string text;
    const std::size_t wanted = below(4) == 0 ? below(most + 1) : below(std::min<std::size_t>(most, 120) + 1);
    const std::size_t flavour = below(5);
    while (characters_of(text) < wanted)
      text += flavour == 0 ? blanks_and_breaks() : flavour == 1 ? letters() : piece();
    return std::string(first_characters(text, wanted));
  }

  // The same, of the set's characters only.
  std::string of(charset set, std::size_t most) {
    const std::string mixed = any(most);
    std::string text;
    for (std::size_t at = 0; at < mixed.size();) {
      const auto character = decode_utf8(mixed, at);
      if (is_in(set, character.code)) text.append(mixed, at, character.length);
      at += character.length;
    }
    return text;
  }

 private:
  template <std::size_t N>
  std::string one_of(const std::array<std::string_view, N> &choices) {
    return std::string(choices[below(N)]);
  }

  std::string letters() { return std::string(1 + below(40), static_cast<char>('a' + below(26))); }

  std::string blanks_and_breaks() {
    static constexpr std::array<std::string_view, 8> choices{" ", "  ", "\n", "\n\n", "x", "word", "\t", "\r\n"};
    return below(12) == 0 ? std::string(1 + below(200), ' ') : one_of(choices);
  }

  std::string piece() {
    static constexpr std::array<std::string_view, 40> choices{"Zürich",
                                                              "déjà vu",
                                                              "Łódź",
                                                              "naïve façade",
                                                              "Ñandú",
                                                              "straße",  // accents
                                                              "€",
                                                              "“quoted”",
                                                              "‘single’",
                                                              "–—…",
                                                              "™ Œuvre",
                                                              "Žižek š Ÿ",  // windows-1252's own
                                                              "😀",
                                                              "👨‍👩‍👧‍👦",
                                                              "👋🏽",
                                                              "🇦🇺",
                                                              "🏳️‍🌈",
                                                              "🇦",
                                                              "1️⃣",  // emoji, flags, half a flag
                                                              "שָׁלוֹם",
                                                              "עולם",
                                                              "مرحبا بالعالم",
                                                              "\u200F\u202B",
                                                              "Привет",
                                                              "Щука",
                                                              "Καλημέρα",
                                                              "你好",
                                                              "漢字かな交じり文",
                                                              "안녕하세요",
                                                              "नमस्ते",
                                                              "สวัสดี",
                                                              "e\u0301",
                                                              "x\u0301\u0323",
                                                              "\u0301",
                                                              "\u200D",
                                                              "\uFEFF\u2028",  // combining, alone, without appearance
                                                              "\\",
                                                              "\\\\u{41}",
                                                              "\\u{1F600}",
                                                              "{GRINNING FACE}"};  // what looks like an escape
    switch (below(8)) {
      case 0:
        return blanks_and_breaks();
      case 1:
        return letters();
      case 2:
        return " ";
      case 3:
        return below(10) == 0 ? std::string(1, static_cast<char>(below(0x20))) : " and ";
      case 4:
        return below(4) == 0 ? any_character() : "word ";
      default:
        return one_of(choices);
    }
  }

  std::string any_character() {
    char32_t code = 0;
    do code = static_cast<char32_t>(below(0x110000));
    while (code >= 0xD800 && code <= 0xDFFF);
    std::string text;
    append_utf8(text, code);
    return text;
  }

  std::mt19937 generator_;
};

}  // namespace causeway
