// The rules of communications, and the list over both stores.
#include "rules.hpp"

#include <gtest/gtest.h>

#include "listing.hpp"

namespace communications {
namespace {

TEST(Home, is_pluto_for_an_international_customer_and_cuba_for_anyone_else) {
  EXPECT_EQ(home_of(true), store::pluto);
  EXPECT_EQ(home_of(false), store::cuba);
}

TEST(Stacking, needs_a_customer_who_is_in_personalised_services) {
  const std::pair<std::optional<std::string_view>, bool> cases[] = {
      {std::nullopt, false}, {"REFERRED", true}, {"ASSIGNED", true}, {"TRANSFERRED_OUT", false}};
  for (const auto &[status, takes] : cases)
    EXPECT_EQ(takes_stacking_documents(status), takes) << status.value_or("no PS customer");
}

TEST(Blank, is_text_of_which_nobody_could_read_anything) {
  for (const char *text : {"", " ", "\n", " \t\r\n", "\xc2\xa0", "\xe3\x80\x80 \xe2\x80\xa8"})
    EXPECT_TRUE(is_blank(text)) << '"' << text << '"';
  for (const char *text : {".", " a", "\n-\n", "é", "\xc2\xa0x"}) EXPECT_FALSE(is_blank(text)) << '"' << text << '"';
}

TEST(CopyState, is_one_of_four) {
  const std::pair<std::optional<std::string_view>, std::string_view> cases[] = {{std::nullopt, "NOT_APPLICABLE"},
                                                                                {"PENDING", "PENDING"},
                                                                                {"COPIED", "COPIED"},
                                                                                {"DEAD", "DEAD"},
                                                                                {"DISCARDED", "DEAD"}};
  for (const auto &[crossing, told] : cases) EXPECT_EQ(copy_state(crossing), told);
}

TEST(Blame, is_the_callers_for_what_the_body_holds_only) {
  const auto invalid = [](const char *field) {
    return causeway::fault{causeway::outcome::invalid, {}, {{field, "too-long", ""}}};
  };
  EXPECT_TRUE(blames_the_body(invalid("text"), true));
  EXPECT_TRUE(blames_the_body(invalid("text"), false));
  EXPECT_TRUE(blames_the_body(invalid("type"), true));
  EXPECT_FALSE(blames_the_body(invalid("type"), false)) << "a code of the settings";
  EXPECT_FALSE(blames_the_body(invalid("createdBy"), true));
}

entry at(const char *created_at, const char *id, store where) {
  entry one;
  one.where = where;
  one.what.created_at = created_at;
  one.what.communication_id = id;
  return one;
}

std::string ids_of(const page &of) {
  std::string ids;
  for (const auto &one : of.items) ids += one.what.communication_id;
  return ids;
}

constexpr const char *first = "2026-11-21T09:15:00.000Z", *second = "2026-11-21T09:15:00.001Z",
                     *third = "2026-11-21T09:15:00.002Z";

TEST(List, is_newest_first_over_both_stores) {
  const std::vector<entry> pluto{at(third, "e", store::pluto), at(first, "b", store::pluto)};
  const std::vector<entry> cuba{at(second, "d", store::cuba), at(first, "c", store::cuba), at(first, "a", store::cuba)};
  EXPECT_EQ(ids_of(merge(pluto, cuba, 10)), "edcba");
  EXPECT_EQ(merge(pluto, cuba, 10).next, std::nullopt);
  EXPECT_EQ(merge(pluto, cuba, 5).next, std::nullopt) << "the last page knows that it is the last";
  EXPECT_EQ(ids_of(merge(pluto, cuba, 3)), "edc");
  EXPECT_EQ(merge(pluto, cuba, 3).next, (position{first, "c"}));
  EXPECT_EQ(ids_of(merge({}, cuba, 2)), "dc");
  EXPECT_EQ(ids_of(merge(pluto, {}, 1)), "e");
  EXPECT_EQ(ids_of(merge({}, {}, 1)), "");
}

TEST(ListCursor, is_a_place_and_nothing_else) {
  // An id is whatever the site's tables hold.
  for (const position &place : {position{first, "0195e2a0-7c1e-7000-8000-000000000001"}, position{first, "AB 12"},
                                position{first, "Ä/12"}, position{first, std::string(100, 'a')}})
    EXPECT_EQ(from_cursor(to_cursor(place)), place);
  for (const position &bad : {position{"2026-11-21", "a"}, position{first, "\xff"}, position{"x' OR 1=1 --", "a"}})
    EXPECT_EQ(from_cursor(to_cursor(bad)), std::nullopt) << bad.created_at << ' ' << bad.id;
  EXPECT_EQ(from_cursor("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace communications
