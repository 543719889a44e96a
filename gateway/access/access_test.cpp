#include "access/access.hpp"

#include <gtest/gtest.h>
#include <set>
#include <stdexcept>

namespace causeway {
namespace {

const access &two_callers() {
  static const access a({{"PSO001", {"ps-officer"}, hash_of("cw_first")},
                         {"OPS", {"operator", "service-manager"}, hash_of("cw_second")}});
  return a;
}

TEST(Access, KnowsACallerByTheHashOfTheKey) {
  const auto who = two_callers().authenticate("Bearer cw_second");
  ASSERT_TRUE(who);
  EXPECT_EQ(who->name, "OPS");
  EXPECT_EQ(who->roles, (std::vector<std::string>{"operator", "service-manager"}));
}

TEST(Access, ReadsTheHeaderByItsShape) {
  const struct {
    const char *header;
    bool known;
  } table[] = {
      {"Bearer cw_first", true},   {"bearer cw_first", true},   {"BEARER   cw_first", true}, {"", false},
      {"Bearer", false},           {"Bearer ", false},          {"cw_first", false},         {"Basic cw_first", false},
      {"Bearer cw_firs", false},   {"Bearer cw_first ", false}, {"Bearer cw_first1", false}, {"Bearer CW_FIRST", false},
      {"Bearers cw_first", false}, {"Bear cw_first", false},
  };
  for (const auto &row : table) EXPECT_EQ(two_callers().authenticate(row.header).has_value(), row.known) << row.header;
}

TEST(Access, RefusesAHashAsAKey) { EXPECT_FALSE(two_callers().authenticate("Bearer " + hash_of("cw_first"))); }

TEST(Access, NamesTheEntryThatCannotBe) {
  const struct {
    std::vector<access_entry> entries;
    const char *text;
  } table[] = {
      {{{"A", {"operator"}, "12"}}, "key \"A\": sha256 is not 64 hex digits"},
      {{{"A", {"king"}, hash_of("k")}}, "key \"A\": there is no role \"king\""},
      {{{"A", {}, hash_of("k")}}, "key \"A\": it has no role"},
      {{{"", {"operator"}, hash_of("k")}}, "a key has no name"},
      {{{"A", {"operator"}, hash_of("k")}, {"B", {"operator"}, hash_of("k")}},
       "key \"B\": it is the same key as \"A\""},
  };
  for (const auto &row : table) {
    try {
      const access made(row.entries);
      ADD_FAILURE() << "made in spite of: " << row.text;
    } catch (const std::invalid_argument &e) {
      EXPECT_STREQ(e.what(), row.text);
    }
  }
}

TEST(Keys, AreLongRandomAndFitAHeader) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto key = new_key();
    EXPECT_EQ(key.size(), 3u + 43u);
    EXPECT_EQ(key.substr(0, 3), "cw_");
    EXPECT_EQ(key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), key.npos);
    EXPECT_TRUE(seen.insert(key).second);
  }
}

TEST(Keys, AreKeptAsTheirSha256) {
  EXPECT_EQ(hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace causeway
