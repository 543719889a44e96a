// Times, cursors and digests: what goes out as text comes back as it was, and nothing else comes back at all.
#include <gtest/gtest.h>

#include "causeway/cursor.hpp"
#include "causeway/time.hpp"

namespace causeway::sdk {
namespace {

TEST(Time, is_written_and_read_back) {
  const std::pair<std::int64_t, const char *> cases[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {1, "1970-01-01T00:00:00.001Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
      {1795252500000, "2026-11-21T09:15:00.000Z"},
      {1709251199999, "2024-02-29T23:59:59.999Z"},
      {253402300799999, "9999-12-31T23:59:59.999Z"},
  };
  for (const auto &[milliseconds, text] : cases) {
    EXPECT_EQ(format_time(milliseconds), text);
    EXPECT_EQ(parse_time(text), milliseconds) << text;
  }
}

TEST(Time, refuses_what_it_would_not_have_written) {
  for (const char *text :
       {"", "2026-11-21", "2026-11-21T09:15:00Z", "2026-11-21T09:15:00.000", "2026-11-21 09:15:00.000Z",
        "2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-11-21T24:00:00.000Z", "2026-11-21T09:60:00.000Z",
        "2026-11-21T09:15:60.000Z", "2026-11-21T09:15:00.00xZ", "2026-11-21T09:15:00.000Z "})
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

TEST(Cursor, gives_its_place_back) {
  const std::vector<std::string> cases[] = {
      {"a"}, {"ab"}, {"abc"}, {"2026-11-21T09:15:00.000Z", "0195e2"}, {"ü", "日本", "\xf0\x9f\x98\x80"}};
  for (const auto &place : cases) {
    const auto cursor = place.size() == 1   ? make_cursor({place[0]})
                        : place.size() == 2 ? make_cursor({place[0], place[1]})
                                            : make_cursor({place[0], place[1], place[2]});
    EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_EQ(read_cursor(cursor, place.size()), place);
  }
}

TEST(Cursor, refuses_what_it_has_not_made) {
  const std::string good = make_cursor({"2026-11-21T09:15:00.000Z", "0195e2"});
  EXPECT_EQ(read_cursor(good, 1), std::nullopt) << "another number of values";
  EXPECT_EQ(read_cursor(good, 3), std::nullopt) << "another number of values";
  EXPECT_EQ(read_cursor(make_cursor({"abc"}) + "A", 1), std::nullopt) << "a digit too many";
  EXPECT_EQ(read_cursor(good + "=", 2), std::nullopt) << "padding";
  EXPECT_EQ(read_cursor("", 1), std::nullopt);
  EXPECT_EQ(read_cursor("YQpi!", 2), std::nullopt);
  EXPECT_EQ(read_cursor("YR", 1), std::nullopt) << "bits behind the last byte";
  EXPECT_EQ(read_cursor(make_cursor({"a", ""}), 2), std::nullopt) << "an empty value";
}

TEST(Cursor, carries_every_text_that_a_record_can_hold_and_no_other) {
  for (const std::string text : {"AB 12", "AB/12", "'; --", "\t", "\x7f", "\xc2\x80", "Łódź", "\xed\x9f\xbf",
                                 "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_EQ(read_cursor(make_cursor({text, text}), 2), std::vector(2, text)) << text;
  for (const std::string text :
       {std::string("a\0b", 3), std::string("\x80"), std::string("\xc3"), std::string("\xc3z"), std::string("\xc1\xbf"),
        std::string("\xe0\x9f\xbf"), std::string("\xe2\x82"), std::string("\xed\xa0\x80"),
        std::string("\xf0\x8f\xbf\xbf"), std::string("\xf4\x90\x80\x80"), std::string("\xff")})
    EXPECT_EQ(read_cursor(make_cursor({"a", text}), 2), std::nullopt) << text;
}

TEST(Digest, tells_contents_apart) {
  EXPECT_EQ(digest().add("a").add(1).text(), digest().add("a").add(1).text());
  EXPECT_NE(digest().add("a").add(1).text(), digest().add("a").add(2).text());
  EXPECT_NE(digest().add("ab").add("c").text(), digest().add("a").add("bc").text());
  EXPECT_EQ(digest().add("a").text().size(), 16u);
}

}  // namespace
}  // namespace causeway::sdk
