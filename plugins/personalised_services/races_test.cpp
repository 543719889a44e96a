// Sixteen callers at once, in every step of the procedure: one of them has it.
#include <functional>
#include <map>

#include "plugins/personalised_services/testing/personalised_services_fixture.hpp"

namespace causeway::testing {
namespace {

TEST_F(PersonalisedServices, each_race_of_16_has_one_winner_and_no_history_row_is_missing_or_doubled) {
  using outcomes = std::map<int, int>;
  const auto race = [&](const std::string &path, const std::function<members(int)> &body, const principal &who,
                        const extras &with = {}) {
    racing.start();
    std::vector<plugin_harness::pending> all;
    for (int i = 0; i < 16; ++i) all.push_back(harness.begin("POST", path, body(i), who, with));
    return racing.finish(harness, all);
  };
  const auto same = [](members body) { return [body](int) { return body; }; };
  std::size_t history = 0;
  const auto expect_one_more = [&](std::size_t rows, const char *after) {
    history += rows;
    EXPECT_EQ(harness.all("cuba.psHistory").size(), history) << after;
  };
  EXPECT_EQ(race("/v1/ps/referrals", same({{"csid", "7"}, {"type", "OTHER"}}), officer),
            (outcomes{{201, 1}, {409, 15}}));
  expect_one_more(1, "referral");
  const auto alternate = [](int i) { return members{{"csid", "7"}, {"officerId", i % 2 ? "PSO001" : "PSO002"}}; };
  EXPECT_EQ(race("/v1/ps/assignments", alternate, manager), (outcomes{{201, 1}, {409, 15}}));
  expect_one_more(1, "assignment");
  const auto path = plan();
  expect_one_more(1, "plan");
  EXPECT_EQ(race(path + "/submission", same({}), officer), (outcomes{{200, 1}, {409, 15}}));
  expect_one_more(1, "submission");
  const auto either = [](int i) { return members{{"decision", i % 2 ? "ACCEPTED" : "RETURNED"}}; };
  EXPECT_EQ(race(path + "/decision", either, manager), (outcomes{{200, 1}, {409, 15}}));
  expect_one_more(1, "decision");
  const auto other = plan();
  expect_one_more(1, "another plan");
  extras seen;
  seen.if_match = get(other).etag;
  EXPECT_EQ(race(other + "/submission", same({}), officer, seen), (outcomes{{200, 1}, {412, 15}}));
  expect_one_more(1, "submission of what was seen");
  seen.if_match = get(other).etag;
  EXPECT_EQ(race(other + "/decision", either, manager, seen), (outcomes{{200, 1}, {412, 15}}));
  expect_one_more(1, "decision of what was seen");
  EXPECT_EQ(race(customer + "/transfers", same({{"reason", "Moved"}}), officer), (outcomes{{201, 1}, {409, 15}}));
  expect_one_more(1, "transfer");
  EXPECT_EQ(harness.all("cuba.psTransfer").size(), 1u);
}

// The one who accepts has read the plans; the one who records has read that the customer is assigned.
TEST_F(PersonalisedServices, no_plan_is_left_open_by_a_transfer_that_was_accepted_meanwhile) {
  be_assigned();
  const auto id = flat_json(post(customer + "/transfers", {{"reason", "Moved"}}).body)["transferId"];
  racing.start();
  const std::vector<plugin_harness::pending> all = {
      harness.begin("POST", customer + "/transfers/" + id + "/decision", {{"decision", "ACCEPTED"}}, manager),
      harness.begin("POST", customer + "/plans", plan_body(), officer)};
  const auto statuses = racing.finish(harness, all);
  EXPECT_EQ(statuses.at(409), 1);
  const bool out = status() == "TRANSFERRED_OUT";
  EXPECT_EQ(harness.all("cuba.psPlan").size(), out ? 0u : 1u);
}

}  // namespace
}  // namespace causeway::testing
