// Races for the same change, through the real host over memory stores: one wins, and no history row is missing or
// doubled.
#include <gtest/gtest.h>

#include "plugins/online_accounts/test_support.hpp"
#include "tests/support/plugin_harness.hpp"
#include "tests/support/turn_taking.hpp"

namespace causeway::testing {
namespace {

class OnlineAccountRaces : public ::testing::Test {
 protected:
  OnlineAccountRaces() {
    harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Z"}, {"country", "NZ"}, {"international", true}});
    for (int i = 0; i < 16; ++i) {
      callers.push_back(as("SO" + std::to_string(i), {"service-officer"}));
      harness.call("POST", customer + "/privacy-checks", {{"outcome", "SAFE"}}, callers.back());
    }
  }
  void account_is(const char *status) {
    harness.put(
        "pluto.onlineAccount",
        {{"accountId", "A1"}, {"csid", "000000004"}, {"status", status}, {"statusSince", "2020-01-01T00:00:00.000Z"}});
  }
  void preference_is(const char *service, bool due) {
    harness.put("pluto.channelPreference", {{"csid", "000000004"},
                                            {"product", "CHILD_SUPPORT"},
                                            {"service", service},
                                            {"updatedAt", "2020-01-01T00:00:00.000Z"},
                                            {"updatedBy", "SYSTEM"},
                                            {"resetDue", due}});
  }
  // All at once, each with the same ETag or none.
  std::map<int, int> race(const char *method, const std::string &path, const members &body, bool if_match) {
    extras with;
    if (if_match) with.if_match = harness.call("GET", customer + "/online-account", {}, officer).etag;
    racing.start();
    std::vector<plugin_harness::pending> all;
    for (const auto &who : callers) all.push_back(harness.begin(method, path, body, who, with));
    return racing.finish(harness, all);
  }

  racing_site racing{shipped_site()};
  plugin_harness harness{{.library = "online_accounts", .site = racing.site}};
  std::vector<principal> callers;
};

using outcomes = std::map<int, int>;

TEST_F(OnlineAccountRaces, for_a_channel_have_one_winner_and_one_history_row_a_preference) {
  const auto path = customer + "/channel-preferences";
  const auto rows = [&] { return harness.all("pluto.preferenceChange").size(); };
  EXPECT_EQ(race("PATCH", path, channel("LETTERS", "ONLINE"), false), (outcomes{{200, 1}, {409, 15}})) << "set first";
  EXPECT_EQ(rows(), 1u);
  EXPECT_EQ(race("PATCH", path, channel("LETTERS", "POST"), false), (outcomes{{200, 1}, {409, 15}})) << "set anew";
  EXPECT_EQ(rows(), 2u);
  EXPECT_EQ(race("PATCH", path, channel("NOTICES", "POST"), true), (outcomes{{200, 1}, {412, 15}}));
  EXPECT_EQ(rows(), 3u);
  EXPECT_EQ(race("PATCH", path, channel("NOTICES", "ONLINE", true), true), (outcomes{{200, 1}, {412, 15}}));
  EXPECT_EQ(rows(), 5u) << "both";
}

TEST_F(OnlineAccountRaces, for_an_account_have_one_winner_and_one_history_row) {
  account_is("ACTIVE");
  EXPECT_EQ(race("POST", account + "/actions", {{"action", "DEACTIVATE"}, {"reason", "r"}}, false),
            (outcomes{{200, 1}, {409, 15}}));
  EXPECT_EQ(harness.all("pluto.accountStatusChange").size(), 1u);
  EXPECT_EQ(race("POST", account + "/actions", {{"action", "REACTIVATE"}, {"reason", "r"}}, true),
            (outcomes{{200, 1}, {412, 15}}));
  EXPECT_EQ(race("POST", account + "/link", {}, true), (outcomes{{200, 1}, {412, 15}}));
  EXPECT_EQ(harness.all("pluto.accountStatusChange").size(), 3u);
}

// Each of the two sees that the other's is still due; if both were to succeed, nobody would make the account active.
TEST_F(OnlineAccountRaces, for_the_last_two_that_are_due_never_leave_it_to_each_other) {
  account_is("LINKED");
  preference_is("LETTERS", true);
  preference_is("NOTICES", true);
  racing.start();
  const auto patch = [&](std::size_t who, const char *service) {
    return harness.begin("PATCH", customer + "/channel-preferences", channel(service, "POST"), callers[who]);
  };
  const std::vector<plugin_harness::pending> both = {patch(0, "LETTERS"), patch(1, "NOTICES")};
  EXPECT_EQ(racing.finish(harness, both), (outcomes{{200, 1}, {409, 1}}));
  const auto again = harness.call("PATCH", customer + "/channel-preferences", channel("NOTICES", "POST"), callers[1]);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(text_of(harness.all("pluto.onlineAccount")[0]["status"]), "ACTIVE");
  EXPECT_EQ(harness.all("pluto.accountStatusChange").size(), 1u);
}

}  // namespace
}  // namespace causeway::testing
