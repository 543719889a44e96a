// Character set, lines and length together: by example what an officer is told, and as properties what can be read
// back, over generated texts.
#include "mapping/text_convention.hpp"

#include <gtest/gtest.h>

#include "mapping/charset.hpp"
#include "mapping/random_text.hpp"
#include "mapping/transliterate.hpp"
#include "mapping/utf8.hpp"

namespace causeway {
namespace {

constexpr auto none = std::string_view::npos;
using namespace std::string_literals;

text_convention cuba(on_unmappable unmappable, std::size_t wrap = 0, std::size_t max_length = 0,
                     on_too_long too_long = on_too_long::reject) {
  return {"cuba.notepad.text", charset::windows_1252, unmappable, wrap, max_length, too_long};
}

std::vector<input_fault> faults_of(const text_convention &convention, std::string_view text) {
  std::vector<input_fault> faults;
  convention.carry(text, "text", faults);
  return faults;
}

// The text as it is carried, which it must be.
std::string carried(const text_convention &convention, std::string_view text) {
  std::vector<input_fault> faults;
  std::string stored = convention.carry(text, "text", faults);
  EXPECT_TRUE(faults.empty()) << (faults.empty() ? "" : faults.front().detail);
  return stored;
}

struct fault_case {
  text_convention convention;
  std::string text;
  std::vector<input_fault> faults;
};

TEST(TextConvention, SaysWhatCannotCross) {
  const auto reject = on_unmappable::reject;
  for (const auto &c : {
           fault_case{cuba(reject), "na\u00EFve \u20AC \u201Cx\u201D\r\n\t", {}},
           {cuba(reject),
            "see \U0001F600",
            {{"text", "unmappable-character",
              "character 5 is U+1F600 (GRINNING FACE), which cuba.notepad.text cannot hold: it takes windows-1252 text "
              "without control characters"}}},
           {cuba(reject),
            "\u0141\u00F3d\u017A",
            {{"text", "unmappable-character",
              "character 1 is U+0141 (LATIN CAPITAL LETTER L WITH STROKE), which cuba.notepad.text cannot hold: it "
              "takes windows-1252 text without control characters; and 1 more like it"}}},
           {cuba(reject),
            "a\0"s,
            {{"text", "unmappable-character",
              "character 2 is U+0000 (a control character), which cuba.notepad.text cannot hold: it takes windows-1252 "
              "text without control characters"}}},
           {cuba(reject), "ab\xFF", {{"text", "unmappable-character", "is not UTF-8 text from character 3 on"}}},
           {cuba(on_unmappable::escape),
            "\U0001F600 ab\xC3",
            {{"text", "unmappable-character", "is not UTF-8 text from character 5 on"}}},
           {cuba(reject, 0, 5), "123456", {{"text", "too-long", "has 6 characters; at most 5 fit cuba.notepad.text"}}},
           {cuba(reject, 8, 9),
            "123456789",
            {{"text", "too-long", "has 9 characters, 10 as cuba.notepad.text holds them; at most 9 fit"}}},
           {cuba(on_unmappable::transliterate, 0, 10),
            "\U0001F600",
            {{"text", "too-long", "has 1 character, 15 as cuba.notepad.text holds them; at most 10 fit"}}},
       })
    EXPECT_EQ(faults_of(c.convention, c.text), c.faults) << c.text;
}

TEST(TextConvention, SaysAllThatIsWrong) {
  const auto faults = faults_of(cuba(on_unmappable::reject, 0, 5), "12345\U0001F600");
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].code, "unmappable-character");
  EXPECT_EQ(faults[1].code, "too-long");
}

TEST(TextConvention, CountsCharactersNotBytes) {
  EXPECT_EQ(carried(cuba(on_unmappable::reject, 0, 4), "éééé"), "éééé");
  EXPECT_EQ(carried(cuba(on_unmappable::reject, 0, 4, on_too_long::truncate), "ééééé"), "éééé");
}

TEST(TextConvention, TruncatesBetweenEscapes) {
  EXPECT_EQ(carried(cuba(on_unmappable::escape, 0, 9, on_too_long::truncate), "abc\U0001F600"), "abc");
  EXPECT_EQ(carried(cuba(on_unmappable::escape, 0, 12, on_too_long::truncate), "abc\U0001F600d"), "abc\\u{1F600}");
  EXPECT_EQ(carried(cuba(on_unmappable::escape, 0, 4, on_too_long::truncate), "abc\\d"), "abc");
}

// ---- properties

constexpr int values = 20'000;
constexpr std::size_t widths[] = {0, 72, 8, 33};

TEST(TextConventionProperty, RejectedOrReadBackExactly) {
  random_text texts(1);
  int refused = 0;
  for (int i = 0; i < values; ++i) {
    const auto convention = cuba(on_unmappable::reject, widths[i % 4]);
    const std::string text = i % 2 ? texts.of(charset::windows_1252, 4'000) : texts.any(4'000);
    std::vector<input_fault> faults;
    const std::string stored = convention.carry(text, "text", faults);
    ASSERT_EQ(faults.empty(), find_unmappable(charset::windows_1252, text) == none) << i;
    refused += !faults.empty();
    if (!faults.empty()) continue;
    ASSERT_EQ(find_unmappable(charset::windows_1252, stored), none) << i;
    ASSERT_EQ(convention.restore(stored), text) << i;
  }
  EXPECT_GT(refused, values / 10);
  EXPECT_LT(refused, values / 2 + 1);
}

TEST(TextConventionProperty, EscapedIsReadBackExactly) {
  random_text texts(2);
  for (int i = 0; i < values; ++i) {
    auto convention = cuba(on_unmappable::escape, widths[i % 4]);
    convention.encoding =
        std::array{charset::windows_1252, charset::ascii, charset::utf8, charset::iso_8859_1}[i / 4 % 4];
    const std::string text = texts.any(4'000);
    const std::string stored = carried(convention, text);
    ASSERT_EQ(find_unmappable(convention.encoding, stored), none) << i;
    ASSERT_EQ(convention.restore(stored), text) << i;
  }
}

TEST(TextConventionProperty, TransliteratedIsOfTheSetAndStable) {
  random_text texts(3);
  for (int i = 0; i < values; ++i) {
    auto convention = cuba(on_unmappable::transliterate, widths[i % 4]);
    convention.encoding = i % 3 == 0 ? charset::ascii : charset::windows_1252;
    const bool of_the_set = i % 4 == 1;
    const std::string text = of_the_set ? texts.of(convention.encoding, 4'000) : texts.any(4'000);
    const std::string stored = carried(convention, text);
    const std::string told = convention.restore(stored);
    ASSERT_EQ(find_unmappable(convention.encoding, stored), none) << i;
    ASSERT_EQ(told, transliterated(text, convention.encoding)) << i;
    ASSERT_EQ(stored.empty(), text.empty()) << i;
    ASSERT_EQ(carried(convention, told), stored) << i;
    if (of_the_set) ASSERT_EQ(told, text) << i;
  }
}

// Characters of the set stay in their order, whatever stands between them.
TEST(TextConventionProperty, TransliterationKeepsWhatTheSetHolds) {
  random_text texts(4);
  for (int i = 0; i < 5'000; ++i) {
    // Without combining marks, which join the characters before them.
    std::string text, kept;
    for (int k = 0; k < 30; ++k) {
      const std::string held = texts.of(charset::windows_1252, 6);
      text += held + "\U0001F600";
      kept += held + "{GRINNING FACE}";
    }
    ASSERT_EQ(transliterated(text, charset::windows_1252), kept) << i;
  }
}

TEST(TextConventionProperty, TruncatedIsABeginningAndStable) {
  random_text texts(5);
  int cut = 0;
  for (int i = 0; i < values; ++i) {
    const auto policy = std::array{on_unmappable::reject, on_unmappable::escape, on_unmappable::transliterate}[i % 3];
    auto whole = cuba(policy, widths[i / 3 % 4]);
    const std::string text = policy == on_unmappable::reject ? texts.of(charset::windows_1252, 500) : texts.any(500);
    auto shortened = whole;
    shortened.max_length = 1 + texts.below(i % 5 == 0 ? 500 : 100);
    shortened.too_long = on_too_long::truncate;

    const std::string all = whole.restore(carried(whole, text));
    const std::string stored = carried(shortened, text);
    const std::string told = shortened.restore(stored);
    cut += told != all;
    ASSERT_LE(characters_of(stored), shortened.max_length) << i;
    ASSERT_EQ(find_invalid_utf8(stored), none) << i;
    ASSERT_TRUE(all.starts_with(told)) << i;
    ASSERT_EQ(carried(shortened, told), stored) << i;
  }
  EXPECT_GT(cut, values / 5);
}

}  // namespace
}  // namespace causeway
