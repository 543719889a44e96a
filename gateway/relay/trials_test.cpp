// Whose turn it is to be tried alone, and who is to blame: each row some walks, one after another.
#include "relay/trials.hpp"

#include <gtest/gtest.h>
#include <string>

namespace causeway {
namespace {

// Copies as they are asked for, a letter for each: of the customer of that name, small where it failed before. A dot is
// one that is not there any more.
std::vector<candidate> copies(std::string_view letters) {
  static const std::string names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::vector<candidate> all;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters[i] == '.') continue;
    const bool failed = letters[i] >= 'a';
    const auto at = std::size_t(letters[i] - (failed ? 'a' : 'A'));
    all.push_back({i, std::int64_t(i) + 1, std::string_view(names).substr(at, 1), failed});
  }
  return all;
}

struct walk {
  std::string copies;
  target_showed before;
  std::string takes;  // which of them the target takes
  std::string tried;
  trial_verdict verdict;
  std::string unblamed = {};
};

constexpr auto nothing = target_showed::nothing;
constexpr auto takes_none = target_showed::takes_none;
constexpr auto takes_others = target_showed::takes_others;
constexpr auto fair = trial_verdict::fair;
constexpr auto away = trial_verdict::away;
constexpr auto in_doubt = trial_verdict::in_doubt;

struct story {
  std::string name;
  std::vector<walk> walks;
};

struct Trials : ::testing::TestWithParam<story> {};

TEST_P(Trials, go_like_this) {
  trials one;
  for (const walk &w : GetParam().walks) {
    std::string tried, unblamed;
    for (const candidate &c : one.begin(copies(w.copies), w.before)) {
      if (!one.goes_on()) break;
      const char letter = w.copies[c.place];
      tried += letter;
      if (w.takes.find(letter) != std::string::npos)
        one.taken();
      else
        one.not_taken(c);
    }
    EXPECT_EQ(one.end(), w.verdict);
    for (const std::size_t place : one.unblamed()) unblamed += w.copies[place];
    EXPECT_EQ(tried, w.tried);
    EXPECT_EQ(unblamed, w.unblamed);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Trials,
    ::testing::Values(
        story{"customer_by_customer_and_what_failed_before_last", {{"aBCaBD", takes_none, "aBCD", "BBCDaa", fair}}},
        story{"a_customers_copy_that_failed_before_goes_behind_its_earlier_ones",
              {{"aBb", takes_none, "aBb", "Bba", fair}}},
        story{"one_more_each_time_and_others_than_the_last_time",
              {{"ABCDEF", takes_none, "", "A", away, "A"},
               {"ABCDEF", takes_none, "", "BC", away, "BC"},
               {"ABCDEF", takes_none, "", "DEF", away, "DEF"},
               {"ABCDEF", takes_none, "D", "ABCDEF", fair}}},
        story{"those_whose_turn_it_was_may_be_gone",
              {{"ABC", takes_none, "", "A", away, "A"}, {"..CD", takes_none, "", "CD", away, "CD"}}},
        story{"in_vain_before_one_that_is_taken_is_to_blame",
              {{"ABC", takes_none, "", "A", away, "A"}, {"ABC", takes_none, "C", "BCA", fair}}},
        story{"a_target_that_goes_away_in_the_middle_blames_nobody_behind",
              {{"ABCDEFGHIJKLMNOPQRSTUVW", takes_none, "A", "ABCDEFGHIJKLMNOPQR", away, "BCDEFGHIJKLMNOPQR"},
               {".BCDEFGHIJKLMNOPQRSTUVW", takes_none, "", "S", away, "S"}}},
        story{"what_failed_before_is_to_blame_where_others_are_taken",
              {{"abcdefghijklmnopqrstuv", takes_others, "", "abcdefghijklmnopq", fair}}},
        story{"what_failed_before_does_not_stand_for_the_target",
              {{"ab", nothing, "", "a", in_doubt, "a"},
               {"ab", nothing, "", "ba", in_doubt, "ba"},
               {"ab", nothing, "b", "ba", fair}}},
        story{"but_what_did_not_does",
              {{"aB", takes_none, "", "B", away, "B"}, {"aB", takes_none, "", "aB", away, "aB"}}}),
    [](const auto &info) { return info.param.name; });

}  // namespace
}  // namespace causeway
