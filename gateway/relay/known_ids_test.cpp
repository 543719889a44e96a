#include "relay/known_ids.hpp"

#include <gtest/gtest.h>

namespace causeway {
namespace {

using ids = std::vector<std::int64_t>;
using ranges = std::vector<known_ids::range>;

known_ids with(const ids &all) {
  known_ids known;
  for (const std::int64_t id : all) known.add(id);
  return known;
}

struct given_ids {
  const char *what;
  ids known;
  std::int64_t up_to;
  std::size_t most;
  ranges unknown;
};

class KnownIds : public ::testing::TestWithParam<given_ids> {};

TEST_P(KnownIds, tell_where_others_may_be) {
  const given_ids &r = GetParam();
  EXPECT_EQ(with(r.known).unknown(r.up_to, r.most), r.unknown);
  EXPECT_EQ(with({r.known.rbegin(), r.known.rend()}).unknown(r.up_to, r.most), r.unknown) << "in whatever order";
}

INSTANTIATE_TEST_SUITE_P(
    Of, KnownIds,
    ::testing::Values(
        given_ids{"none", {}, 7, 4, {{0, 7}}}, given_ids{"all", {1, 2, 3, 4}, 4, 4, {}},
        given_ids{"all_and_more", {1, 2, 3, 4}, 2, 4, {}}, given_ids{"those_behind", {5, 6}, 6, 4, {{0, 4}}},
        given_ids{"those_before", {1, 2}, 6, 4, {{2, 6}}}, given_ids{"one_within", {4}, 7, 4, {{0, 3}, {4, 7}}},
        given_ids{"one_that_joins_two", {1, 2, 4, 5, 3}, 6, 4, {{5, 6}}},
        given_ids{"one_twice", {1, 2, 2, 1}, 3, 4, {{2, 3}}}, given_ids{"one_behind_the_end", {9}, 7, 4, {{0, 7}}},
        given_ids{"as_many_runs_as_there_may_be", {1, 3, 5}, 5, 3, {{1, 2}, {3, 4}}},
        given_ids{"more_runs_than_there_may_be", {2, 4, 5, 7}, 8, 2, {{0, 3}, {5, 8}}},
        given_ids{"any_when_one_range_must_do", {2, 4, 5, 7}, 8, 1, {{0, 8}}}),
    [](const auto &info) { return std::string(info.param.what); });

TEST(known_ids, say_which_they_are) {
  const known_ids known = with({3, 4, 8});
  for (const std::int64_t id : ids{3, 4, 8}) EXPECT_TRUE(known.contains(id)) << id;
  for (const std::int64_t id : ids{1, 2, 5, 7, 9}) EXPECT_FALSE(known.contains(id)) << id;
}

TEST(known_ids, are_forgotten_rather_than_kept_without_end) {
  known_ids known;
  for (std::int64_t id = 1; id <= 1'000; ++id) known.add(id);
  for (std::int64_t id = 2'000; id < 12'000; id += 2) known.add(id);
  EXPECT_TRUE(known.contains(500)) << "a long run stays";
  EXPECT_TRUE(known.contains(11'998)) << "so does what came last";
  std::size_t left = 0;
  for (std::int64_t id = 2'000; id < 12'000; id += 2) left += known.contains(id) ? 1 : 0;
  EXPECT_LE(left, 2'000u);
}

}  // namespace
}  // namespace causeway
