// Character sets, escapes, wrapping, transliteration: each by itself, by example.
#include <gtest/gtest.h>
#include <thread>

#include "mapping/charset.hpp"
#include "mapping/escape.hpp"
#include "mapping/random_text.hpp"
#include "mapping/transliterate.hpp"
#include "mapping/utf8.hpp"
#include "mapping/wrap.hpp"
#include "runtime/suggestion.hpp"

namespace causeway {
namespace {

constexpr auto nowhere = std::string_view::npos;
using namespace std::string_literals;

TEST(Utf8, DecodesWhatItWrites) {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code == 0xD800) code = 0xE000;
    std::string text;
    append_utf8(text, code);
    const auto character = decode_utf8(text, 0);
    ASSERT_TRUE(character.valid && character.code == code && character.length == text.size())
        << std::hex << unsigned(code);
    ASSERT_EQ(characters_of(text), 1u);
  }
}

TEST(Utf8, RefusesWhatIsNot) {
  for (const auto &bad : {"\x80"s, "\xC0\xAF"s, "\xC3"s, "\xC3("s, "\xE0\x80\x80"s, "\xED\xA0\x80"s,
                          "\xF0\x80\x80\x80"s, "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xFF"s, "\xE2\x82"s}) {
    EXPECT_FALSE(decode_utf8(bad, 0).valid);
    EXPECT_EQ(find_invalid_utf8("ok" + bad), 2u);
    for (const auto set : {charset::utf8, charset::windows_1252, charset::iso_8859_1, charset::ascii})
      EXPECT_EQ(find_unmappable(set, "ok" + bad), 2u);
  }
}

struct set_case {
  char32_t code;
  bool utf8, windows_1252, iso_8859_1, ascii;
};

TEST(Charset, HoldsItsCharacters) {
  for (const auto &c : {
           set_case{'a', true, true, true, true}, {'~', true, true, true, true},
           {'\t', true, true, true, true},        {'\n', true, true, true, true},
           {'\r', true, true, true, true},        {0x00, false, false, false, false},
           {0x07, false, false, false, false},    {0x1B, false, false, false, false},
           {0x7F, false, false, false, false},    {0x80, false, false, false, false},
           {0x81, false, false, false, false},  // the five that windows-1252 does not define
           {0x8D, false, false, false, false},    {0x8F, false, false, false, false},
           {0x90, false, false, false, false},    {0x9D, false, false, false, false},
           {0xA0, true, true, true, false},       {0xE9, true, true, true, false},
           {0xFF, true, true, true, false},       {0x20AC, true, true, false, false},
           {0x201C, true, true, false, false},    {0x0178, true, true, false, false},
           {0x0100, true, false, false, false},   {0x1F600, true, false, false, false},
           {0xD800, false, false, false, false},
       }) {
    EXPECT_EQ(is_in(charset::utf8, c.code), c.utf8) << std::hex << unsigned(c.code);
    EXPECT_EQ(is_in(charset::windows_1252, c.code), c.windows_1252) << std::hex << unsigned(c.code);
    EXPECT_EQ(is_in(charset::iso_8859_1, c.code), c.iso_8859_1) << std::hex << unsigned(c.code);
    EXPECT_EQ(is_in(charset::ascii, c.code), c.ascii) << std::hex << unsigned(c.code);
  }
}

TEST(Charset, HasAsManyCharactersAsItsTable) {
  const auto count = [](charset set) {
    std::size_t n = 0;
    for (char32_t code = 0; code <= 0x10FFFF; ++code) n += is_in(set, code);
    return n;
  };
  EXPECT_EQ(count(charset::ascii), 95u + 3);
  EXPECT_EQ(count(charset::iso_8859_1), 95u + 3 + 96);
  EXPECT_EQ(count(charset::windows_1252), 95u + 3 + 96 + 27);
}

TEST(Charset, FindsTheFirstThatItLacks) {
  EXPECT_EQ(find_unmappable(charset::windows_1252, "na\u00EFve \u20AC 5"), nowhere);
  EXPECT_EQ(find_unmappable(charset::windows_1252, "a\u00E9\U0001F600\U0001F600"), 3u);
  EXPECT_EQ(find_unmappable(charset::ascii, ""), nowhere);
  EXPECT_EQ(find_unmappable(charset::utf8, "a\0b"s), 1u);
}

TEST(Charset, FindsWhatItLacksWhereverItStands) {
  for (const std::string &odd : {"\0"s, "\x1F"s, "\x7F"s, "\xFF"s, "\u20AD"s})
    for (const char *plain : {"x", "\t", "\u00E9"})
      for (int before = 0; before < 50; ++before)
        for (int behind = 0; behind < 10; ++behind) {
          std::string text;
          for (int i = 0; i < before; ++i) text += i % 11 == 0 ? plain : "x";
          const std::size_t at = text.size();
          text += odd + std::string(std::size_t(behind), '~');
          ASSERT_EQ(find_unmappable(charset::iso_8859_1, text), at);
          text.erase(at, odd.size());
          ASSERT_EQ(find_unmappable(charset::iso_8859_1, text), nowhere);
        }
}

TEST(Escape, WritesWhatTheSetLacksAsCodePoints) {
  EXPECT_EQ(escaped("5 \u20AC \U0001F600", charset::windows_1252), "5 \u20AC \\u{1F600}");
  EXPECT_EQ(escaped("\u20AC", charset::ascii), "\\u{20AC}");
  EXPECT_EQ(escaped("a\0\x07"s, charset::utf8), "a\\u{0}\\u{7}");
  EXPECT_EQ(escaped("C:\\users", charset::utf8), "C:\\\\users");
  EXPECT_EQ(escaped("\U0010FFFF", charset::ascii), "\\u{10FFFF}");
}

TEST(Escape, LeavesAloneWhatIsNoEscape) {
  for (const auto *text : {"C:\\users", "\\", "a\\u", "\\u{", "\\u{}", "\\u{1F600", "\\u{110000}", "\\u{D800}",
                           "\\u{1234567}", "\\u{1f600}", "\\x41"})
    EXPECT_EQ(unescaped(text), text);
}

TEST(Escape, DropsATornEscapeOnly) {
  struct {
    std::string_view text, left;
  } cases[] = {{"abc", "abc"},
               {"abc\\u{1F60", "abc"},
               {"abc\\u", "abc"},
               {"abc\\", "abc"},
               {"abc\\\\", "abc\\\\"},
               {"abc\\\\\\", "abc\\\\"},
               {"abc\\u{1F600}", "abc\\u{1F600}"},
               {"abcde\\u{\n1F60", "abcde"},
               {"abcdefg\\\nu{1F60", "abcdefg"},
               {"abcdefg\\\n\\", "abcdefg\\\n\\"}};
  for (const auto &c : cases) {
    std::string text(c.text);
    drop_torn_escape(text);
    EXPECT_EQ(text, c.left) << c.text;
  }
}

struct wrap_case {
  std::string_view text, stored;
};

TEST(Wrap, BreaksBehindTheLastBlankThatFits) {
  for (const auto &c : {
           wrap_case{"", ""},
           {"short", "short"},
           {"12345678", "12345678"},
           {"123456789", "12345678\n9"},
           {"one two three", "one two \nthree"},
           {"one two  three", "one two \n three"},
           {"a 3456789", "a \n3456789"},
           {"a\nb", "a\nb"},
           {"a\n\nb", "a\n\nb"},
           {"a\n", "a\n"},
           {"\n", "\n"},
           {"12345678\nb", "12345678\n\nb"},  // a full line is ended by an empty one
           {"12345678\n", "12345678\n\n"},
           {"a \nb", "a \n\nb"},  // and so is one that ends with a blank
           {"a ", "a "},
           {"          ", "        \n  "},
           {"éééééééééé", "éééééééé\néé"},
           {"a\r\nb", "a\r\nb"},
       }) {
    EXPECT_EQ(wrapped(c.text, 8), c.stored) << c.text;
    EXPECT_EQ(unwrapped(c.stored, 8), c.text) << c.stored;
  }
}

TEST(Wrap, KeepsLinesThatAreTooWideAlready) { EXPECT_EQ(unwrapped("1234567890\nb", 8), "1234567890\nb"); }

TEST(Wrap, IsUndoneForAnyTextAndNoLineIsTooWide) {
  random_text texts(20261121);
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t width = i % 3 == 0 ? 72 : least_wrap + texts.below(80);
    const std::string text = texts.any(4'000);
    const std::string stored = wrapped(text, width);
    ASSERT_EQ(unwrapped(stored, width), text) << "value " << i << ", width " << width;
    for (std::size_t begin = 0; begin <= stored.size();) {
      const auto end = std::min(stored.find('\n', begin), stored.size());
      ASSERT_LE(characters_of(std::string_view(stored).substr(begin, end - begin)), width) << "value " << i;
      begin = end + 1;
    }
  }
}

// Every text of up to seven of these characters: whatever combination there is at a line's end, it is among them.
TEST(Wrap, IsUndoneForEverySmallText) {
  constexpr std::string_view letters = "x \n";
  for (const std::size_t width : {1u, 2u, 3u})
    for (std::size_t length = 0; length <= 9; ++length) {
      std::size_t texts = 1;
      for (std::size_t i = 0; i < length; ++i) texts *= letters.size();
      for (std::size_t number = 0; number < texts; ++number) {
        std::string text;
        for (std::size_t i = 0, rest = number; i < length; ++i, rest /= letters.size())
          text += letters[rest % letters.size()];
        ASSERT_EQ(unwrapped(wrapped(text, width), width), text) << width;
      }
    }
}

struct transliteration_case {
  std::string_view text, windows_1252, ascii;
};

TEST(Transliterate, FindsTheNearestCharactersOfTheSet) {
  for (const auto &c : {
           transliteration_case{"plain", "plain", "plain"},
           {"", "", ""},
           {"Łódź", "Lódz", "Lodz"},
           {"e\u0301x\u0301", "\u00E9x", "ex"},  // composed where the set can, else dropped
           {"\u0301x", "{COMBINING ACUTE ACCENT}x", "{COMBINING ACUTE ACCENT}x"},
           {"Привет, Жанна", "Privet, Žanna", "Privet, Zanna"},
           {"Καλημέρα", "Kaleméra", "Kalemera"},
           {"שלום", "slwm", "slwm"},
           {"بالعالم", "bal'alm", "bal'alm"},
           {"abc漢字 1", "abc hàn zì 1", "abc han zi 1"},
           {"こんにちは", "kon'nichiha", "kon'nichiha"},
           {"안녕하세요", "annyeonghaseyo", "annyeonghaseyo"},
           {"“5 €”…", "“5 €”…", "\"5 {EURO SIGN}\"..."},
           {"①№ﬁ", "1Nofi", "1Nofi"},
           {"😀", "{GRINNING FACE}", "{GRINNING FACE}"},
           {"👨‍👩‍👧", "{MAN}{WOMAN}{GIRL}", "{MAN}{WOMAN}{GIRL}"},
           {"🇦🇺", "{FLAG AU}", "{FLAG AU}"},
           {"🇦🇺🇩", "{FLAG AU}{REGIONAL INDICATOR SYMBOL LETTER D}", "{FLAG AU}{REGIONAL INDICATOR SYMBOL LETTER D}"},
           {"1️⃣", "1", "1"},
           {"\u200D", "{ZERO WIDTH JOINER}", "{ZERO WIDTH JOINER}"},  // never nothing for something
           {"a\u200Fb", "ab", "ab"},
           {"a\u2003b\u2028c", "a b\nc", "a b\nc"},
           {"\uE000", "{U+E000}", "{U+E000}"},
           {"a\x07", "a{U+0007}", "a{U+0007}"},
           {"a\xFF", "a{REPLACEMENT CHARACTER}", "a{REPLACEMENT CHARACTER}"},
           {"ᚠ", "{RUNIC LETTER FEHU FEOH FE F}", "{RUNIC LETTER FEHU FEOH FE F}"},
       }) {
    EXPECT_EQ(transliterated(c.text, charset::windows_1252), c.windows_1252) << c.text;
    EXPECT_EQ(transliterated(c.text, charset::ascii), c.ascii) << c.text;
  }
}

TEST(Transliterate, LeavesUtf8AsItIsButForControlCharacters) {
  EXPECT_EQ(transliterated("e\u0301 😀 \u2028\0"s, charset::utf8), "e\u0301 😀 \u2028{U+0000}");
}

TEST(Transliterate, GivesEveryCharacterSomethingOfTheSet) {
  for (char32_t code = 0; code <= 0x2FFFF; ++code) {
    if (code == 0xD800) code = 0xE000;
    std::string text;
    append_utf8(text, code);
    for (const auto set : {charset::windows_1252, charset::ascii}) {
      const std::string near = transliterated(text, set);
      ASSERT_FALSE(near.empty()) << std::hex << unsigned(code);
      ASSERT_EQ(find_unmappable(set, near), nowhere) << std::hex << unsigned(code) << ' ' << near;
      ASSERT_TRUE(code == '?' || code == 0xBF || near.find('?') == std::string::npos || near == "?" || near == "??" ||
                  near == "?!" || near == "!?")
          << std::hex << unsigned(code) << ' ' << near;
    }
    if (code == 0x3400) code = 0x9FF0;  // ICU knows these one like the other, and takes its time
    if (code == 0xAC80) code = 0xD700;
    if (code == 0x20100) code = 0x2FF00;
  }
}

TEST(Transliterate, WorksOnManyThreadsAtOnce) {
  const std::string text = "Łódź Привет 你好 😀 안녕 สวัสดี";
  const std::string expected = transliterated(text, charset::windows_1252);
  std::vector<std::thread> threads;
  std::array<int, 4> wrong{};
  threads.reserve(wrong.size());
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) wrong[t] += transliterated(text, charset::windows_1252) != expected;
    });
  for (auto &thread : threads) thread.join();
  EXPECT_EQ(wrong, (std::array<int, 4>{}));
}

TEST(Nearest, GuessesWhatWasMeant) {
  const std::vector<std::string_view> known{"csid", "createdAt", "createdBy", "communicationId"};
  EXPECT_EQ(nearest("comunicationID", known), "communicationId");
  EXPECT_EQ(nearest("creatdBy", known), "createdBy");
  EXPECT_EQ(nearest("csdi", known), "csid");
  EXPECT_EQ(nearest("csidd", known), "csid");
  EXPECT_EQ(nearest("weather", known), "");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace causeway
