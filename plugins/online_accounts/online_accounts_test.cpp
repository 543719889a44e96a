// The plugin through the real host, over memory stores with the shipped kinds: every operation, every refusal, and who
// may see what.
#include <gtest/gtest.h>
#include <set>

#include "plugins/online_accounts/test_support.hpp"
#include "tests/support/flat_json.hpp"
#include "tests/support/plugin_harness.hpp"

namespace causeway::testing {
namespace {

const principal other = as("PSO001", {"ps-officer"});
const principal partner = as("PARTNER", {"partner"});
const char *services[] = {"LETTERS", "NOTICES", "PAYMENTS", "STATEMENTS"};

class OnlineAccounts : public ::testing::Test {
 protected:
  OnlineAccounts() { fill(harness); }

  static void fill(plugin_harness &to) {
    to.put("pluto.customer", {{"csid", "000000004"}, {"name", "Zoë"}, {"country", "NZ"}, {"international", true}});
    to.put("pluto.customer", {{"csid", "000000005"}, {"name", "Ann"}, {"country", "AU"}, {"international", false}});
    to.put("pluto.onlineAccount", {{"accountId", "A1"},
                                   {"csid", "000000004"},
                                   {"status", "ACTIVE"},
                                   {"statusSince", "2020-01-01T00:00:00.000Z"}});
    for (const char *service : services)
      to.put("pluto.channelPreference", {{"csid", "000000004"},
                                         {"product", "CHILD_SUPPORT"},
                                         {"service", service},
                                         {"channel", "POST"},
                                         {"updatedAt", "2020-01-01T00:00:00.000Z"},
                                         {"updatedBy", "SYSTEM"},
                                         {"resetDue", false}});
    to.put("cuba.psCustomer", {{"csid", "000000004"},
                               {"status", "ASSIGNED"},
                               {"referralType", "OTHER"},
                               {"officerId", "PSO009"},
                               {"referredAt", "2020-01-01T00:00:00.000Z"}});
  }

  answer get(const std::string &path, const principal &who = officer, const extras &with = {}) {
    return harness.call("GET", path, {}, who, with);
  }
  answer check(const char *outcome, const principal &who = officer) {
    harness.time().advance(std::chrono::milliseconds(1));
    return harness.call("POST", customer + "/privacy-checks", {{"outcome", outcome}}, who);
  }
  answer set(const members &body, const std::string &if_match = {}, const principal &who = officer) {
    return harness.call("PATCH", customer + "/channel-preferences", body, who, matching(if_match));
  }
  answer act(const char *action, const principal &who = officer, const std::string &if_match = {}) {
    return harness.call("POST", account + "/actions", {{"action", action}, {"reason", "Asked by phone"}}, who,
                        matching(if_match));
  }
  answer link() { return harness.call("POST", account + "/link", {}, officer); }
  static extras matching(std::string etag) {
    extras with;
    with.if_match = std::move(etag);
    return with;
  }
  static void expect_refused(const answer &a, int status, const std::string &code) {
    EXPECT_EQ(a.status, status) << a.body;
    EXPECT_EQ(a.code, code) << a.detail;
  }
  std::string status() { return flat_json(get(customer).body)["onlineAccount.status"]; }

  plugin_harness harness{{.library = "online_accounts", .site = shipped_site()}};
};

// ---- reading

TEST_F(OnlineAccounts, the_summary_joins_both_stores) {
  const auto shown = get(customer);
  ASSERT_EQ(shown.status, 200) << shown.detail;
  EXPECT_NE(shown.etag, "");
  flat_json body(shown.body);
  EXPECT_EQ(body["csid"], "000000004");
  EXPECT_EQ(body["name"], "Zoë");
  EXPECT_EQ(body["country"], "NZ");
  EXPECT_EQ(body["international"], "true");
  EXPECT_EQ(body["privacy.state"], "null") << "no check was made";
  EXPECT_EQ(body["privacy.checkedAt"], "null");
  EXPECT_EQ(body["onlineAccount.status"], "ACTIVE");
  EXPECT_EQ(body["personalisedServices.status"], "ASSIGNED");
  EXPECT_EQ(body["personalisedServices.officerId"], "PSO009");
  body = flat_json(get("/v1/customers/5").body);
  EXPECT_EQ(body["onlineAccount"], "null");
  EXPECT_EQ(body["personalisedServices"], "null");
  expect_refused(get("/v1/customers/6"), 404, "not-found");
  harness.store("cuba").set_away(true);
  expect_refused(get(customer), 503, "unavailable");
}

TEST_F(OnlineAccounts, a_partner_never_gets_country_and_officers_of_a_customer_at_risk) {
  EXPECT_EQ(flat_json(get(customer, partner).body)["country"], "NZ");
  check("AT_RISK");
  for (const auto &[who, shielded] :
       {std::pair(partner, true), std::pair(officer, false), std::pair(as("BOTH", {"partner", "ps-officer"}), false)}) {
    const auto shown = get(customer, who);
    const flat_json body(shown.body);
    EXPECT_EQ(body["privacy.state"], "AT_RISK");
    EXPECT_EQ(body["country"], shielded ? "null" : "NZ");
    EXPECT_EQ(body["personalisedServices.officerId"], shielded ? "null" : "PSO009");
    EXPECT_EQ(body["privacy.checkedBy"], shielded ? "null" : "SO100");
  }
  check("SAFE");
  EXPECT_EQ(flat_json(get(customer, partner).body)["country"], "NZ");
}

TEST_F(OnlineAccounts, reading_of_a_customer_at_risk_is_recorded) {
  const std::string paths[] = {customer, customer + "/online-account", account + "/history/web-sessions",
                               account + "/history/account-status", account + "/history/poi"};
  for (const auto &path : paths) EXPECT_EQ(get(path).status, 200) << path;
  check("SAFE");
  EXPECT_EQ(get(customer).status, 200);
  EXPECT_TRUE(harness.all("pluto.customerRead").empty());
  check("AT_RISK");
  for (const auto &path : paths) EXPECT_EQ(get(path, other).status, 200) << path;
  EXPECT_EQ(get(customer, partner).status, 200);
  const auto rows = harness.all("pluto.customerRead");
  ASSERT_EQ(rows.size(), 6u);
  std::multiset<std::string_view> read;
  for (const auto &row : rows) {
    read.insert(text_of(row["what"]));
    EXPECT_EQ(text_of(row["csid"]), "000000004");
    EXPECT_TRUE(text_of(row["requestId"]).starts_with("request-"));
  }
  EXPECT_EQ(read, (std::multiset<std::string_view>{"summary", "summary", "online-account", "web-sessions",
                                                   "account-status", "poi"}));
}

TEST_F(OnlineAccounts, the_online_account_has_an_etag_that_changes_with_it) {
  const auto shown = get(customer + "/online-account");
  ASSERT_EQ(shown.status, 200);
  const flat_json body(shown.body);
  EXPECT_EQ(body["accounts"], "1 items");
  EXPECT_EQ(body["accounts.0.accountId"], "A1");
  EXPECT_EQ(body["accounts.0.status"], "ACTIVE");
  EXPECT_EQ(body["accounts.0.linkedAt"], "null");
  EXPECT_EQ(body["preferredChannels"], "4 items");
  EXPECT_EQ(body["preferredChannels.0.service"], "LETTERS");
  EXPECT_EQ(body["preferredChannels.0.channel"], "POST");
  EXPECT_EQ(body["preferencesResetDue"], "false");
  EXPECT_EQ(get(customer + "/online-account").etag, shown.etag);
  check("SAFE");
  EXPECT_EQ(get(customer + "/online-account").etag, shown.etag) << "a check is no change of it";
  const auto changed = set(channel("LETTERS", "ONLINE"));
  EXPECT_NE(changed.etag, shown.etag);
  EXPECT_EQ(get(customer + "/online-account").etag, changed.etag) << "the change says what stands now";
  const auto moved = act("DEACTIVATE");
  EXPECT_NE(moved.etag, changed.etag);
  EXPECT_EQ(get(customer + "/online-account").etag, moved.etag);
  expect_refused(get("/v1/customers/6/online-account"), 404, "not-found");
  EXPECT_EQ(flat_json(get("/v1/customers/5/online-account").body)["accounts"], "0 items");
}

// ---- the privacy gate

TEST_F(OnlineAccounts, a_privacy_check_is_recorded_with_who_when_and_which_request) {
  const auto made =
      harness.call("POST", customer + "/privacy-checks", {{"outcome", "SAFE"}, {"comment", "Spoke alone"}}, officer);
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(flat_json(made.body)["outcome"], "SAFE");
  EXPECT_EQ(flat_json(made.body)["comment"], "Spoke alone");
  EXPECT_EQ(flat_json(made.body)["checkedBy"], "SO100");
  EXPECT_EQ(made.location, "/v1/customers/000000004");
  const auto rows = harness.all("pluto.privacyCheck");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(text_of(rows[0]["checkedAt"]), "2026-11-21T09:15:00.000Z");
  EXPECT_TRUE(text_of(rows[0]["requestId"]).starts_with("request-"));
  const flat_json body(get(customer).body);
  EXPECT_EQ(body["privacy.state"], "SAFE");
  EXPECT_EQ(body["privacy.checkedBy"], "SO100");
  EXPECT_EQ(check("MAYBE").status, 422);
  expect_refused(harness.call("POST", "/v1/customers/6/privacy-checks", {{"outcome", "SAFE"}}, officer), 404,
                 "not-found");
}

TEST_F(OnlineAccounts, every_change_needs_a_safe_check_by_the_same_officer) {
  const auto expect_all = [&](const std::string &code) {
    expect_refused(set(channel("LETTERS", "ONLINE")), 409, code);
    expect_refused(act("DEACTIVATE"), 409, code);
    expect_refused(link(), 409, code);
  };
  expect_all("privacy-check-required");
  check("SAFE", other);
  expect_all("privacy-check-required");
  check("SAFE");
  check("AT_RISK", other);
  expect_all("privacy-at-risk");
  check("SAFE");
  harness.time().advance(std::chrono::hours(24) + std::chrono::milliseconds(1));
  expect_all("privacy-check-required");
  check("SAFE");
  harness.time().advance(std::chrono::hours(24));
  EXPECT_EQ(set(channel("LETTERS", "ONLINE")).status, 200);
}

TEST(PrivacySetting, says_how_long_a_check_is_valid) {
  EXPECT_THROW(
      (plugin_harness{
          {.library = "online_accounts", .site = shipped_site(), .settings = {{"privacyCheckValidFor", "soon"}}}}),
      std::runtime_error);
  EXPECT_THROW(
      (plugin_harness{
          {.library = "online_accounts", .site = shipped_site(), .settings = {{"allowedChannels", "everything"}}}}),
      std::runtime_error);
}

// ---- preferred channels

TEST_F(OnlineAccounts, one_channel_is_set_or_all_at_once) {
  check("SAFE");
  auto changed = set(channel("NOTICES", "ONLINE"));
  ASSERT_EQ(changed.status, 200) << changed.detail;
  flat_json body(changed.body);
  EXPECT_EQ(body["message"], "Account updated successfully");
  EXPECT_EQ(body["preferredChannels.0.channel"], "POST");
  EXPECT_EQ(body["preferredChannels.1.channel"], "ONLINE");
  EXPECT_EQ(body["preferredChannels.1.updatedBy"], "SO100");
  changed = set(channel("NOTICES", "POST", true));
  body = flat_json(changed.body);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(body["preferredChannels." + std::to_string(i) + ".channel"], "POST");
    EXPECT_EQ(body["preferredChannels." + std::to_string(i) + ".updatedBy"], "SO100");
  }
  EXPECT_EQ(flat_json(get(customer + "/online-account").body)["preferredChannels.3.updatedBy"], "SO100");

  const auto history = harness.all("pluto.preferenceChange");
  ASSERT_EQ(history.size(), 5u) << "one, and four at once";
  std::multiset<std::string> set_to;
  for (const auto &row : history) {
    set_to.insert(std::string(text_of(row["service"])) + " " + std::string(text_of(row["channel"])));
    EXPECT_EQ(text_of(row["csid"]), "000000004");
    EXPECT_EQ(text_of(row["changedAt"]), "2026-11-21T09:15:00.001Z");
    EXPECT_EQ(text_of(row["changedBy"]), "SO100");
    EXPECT_TRUE(text_of(row["requestId"]).starts_with("request-"));
  }
  EXPECT_EQ(set_to, (std::multiset<std::string>{"NOTICES ONLINE", "LETTERS POST", "NOTICES POST", "PAYMENTS POST",
                                                "STATEMENTS POST"}));
}

TEST_F(OnlineAccounts, channels_are_refused_where_the_input_is_not_valid) {
  check("SAFE");
  EXPECT_EQ(set(channel("LETTERS", "PIGEON")).status, 422);
  EXPECT_EQ(set(channel("GIFTS", "POST")).status, 422);
  EXPECT_EQ(set({{"service", "LETTERS"}, {"channel", "POST"}, {"applyToAll", true}}).status, 422) << "always named";
  expect_refused(harness.call("PATCH", "/v1/customers/6/channel-preferences", channel("LETTERS", "POST"), officer), 404,
                 "not-found");
  expect_refused(set(channel("LETTERS", "ONLINE"), "0123456789abcdef"), 412, "precondition-failed");
  EXPECT_EQ(set(channel("LETTERS", "ONLINE"), "*").status, 200);
}

TEST(AllowedChannels, are_the_sites) {
  plugin_harness harness{{.library = "online_accounts",
                          .site = shipped_site(),
                          .settings = {{"allowedChannels", "CHILD_SUPPORT.LETTERS = ONLINE, POST"}}}};
  harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Z"}, {"country", "NZ"}, {"international", true}});
  ASSERT_EQ(harness.call("POST", customer + "/privacy-checks", {{"outcome", "SAFE"}}, officer).status, 201);
  const auto patch = [&](const members &body) {
    return harness.call("PATCH", customer + "/channel-preferences", body, officer);
  };
  EXPECT_EQ(patch(channel("LETTERS", "ONLINE")).status, 200) << "one that was never set before";
  const auto refused = patch(channel("NOTICES", "ONLINE"));
  EXPECT_EQ(refused.status, 422);
  ASSERT_EQ(refused.inputs.size(), 1u);
  EXPECT_EQ(refused.inputs[0].pointer, "/body/channel");
  EXPECT_EQ(harness.all("pluto.channelPreference").size(), 1u);
}

TEST(AllowedChannels, name_what_is_due_after_a_link_and_what_is_set_with_all) {
  plugin_harness harness{
      {.library = "online_accounts",
       .site = shipped_site(),
       .settings = {{"allowedChannels", "CHILD_SUPPORT.LETTERS = POST; CHILD_SUPPORT.NOTICES = ONLINE, POST"}}}};
  harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Z"}, {"country", "NZ"}, {"international", true}});
  harness.put("pluto.onlineAccount", {{"accountId", "A1"},
                                      {"csid", "000000004"},
                                      {"status", "REACTIVATED"},
                                      {"statusSince", "2020-01-01T00:00:00.000Z"}});
  const auto shown = [&] { return harness.call("GET", customer + "/online-account", {}, officer); };
  ASSERT_EQ(harness.call("POST", customer + "/privacy-checks", {{"outcome", "SAFE"}}, officer).status, 201);
  const auto linked = harness.call("POST", account + "/link", {}, officer);
  ASSERT_EQ(linked.status, 200) << linked.detail;
  EXPECT_EQ(linked.etag, shown().etag);
  EXPECT_EQ(flat_json(shown().body)["preferredChannels"], "2 items") << "the customer had none";
  EXPECT_EQ(flat_json(shown().body)["preferredChannels.1.channel"], "null");
  const auto set = [&](bool all) {
    return harness.call("PATCH", customer + "/channel-preferences", channel("LETTERS", "POST", all), officer);
  };
  EXPECT_EQ(set(false).etag, shown().etag);
  EXPECT_EQ(flat_json(shown().body)["accounts.0.status"], "LINKED") << "the notices are due";
  EXPECT_EQ(flat_json(shown().body)["preferencesResetDue"], "true");
  EXPECT_EQ(set(true).etag, shown().etag);
  EXPECT_EQ(flat_json(shown().body)["accounts.0.status"], "ACTIVE");
  EXPECT_EQ(flat_json(shown().body)["preferencesResetDue"], "false");
}

// ---- the account

TEST_F(OnlineAccounts, is_deactivated_reactivated_linked_and_active_again_when_all_is_set) {
  check("SAFE");
  auto moved = act("DEACTIVATE");
  ASSERT_EQ(moved.status, 200) << moved.detail;
  EXPECT_EQ(flat_json(moved.body)["accountId"], "A1");
  EXPECT_EQ(flat_json(moved.body)["status"], "DEACTIVATED");
  harness.time().advance(std::chrono::milliseconds(1));
  EXPECT_EQ(flat_json(act("REACTIVATE").body)["status"], "REACTIVATED");
  harness.time().advance(std::chrono::milliseconds(1));
  moved = link();
  EXPECT_EQ(flat_json(moved.body)["status"], "LINKED");
  EXPECT_NE(flat_json(moved.body)["linkedAt"], "null");
  EXPECT_EQ(flat_json(get(customer + "/online-account").body)["preferencesResetDue"], "true");
  for (const char *service : services) {
    EXPECT_EQ(status(), "LINKED") << "until the last is set";
    harness.time().advance(std::chrono::milliseconds(1));
    EXPECT_EQ(set(channel(service, "ONLINE")).status, 200);
  }
  EXPECT_EQ(status(), "ACTIVE");
  EXPECT_EQ(flat_json(get(customer + "/online-account").body)["preferencesResetDue"], "false");

  const flat_json history(get(account + "/history/account-status").body);
  EXPECT_EQ(history["items"], "4 items");
  const char *expected[] = {"ACTIVE", "LINKED", "REACTIVATED", "DEACTIVATED"};
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(history["items." + std::to_string(i) + ".status"], expected[i]) << "newest first";
  const char *details[] = {"PREFERENCES_SET from LINKED", "LINK from REACTIVATED", "REACTIVATE from DEACTIVATED",
                           "DEACTIVATE from ACTIVE"};
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(history["items." + std::to_string(i) + ".details"],
              details[i] + std::string("; privacy check of 2026-11-21T09:15:00.001Z"));
  EXPECT_EQ(history["items.3.reason"], "Asked by phone");
  EXPECT_EQ(history["items.3.changedBy"], "SO100");
  for (const auto &row : harness.all("pluto.accountStatusChange"))
    EXPECT_TRUE(text_of(row["requestId"]).starts_with("request-"));
}

TEST_F(OnlineAccounts, is_active_again_when_all_is_set_at_once) {
  check("SAFE");
  act("DEACTIVATE");
  act("REACTIVATE");
  link();
  EXPECT_EQ(set(channel("LETTERS", "POST", true)).status, 200);
  EXPECT_EQ(status(), "ACTIVE");
}

TEST_F(OnlineAccounts, refuses_what_its_state_does_not_allow) {
  check("SAFE");
  auto refused = act("REACTIVATE");
  expect_refused(refused, 409, "state-forbids");
  EXPECT_NE(refused.detail.find("ACTIVE"), std::string::npos);
  EXPECT_NE(refused.detail.find("allowed: DEACTIVATE"), std::string::npos);
  expect_refused(link(), 409, "state-forbids");
  EXPECT_TRUE(harness.all("pluto.accountStatusChange").empty());
  EXPECT_EQ(act("EXPLODE").status, 422);
  expect_refused(act("DEACTIVATE", officer, "0123456789abcdef"), 412, "precondition-failed");
  expect_refused(harness.call("POST", customer + "/online-account/A2/link", {}, officer), 404, "not-found");
}

// ---- histories

TEST_F(OnlineAccounts, histories_are_newest_first_in_pages) {
  for (int i = 0; i < 3; ++i) {
    const auto n = std::to_string(i);
    harness.put("pluto.webSession", {{"sessionId", "S" + n},
                                     {"accountId", "A1"},
                                     {"csid", "000000004"},
                                     {"startedAt", "2026-01-0" + std::to_string(i + 1) + "T00:00:00.000Z"},
                                     {"channel", "WEB"},
                                     {"details", "Saw " + n}});
    harness.put("pluto.poiAttempt", {{"attemptId", "Ä " + n},
                                     {"accountId", "A1"},
                                     {"csid", "000000004"},
                                     {"attemptedAt", "2026-01-01T00:00:00.000Z"},
                                     {"outcome", "FAILED"},
                                     {"points", std::int64_t(10 * i)},
                                     {"officerId", "PSO001"}});
  }
  const auto page = [&](const std::string &kind, const std::string &cursor) {
    extras with;
    with.cursor = cursor;
    with.limit = 2;
    const auto a = get(account + "/history/" + kind, officer, with);
    EXPECT_EQ(a.status, 200) << a.detail;
    return flat_json(a.body);
  };
  auto sessions = page("web-sessions", "");
  EXPECT_EQ(sessions["items"], "2 items");
  EXPECT_EQ(sessions["items.0.sessionId"], "S2");
  EXPECT_EQ(sessions["items.0.details"], "Saw 2");
  EXPECT_EQ(sessions["items.0.endedAt"], "null");
  sessions = page("web-sessions", sessions["next"]);
  EXPECT_EQ(sessions["items"], "1 items");
  EXPECT_EQ(sessions["items.0.sessionId"], "S0");
  EXPECT_EQ(sessions["next"], "null");
  auto attempts = page("poi", "");
  EXPECT_EQ(attempts["items.0.points"], "20") << "of one moment by their ids";
  EXPECT_EQ(attempts["items.0.officerId"], "PSO001");
  attempts = page("poi", attempts["next"]);
  EXPECT_EQ(attempts["items.0.points"], "0");
  for (const char *kind : {"web-sessions", "account-status", "poi"}) {
    extras bad;
    bad.cursor = "nonsense";
    expect_refused(get(account + "/history/" + kind, officer, bad), 422, "invalid");
    expect_refused(get(customer + "/online-account/A2/history/" + kind), 404, "not-found");
    expect_refused(get(std::string("/v1/customers/5/online-account/A1/history/") + kind), 404, "not-found");
  }
}

TEST_F(OnlineAccounts, operations_have_the_roles_of_the_contract) {
  const std::vector<std::string> officers = {"service-officer", "ps-officer", "service-manager"};
  std::size_t seen = 0;
  for (const auto &each : harness.host().operations()) {
    if (each.owner != "online-accounts") continue;
    ++seen;
    auto expected = officers;
    if (each.path == "/v1/customers/{csid}") expected.push_back("partner");
    EXPECT_EQ(each.roles, expected) << each.path;
    EXPECT_NO_THROW(flat_json(each.answer_schema)) << each.path;
  }
  EXPECT_EQ(seen, 9u);
}

}  // namespace
}  // namespace causeway::testing
