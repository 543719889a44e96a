// The rules of online accounts: the machine walked through every state, action and role, the privacy gate, the
// channels.
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "account_machine.hpp"
#include "channels.hpp"
#include "privacy.hpp"

namespace online_accounts {
namespace {

constexpr std::string_view roles[] = {"service-officer", "ps-officer", "service-manager", "partner", "operator"};

TEST(AccountMachine, is_walked_through_every_state_action_and_role) {
  const std::map<std::pair<std::string_view, std::string_view>, std::string_view> expected = {
      {{"ACTIVE", "DEACTIVATE"}, "DEACTIVATED"}, {{"REACTIVATED", "DEACTIVATE"}, "DEACTIVATED"},
      {{"LINKED", "DEACTIVATE"}, "DEACTIVATED"}, {{"DEACTIVATED", "REACTIVATE"}, "REACTIVATED"},
      {{"REACTIVATED", "LINK"}, "LINKED"},       {{"LINKED", "PREFERENCES_SET"}, "ACTIVE"},
  };
  EXPECT_EQ(account_machine.states().size(), 4u);
  EXPECT_EQ(account_machine.actions().size(), 4u);
  EXPECT_EQ(account_machine.moves().size(), expected.size());
  for (const auto state : account_machine.states())
    for (const auto action : account_machine.actions())
      for (const auto role : roles) {
        const auto ruling = account_machine.decide(state, action, [role](auto asked) { return asked == role; });
        const auto known = expected.find({state, action});
        const bool officer = role != "partner" && role != "operator";
        SCOPED_TRACE(std::string(state) + " " + std::string(action) + " " + std::string(role));
        if (known == expected.end()) {
          ASSERT_EQ(ruling.taken, nullptr);
          EXPECT_EQ(ruling.refusal.status, 409);
          EXPECT_NE(ruling.refusal.detail.find("is " + std::string(state)), std::string::npos);
          EXPECT_NE(ruling.refusal.detail.find("allowed: " + account_machine.allowed(state)), std::string::npos);
        } else if (!officer) {
          ASSERT_EQ(ruling.taken, nullptr);
          EXPECT_EQ(ruling.refusal.status, 403);
        } else {
          ASSERT_NE(ruling.taken, nullptr);
          EXPECT_EQ(ruling.taken->to, known->second);
        }
      }
}

TEST(AccountMachine, is_drawn_in_the_readme_as_it_is) {
  std::ifstream file("plugins/online_accounts/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  EXPECT_NE(readme.str().find(account_machine.mermaid()), std::string::npos)
      << "put this into plugins/online_accounts/README.md:\n"
      << account_machine.mermaid();
}

privacy_check check(const char *outcome, const char *by, const char *at) {
  privacy_check made;
  made.outcome = outcome;
  made.checked_by = by;
  made.checked_at = at;
  return made;
}

TEST(Privacy, gates_every_change) {
  constexpr std::int64_t day = 86'400'000;
  const std::int64_t now = 1795252500000;  // 2026-11-21T09:15:00.000Z
  const auto young = check("SAFE", "A", "2026-11-20T09:15:00.000Z");
  const auto old = check("SAFE", "A", "2026-11-20T09:14:59.999Z");
  const auto at_risk = check("AT_RISK", "A", "2026-11-21T09:00:00.000Z");
  const auto others = check("SAFE", "B", "2026-11-21T09:00:00.000Z");
  struct row {
    const char *what;
    std::optional<privacy_check> newest, own;
    std::string code;
  };
  const row cases[] = {
      {"no check at all", std::nullopt, std::nullopt, "privacy-check-required"},
      {"another's check only", others, std::nullopt, "privacy-check-required"},
      {"own, exactly as old as it may be", young, young, ""},
      {"own, a millisecond too old", old, old, "privacy-check-required"},
      {"own, younger by another", others, young, ""},
      {"at risk by another after own", check("AT_RISK", "B", "2026-11-21T09:00:00.000Z"), young, "privacy-at-risk"},
      {"at risk by oneself", at_risk, at_risk, "privacy-at-risk"},
      {"at risk by oneself, safe by another since", others, at_risk, "privacy-check-required"},
      {"at risk long ago", check("AT_RISK", "B", "2020-01-01T00:00:00.000Z"), std::nullopt, "privacy-at-risk"},
  };
  for (const auto &each : cases) {
    const auto refused = refuse_change(each.newest, each.own, now, day);
    EXPECT_EQ(refused ? refused->code : "", each.code) << each.what;
    if (refused) EXPECT_EQ(refused->status, 409) << each.what;
  }
}

TEST(Privacy, shields_from_a_partner_who_is_nothing_else) {
  const auto safe = check("SAFE", "A", ""), at_risk = check("AT_RISK", "A", "");
  EXPECT_TRUE(is_shielded(true, at_risk));
  EXPECT_FALSE(is_shielded(true, safe));
  EXPECT_FALSE(is_shielded(true, std::nullopt));
  EXPECT_FALSE(is_shielded(false, at_risk));
}

TEST(ChannelRules, are_read_from_the_settings) {
  const channel_rules any("");
  EXPECT_TRUE(any.allow("P", "LETTERS", "ONLINE"));
  const channel_rules some(" P.LETTERS = ONLINE, POST; P.NOTICES=POST ;");
  EXPECT_TRUE(some.allow("P", "LETTERS", "ONLINE"));
  EXPECT_TRUE(some.allow("P", "LETTERS", "POST"));
  EXPECT_FALSE(some.allow("P", "NOTICES", "ONLINE"));
  EXPECT_FALSE(some.allow("P", "PAYMENTS", "POST")) << "not named";
  for (const char *wrong : {"P", "P=POST", "P.L=", "P.L", "P.L=POST,,ONLINE", ".L=POST", "P.L.X=POST", "P.L=A=B", ";;"})
    EXPECT_THROW(channel_rules{wrong}, std::invalid_argument) << wrong;
}

account_state state_of(std::initializer_list<std::pair<const char *, bool>> services, const char *status) {
  account_state state;
  state.csid = "000000004";
  for (const auto &[service, due] : services) {
    channel_preference each;
    each.csid = state.csid;
    each.product = "P";
    each.service = service;
    each.channel = "POST";
    each.reset_due = due;
    each.version = 3;
    state.preferences.push_back(each);
  }
  online_account account;
  account.account_id = "a";
  account.status = status;
  account.version = 7;
  state.accounts.push_back(account);
  return state;
}

TEST(ChannelChange, sets_the_named_one_only) {
  const auto change = change_channels(state_of({{"A", false}, {"B", false}}, "ACTIVE"), {"P", "B", "ONLINE", false},
                                      channel_rules(""), "PSO001", "now");
  EXPECT_EQ(change.set, std::vector<std::size_t>{1});
  EXPECT_EQ(change.after.preferences[0].channel, "POST");
  EXPECT_EQ(change.after.preferences[1].channel, "ONLINE");
  EXPECT_EQ(change.after.preferences[1].updated_by, "PSO001");
  EXPECT_EQ(change.after.preferences[1].updated_at, "now");
  EXPECT_TRUE(change.still_due.empty());
  EXPECT_TRUE(change.activated.empty());
}

TEST(ChannelChange, sets_all_at_once_and_one_that_was_not_there) {
  const auto change = change_channels(state_of({{"A", false}, {"C", false}}, "ACTIVE"), {"P", "B", "ONLINE", true},
                                      channel_rules(""), "PSO001", "now");
  EXPECT_EQ(change.set, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(change.after.preferences[1].service, "B") << "in the order of the keys";
  EXPECT_EQ(change.after.preferences[1].version, 0) << "to be inserted";
}

TEST(ChannelChange, does_nothing_where_one_of_all_is_not_possible) {
  const auto change = change_channels(state_of({{"A", false}, {"B", false}}, "ACTIVE"), {"P", "A", "ONLINE", true},
                                      channel_rules("P.A=ONLINE,POST;P.B=POST"), "PSO001", "now");
  ASSERT_TRUE(change.not_allowed);
  EXPECT_NE(change.not_allowed->find("P B"), std::string::npos) << *change.not_allowed;
}

TEST(ChannelChange, makes_a_linked_account_active_when_the_last_that_was_due_is_set) {
  auto state = state_of({{"A", true}, {"B", true}, {"C", false}}, "LINKED");
  EXPECT_TRUE(preferences_reset_due(state, channel_rules("")));
  auto change = change_channels(state, {"P", "A", "ONLINE", false}, channel_rules(""), "PSO001", "now");
  EXPECT_EQ(change.still_due, std::vector<std::size_t>{1});
  EXPECT_TRUE(change.activated.empty());
  EXPECT_TRUE(preferences_reset_due(change.after, channel_rules("")));
  change = change_channels(change.after, {"P", "B", "POST", false}, channel_rules(""), "PSO001", "later");
  EXPECT_TRUE(change.still_due.empty());
  ASSERT_EQ(change.activated.size(), 1u);
  EXPECT_EQ(change.activated[0].account, 0u);
  EXPECT_EQ(change.activated[0].by->from, "LINKED");
  EXPECT_EQ(change.after.accounts[0].status, "ACTIVE");
  EXPECT_EQ(change.after.accounts[0].status_since, "later");
  EXPECT_FALSE(preferences_reset_due(change.after, channel_rules("")));
}

TEST(ChannelChange, sets_every_product_and_service_that_the_site_names) {
  const auto change = change_channels(state_of({{"B", false}, {"OLD", true}}, "ACTIVE"), {"P", "B", "ONLINE", true},
                                      channel_rules("P.A=ONLINE;P.B=ONLINE;P.C=ONLINE"), "PSO001", "now");
  EXPECT_EQ(change.not_allowed, std::nullopt);
  EXPECT_EQ(change.set, (std::vector<std::size_t>{0, 1, 2})) << "not what the site names no more";
  EXPECT_EQ(change.after.preferences[2].service, "C");
  EXPECT_EQ(change.after.preferences[2].version, 0) << "to be inserted";
  EXPECT_EQ(change.after.preferences[3].channel, "POST");
}

TEST(ChannelChange, leaves_a_linked_account_waiting_for_what_the_site_names_since) {
  const channel_rules rules("P.A=ONLINE;P.B=ONLINE");
  const auto change =
      change_channels(state_of({{"A", true}}, "LINKED"), {"P", "A", "ONLINE", false}, rules, "PSO001", "now");
  EXPECT_EQ(change.set, std::vector<std::size_t>{0});
  EXPECT_EQ(change.still_due, std::vector<std::size_t>{1});
  EXPECT_EQ(change.after.preferences[1].service, "B");
  EXPECT_EQ(change.after.preferences[1].updated_by, "PSO001");
  EXPECT_TRUE(change.after.preferences[1].reset_due);
  EXPECT_TRUE(change.activated.empty());
}

TEST(Link, makes_every_product_and_service_due) {
  auto state = state_of({{"B", false}, {"OLD", false}}, "LINKED");
  const channel_rules rules("P.A=ONLINE;P.B=ONLINE");
  EXPECT_EQ(make_due(state, rules, "PSO001", "now"), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(state.preferences[0].service, "A");
  EXPECT_EQ(state.preferences[0].channel, std::nullopt);
  EXPECT_FALSE(state.preferences[2].reset_due) << "nobody could set it";
  state = state_of({{"B", false}, {"OLD", false}}, "LINKED");
  EXPECT_EQ(make_due(state, channel_rules(""), "PSO001", "now"), (std::vector<std::size_t>{0, 1})) << "what there is";
}

}  // namespace
}  // namespace online_accounts
