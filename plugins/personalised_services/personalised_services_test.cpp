// The plugin through the real host, over memory stores with the shipped kinds: every operation, every refusal, the
// procedure from referral to transfer out, and races for the same step.
#include <algorithm>
#include <gtest/gtest.h>

#include "testing/views.hpp"
#include "tests/support/flat_json.hpp"
#include "tests/support/plugin_harness.hpp"
#include "tests/support/turn_taking.hpp"

namespace causeway::testing {
namespace {

const principal officer = as("PSO001", {"ps-officer"});
const principal manager = as("SM1", {"service-manager"});
const principal both = as("BOTH", {"ps-officer", "service-manager"});
const std::string customer = "/v1/ps/customers/7";

members plan_body() {
  return {{"coreIssue", "Arrears"},
          {"referralType", "OTHER"},
          {"stackingDocumentDate", "2026-11-20"},
          {"trigger.segment", "High value"},
          {"trigger.issue", "No payment"}};
}

class PersonalisedServices : public ::testing::Test {
 protected:
  PersonalisedServices() {
    derive_views(harness);
    known("000000007", "Zoë");
    known("000000008", null());
    for (const char *id : {"PSO001", "PSO002"})
      harness.put("cuba.psOfficer",
                  {{"officerId", id}, {"name", id}, {"stream", "East"}, {"team", id[5] == '1' ? "A" : "B"}});
  }
  void known(const char *csid, value name) {
    harness.put("cuba.customer", {{"csid", csid}, {"applicantName", name}, {"location", "Hobart"}});
  }

  answer post(const std::string &path, const members &body, const principal &who = officer) {
    harness.time().advance(std::chrono::milliseconds(1));
    return harness.call("POST", path, body, who);
  }
  answer get(const std::string &path, const principal &who = officer, const extras &with = {}) {
    return harness.call("GET", path, {}, who, with);
  }
  answer post_as_seen(const std::string &path, const members &body, const principal &who, std::string etag) {
    extras with;
    with.if_match = std::move(etag);
    return harness.call("POST", path, body, who, with);
  }
  answer patch(const std::string &path, const members &body, std::string etag) {
    extras with;
    with.if_match = std::move(etag);
    return harness.call("PATCH", path, body, officer, with);
  }
  static void expect_refused(const answer &a, int status, const std::string &code, const std::string &pointer = {}) {
    EXPECT_EQ(a.status, status) << a.body;
    EXPECT_EQ(a.code, code) << a.detail;
    EXPECT_EQ(a.inputs.empty() ? "" : a.inputs[0].pointer, pointer);
  }

  void refer() { EXPECT_EQ(post("/v1/ps/referrals", {{"csid", "7"}, {"type", "OTHER"}}).status, 201); }
  answer assign(const char *to = "PSO001", const principal &who = manager) {
    return post("/v1/ps/assignments", {{"csid", "7"}, {"officerId", to}}, who);
  }
  void be_assigned() {
    refer();
    EXPECT_EQ(assign().status, 201);
  }
  // A recorded plan; its path.
  std::string plan() {
    const auto made = post(customer + "/plans", plan_body());
    EXPECT_EQ(made.status, 201) << made.detail;
    return made.location;
  }
  // What is on a list: "KIND:csid KIND:csid".
  std::string cso(const std::string &id = "PSO001") { return kinds(get("/v1/ps/action-lists/cso?officerId=" + id)); }
  std::string manager_list() { return kinds(get("/v1/ps/action-lists/service-manager", manager)); }
  static std::string kinds(const answer &a) {
    const flat_json body(a.body);
    std::string all;
    for (int i = 0; body.has("items." + std::to_string(i) + ".kind"); ++i)
      all += (i ? " " : "") + body["items." + std::to_string(i) + ".kind"] + ":" +
             body["items." + std::to_string(i) + ".csid"];
    return all;
  }
  std::string status() { return flat_json(get(customer).body)["status"]; }

  racing_site racing{shipped_site()};
  plugin_harness harness{{.library = "personalised_services", .site = racing.site}};
};

// ---- referrals
// -------------------------------------------------------------------------------------------------------

TEST_F(PersonalisedServices, a_referral_carries_a_warning_where_the_applicant_has_no_name) {
  auto made = post("/v1/ps/referrals", {{"csid", "7"}, {"type", "OTHER"}});
  ASSERT_EQ(made.status, 201) << made.detail;
  flat_json body(made.body);
  EXPECT_NE(body["referralId"], "");
  EXPECT_EQ(body["status"], "REFERRED");
  EXPECT_EQ(body["warnings"], "0 items");
  EXPECT_EQ(get(made.location).status, 200);
  made = post("/v1/ps/referrals", {{"csid", "8"}, {"type", "ASSOCIATE"}, {"associateOf", "7"}});
  ASSERT_EQ(made.status, 201) << made.detail;
  body = flat_json(made.body);
  EXPECT_EQ(body["associateOf"], "000000007");
  EXPECT_EQ(body["warnings.0.code"], "140");
  EXPECT_EQ(body["warnings.0.detail"], "Applicant name is required");
}

TEST_F(PersonalisedServices, referrals_are_refused) {
  const auto refer_as = [&](members body) {
    body.emplace_back("csid", "7");
    return post("/v1/ps/referrals", body);
  };
  expect_refused(post("/v1/ps/referrals", {{"csid", "9"}, {"type", "OTHER"}}), 404, "not-found");
  EXPECT_EQ(refer_as({{"type", "FRIEND"}}).status, 422);
  expect_refused(refer_as({{"type", "ASSOCIATE"}}), 422, "invalid", "/body/associateOf");
  expect_refused(refer_as({{"type", "OTHER"}, {"associateOf", "8"}}), 422, "invalid", "/body/associateOf");
  expect_refused(refer_as({{"type", "ASSOCIATE"}, {"associateOf", "7"}}), 422, "invalid", "/body/associateOf");
  expect_refused(refer_as({{"type", "ASSOCIATE"}, {"associateOf", "8"}}), 422, "invalid", "/body/associateOf");
  expect_refused(refer_as({{"type", "ASSOCIATE"}, {"associateOf", "9"}}), 422, "invalid", "/body/associateOf");
  EXPECT_TRUE(harness.all("cuba.psCustomer").empty());
  refer();
  const auto again = refer_as({{"type", "OTHER"}});
  expect_refused(again, 409, "state-forbids");
  EXPECT_NE(again.detail.find("REFERRED"), std::string::npos);
  EXPECT_EQ(harness.all("cuba.psReferral").size(), 1u);
}

// ---- customers, officers, assignments
// --------------------------------------------------------------------------------

TEST_F(PersonalisedServices, the_customer_list_is_filtered_and_paged) {
  for (int i = 11; i <= 15; ++i)
    harness.put("cuba.psCustomer", {{"csid", "0000000" + std::to_string(i)},
                                    {"status", i < 14 ? "ASSIGNED" : "REFERRED"},
                                    {"referralType", "OTHER"},
                                    {"officerId", i < 14 ? value(i == 13 ? "PSO002" : "PSO001") : value(null())},
                                    {"referredAt", "2026-01-02T03:04:05.000Z"}});
  known("000000011", "Łucja");
  const auto list = [&](const std::string &query, const std::string &cursor = {}, std::int64_t limit = 50) {
    extras with;
    with.cursor = cursor;
    with.limit = limit;
    const auto a = get("/v1/ps/customers" + query, officer, with);
    EXPECT_EQ(a.status, 200) << a.detail;
    return flat_json(a.body);
  };
  auto all = list("");
  EXPECT_EQ(all["items"], "5 items");
  EXPECT_EQ(all["items.0.csid"], "000000011");
  EXPECT_EQ(all["items.0.name"], "Łucja");
  EXPECT_EQ(all["items.0.location"], "Hobart");
  EXPECT_EQ(all["items.0.referralType"], "OTHER");
  EXPECT_EQ(all["items.1.name"], "null");
  EXPECT_EQ(list("?status=REFERRED")["items"], "2 items");
  EXPECT_EQ(list("?officerId=PSO001")["items"], "2 items");
  EXPECT_EQ(list("?status=ASSIGNED&officerId=PSO002")["items.0.csid"], "000000013");
  auto page = list("?status=ASSIGNED", "", 2);
  EXPECT_EQ(page["items"], "2 items");
  page = list("?status=ASSIGNED", page["next"], 2);
  EXPECT_EQ(page["items"], "1 items");
  EXPECT_EQ(page["items.0.csid"], "000000013");
  EXPECT_EQ(page["next"], "null");
  EXPECT_EQ(get("/v1/ps/customers?status=LOST").status, 422);
  for (const char *path :
       {"/v1/ps/customers", "/v1/ps/officers", "/v1/ps/action-lists/cso", "/v1/ps/action-lists/service-manager"}) {
    extras bad;
    bad.cursor = "!";
    expect_refused(get(path, manager, bad), 422, "invalid", "/query/cursor");
  }
}

TEST_F(PersonalisedServices, officers_are_listed_with_their_workload) {
  be_assigned();
  flat_json body(get("/v1/ps/officers").body);
  EXPECT_EQ(body["items"], "2 items");
  EXPECT_EQ(body["items.0.officerId"], "PSO001");
  EXPECT_EQ(body["items.0.stream"], "East");
  EXPECT_EQ(body["items.0.workload"], "1");
  EXPECT_EQ(body["items.1.workload"], "0");
  body = flat_json(get("/v1/ps/officers?stream=East&team=B").body);
  EXPECT_EQ(body["items"], "1 items");
  EXPECT_EQ(body["items.0.officerId"], "PSO002");
}

TEST_F(PersonalisedServices, an_assignment_puts_a_referred_customer_on_an_officers_list) {
  expect_refused(assign(), 409, "state-forbids");
  refer();
  expect_refused(assign("PSO999"), 422, "invalid", "/body/officerId");
  const auto made = assign();
  ASSERT_EQ(made.status, 201) << made.detail;
  EXPECT_EQ(flat_json(made.body)["officerId"], "PSO001");
  EXPECT_EQ(flat_json(made.body)["status"], "ASSIGNED");
  EXPECT_EQ(flat_json(made.body)["assignedBy"], "SM1");
  const flat_json body(get(customer).body);
  EXPECT_EQ(body["status"], "ASSIGNED");
  EXPECT_EQ(body["officerId"], "PSO001");
  EXPECT_EQ(body["currentPlan"], "null");
  EXPECT_EQ(body["pendingTransfer"], "null");
  expect_refused(assign("PSO002"), 409, "state-forbids");
  expect_refused(post("/v1/ps/assignments", {{"csid", "9"}, {"officerId", "PSO001"}}, manager), 404, "not-found");
  expect_refused(get("/v1/ps/customers/8"), 404, "not-found");
}

// ---- plans
// -----------------------------------------------------------------------------------------------------------

TEST_F(PersonalisedServices, reading_of_a_customer_at_risk_is_recorded) {
  const auto check = [&](const char *id, const char *outcome, const char *at) {
    harness.put(
        "pluto.privacyCheck",
        {{"checkId", id}, {"csid", "000000007"}, {"outcome", outcome}, {"checkedAt", at}, {"checkedBy", "SO100"}});
  };
  const auto what_was_read = [&] {
    std::vector<std::string> all;
    for (const auto &row : harness.all("pluto.customerRead"))
      all.push_back(std::string(text_of(row["what"])) + " by " + std::string(text_of(row["readBy"])));
    std::sort(all.begin(), all.end());
    return all;
  };
  be_assigned();
  const auto its_plan = plan();
  check("1", "SAFE", "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(get(customer).status, 200);
  EXPECT_EQ(get(its_plan).status, 200);
  EXPECT_TRUE(what_was_read().empty()) << "the newest check is SAFE";
  check("2", "AT_RISK", "2026-01-02T00:00:00.000Z");
  EXPECT_EQ(get(customer).status, 200);
  EXPECT_EQ(get(its_plan).status, 200);
  EXPECT_EQ(what_was_read(),
            (std::vector<std::string>{"personalised-services by " + officer.name, "plan by " + officer.name}));
}

TEST_F(PersonalisedServices, a_plan_is_recorded_changed_submitted_returned_and_accepted) {
  be_assigned();
  const auto made = post(customer + "/plans", plan_body());
  ASSERT_EQ(made.status, 201) << made.detail;
  flat_json body(made.body);
  EXPECT_EQ(body["status"], "DRAFT");
  EXPECT_EQ(body["coreIssue"], "Arrears");
  EXPECT_EQ(body["trigger.segment"], "High value");
  EXPECT_EQ(body["stackingDocumentDate"], "2026-11-20");
  const auto path = made.location;
  const auto shown = get(path);
  EXPECT_EQ(shown.body, made.body);
  EXPECT_EQ(shown.etag, made.etag);

  const auto changed = patch(path, {{"trigger.issue", "Late payment"}}, made.etag);
  ASSERT_EQ(changed.status, 200) << changed.detail;
  EXPECT_EQ(flat_json(changed.body)["trigger.issue"], "Late payment");
  EXPECT_EQ(flat_json(changed.body)["coreIssue"], "Arrears") << "what is left out stays";
  EXPECT_EQ(get(path).etag, changed.etag);
  expect_refused(patch(path, {{"coreIssue", "x"}}, made.etag), 412, "precondition-failed");

  EXPECT_EQ(flat_json(post(path + "/submission", {}).body)["status"], "SUBMITTED");
  expect_refused(patch(path, {{"coreIssue", "x"}}, "*"), 409, "state-forbids");
  auto decided = post(path + "/decision", {{"decision", "RETURNED"}, {"comment", "Say more"}}, manager);
  ASSERT_EQ(decided.status, 200) << decided.detail;
  EXPECT_EQ(flat_json(decided.body)["status"], "RETURNED");
  EXPECT_EQ(flat_json(decided.body)["comment"], "Say more");
  EXPECT_EQ(patch(path, {{"coreIssue", "More"}}, decided.etag).status, 200);
  body = flat_json(post(path + "/submission", {}).body);
  EXPECT_EQ(body["status"], "SUBMITTED");
  EXPECT_EQ(body["comment"], "null") << "of the submission before";
  decided = post(path + "/decision", {{"decision", "ACCEPTED"}}, manager);
  EXPECT_EQ(flat_json(decided.body)["status"], "ACCEPTED");
  EXPECT_EQ(flat_json(decided.body)["decidedBy"], "SM1");
  EXPECT_EQ(flat_json(get(customer).body)["currentPlan.status"], "ACCEPTED");

  std::string steps;
  for (const auto &row : harness.all("cuba.psHistory")) {
    if (row["subject"] != value("plan")) continue;
    steps += std::string(text_of(row["action"])) + ":" + std::string(text_of(row["changedBy"])) + " ";
    EXPECT_TRUE(text_of(row["requestId"]).starts_with("request-"));
  }
  EXPECT_EQ(steps, "RECORD:PSO001 EDIT:PSO001 SUBMIT:PSO001 RETURN:SM1 EDIT:PSO001 SUBMIT:PSO001 ACCEPT:SM1 ");
}

TEST_F(PersonalisedServices, plans_are_refused) {
  expect_refused(post("/v1/ps/customers/9/plans", plan_body()), 404, "not-found");
  expect_refused(post(customer + "/plans", plan_body()), 409, "state-forbids");
  refer();
  expect_refused(post(customer + "/plans", plan_body()), 409, "state-forbids");
  assign();
  auto body = plan_body();
  body.back().second = std::string(101, 'x');
  EXPECT_EQ(post(customer + "/plans", body).status, 422);
  const auto path = plan();
  expect_refused(post(path + "/decision", {{"decision", "ACCEPTED"}}, manager), 409, "state-forbids");
  EXPECT_EQ(post(path + "/submission", {}).status, 200);
  expect_refused(post(path + "/submission", {}), 409, "state-forbids");
  EXPECT_EQ(post(path + "/decision", {{"decision", "MAYBE"}}, manager).status, 422);
  for (const auto &wrong : {customer + "/plans/nothing", "/v1/ps/customers/8" + path.substr(path.find("/plans"))}) {
    expect_refused(get(wrong), 404, "not-found");
    expect_refused(patch(wrong, {}, "*"), 404, "not-found");
    expect_refused(post(wrong + "/submission", {}), 404, "not-found");
    expect_refused(post(wrong + "/decision", {{"decision", "ACCEPTED"}}, manager), 404, "not-found");
  }
}

TEST_F(PersonalisedServices, a_plan_is_submitted_and_decided_as_it_was_seen) {
  be_assigned();
  const auto path = plan();
  const auto first = get(path).etag;
  const auto current = patch(path, {{"coreIssue", "Care"}}, first).etag;
  expect_refused(post_as_seen(path + "/submission", {}, officer, first), 412, "precondition-failed");
  const auto submitted = post_as_seen(path + "/submission", {}, officer, current);
  ASSERT_EQ(submitted.status, 200) << submitted.detail;
  const members accept = {{"decision", "ACCEPTED"}};
  expect_refused(post_as_seen(path + "/decision", accept, manager, current), 412, "precondition-failed");
  expect_refused(post_as_seen(path + "/submission", {}, officer, current), 412, "precondition-failed");
  EXPECT_EQ(flat_json(get(path).body)["status"], "SUBMITTED") << "nothing was decided";
  EXPECT_EQ(post_as_seen(path + "/decision", accept, manager, submitted.etag).status, 200);
  expect_refused(post_as_seen(path + "/decision", accept, manager, "*"), 409, "state-forbids");
}

TEST_F(PersonalisedServices, a_plan_is_not_decided_by_who_submitted_it) {
  be_assigned();
  const auto path = plan();
  EXPECT_EQ(post(path + "/submission", {}, both).status, 200);
  expect_refused(post(path + "/decision", {{"decision", "ACCEPTED"}}, both), 403, "own-submission");
  EXPECT_EQ(post(path + "/decision", {{"decision", "ACCEPTED"}}, manager).status, 200);
}

// ---- transfers
// -------------------------------------------------------------------------------------------------------

TEST_F(PersonalisedServices, a_transfer_is_rejected_or_takes_the_customer_out) {
  expect_refused(post(customer + "/transfers", {{"reason", "Moved"}}), 409, "state-forbids");
  be_assigned();
  plan();
  auto made = post(customer + "/transfers", {{"reason", "Moved"}, {"comment", "To another region"}});
  ASSERT_EQ(made.status, 201) << made.detail;
  EXPECT_EQ(flat_json(made.body)["status"], "PENDING");
  auto path = customer + "/transfers/" + flat_json(made.body)["transferId"];
  EXPECT_EQ(flat_json(get(made.location).body)["pendingTransfer.reason"], "Moved");
  expect_refused(post(customer + "/transfers", {{"reason", "Moved"}}), 409, "transfer-pending");
  expect_refused(post(customer + "/transfers/nothing/decision", {{"decision", "ACCEPTED"}}, manager), 404, "not-found");

  auto decided = post(path + "/decision", {{"decision", "REJECTED"}, {"comment", "Stays"}}, manager);
  ASSERT_EQ(decided.status, 200) << decided.detail;
  EXPECT_EQ(flat_json(decided.body)["status"], "REJECTED");
  EXPECT_EQ(flat_json(decided.body)["decisionComment"], "Stays");
  EXPECT_EQ(status(), "ASSIGNED");
  expect_refused(post(path + "/decision", {{"decision", "ACCEPTED"}}, manager), 409, "state-forbids");

  made = post(customer + "/transfers", {{"reason", "Moved"}});
  path = customer + "/transfers/" + flat_json(made.body)["transferId"];
  decided = post(path + "/decision", {{"decision", "ACCEPTED"}}, manager);
  ASSERT_EQ(decided.status, 200) << decided.detail;
  const flat_json body(get(customer).body);
  EXPECT_EQ(body["status"], "TRANSFERRED_OUT");
  EXPECT_EQ(body["officerId"], "null");
  EXPECT_EQ(body["currentPlan"], "null") << "closed with it";
  EXPECT_EQ(body["pendingTransfer"], "null");
  refer();
  EXPECT_EQ(status(), "REFERRED") << "a new referral is possible";
}

TEST(WhatCubaCannotHold, is_named_as_the_body_names_it) {
  plugin_harness harness{{.library = "personalised_services", .site = shipped_site_of_its_charsets()}};
  harness.put("cuba.customer", {{"csid", "000000007"}});
  harness.put("cuba.psCustomer", {{"csid", "000000007"},
                                  {"status", "ASSIGNED"},
                                  {"referralType", "OTHER"},
                                  {"officerId", "PSO001"},
                                  {"referredAt", "2026-01-02T03:04:05.000Z"}});
  const auto post = [&](const std::string &path, const members &body, const principal &who = officer) {
    return harness.call("POST", path, body, who);
  };
  const auto expect_refused = [](const answer &a, const std::vector<std::string> &pointers) {
    EXPECT_EQ(a.status, 422) << a.detail;
    std::vector<std::string> named;
    for (const auto &input : a.inputs) named.push_back(input.pointer);
    EXPECT_EQ(named, pointers);
  };
  const char *cannot = "佐藤";
  auto body = plan_body();
  for (auto &[name, content] : body)
    if (name == "coreIssue" || name.starts_with("trigger.")) content = cannot;
  expect_refused(post(customer + "/plans", body), {"/body/coreIssue", "/body/trigger/segment", "/body/trigger/issue"});

  const auto plan = post(customer + "/plans", plan_body()).location;
  ASSERT_EQ(post(plan + "/submission", {}).status, 200);
  expect_refused(post(plan + "/decision", {{"decision", "RETURNED"}, {"comment", cannot}}, manager), {"/body/comment"});
  expect_refused(post(customer + "/transfers", {{"reason", cannot}, {"comment", cannot}}),
                 {"/body/reason", "/body/comment"});
  const auto transfer = flat_json(post(customer + "/transfers", {{"reason", "Moved"}}).body)["transferId"];
  expect_refused(
      post(customer + "/transfers/" + transfer + "/decision", {{"decision", "REJECTED"}, {"comment", cannot}}, manager),
      {"/body/comment"});
}

// ---- action lists
// ----------------------------------------------------------------------------------------------------

TEST_F(PersonalisedServices, action_lists_are_filled_and_emptied_by_the_steps_of_the_procedure) {
  refer();
  EXPECT_EQ(cso(), "");
  assign();
  EXPECT_EQ(cso(), "PLAN_TO_RECORD:000000007");
  EXPECT_EQ(kinds(get("/v1/ps/action-lists/cso")), cso()) << "one's own where no officer is named";
  EXPECT_EQ(cso("PSO002"), "");
  const auto path = plan();
  EXPECT_EQ(cso(), "PLAN_DRAFT:000000007");
  post(path + "/submission", {});
  EXPECT_EQ(cso(), "");
  EXPECT_EQ(manager_list(), "PLAN_SUBMITTED:000000007");
  post(path + "/decision", {{"decision", "RETURNED"}}, manager);
  EXPECT_EQ(cso(), "PLAN_RETURNED:000000007");
  EXPECT_EQ(manager_list(), "");
  const flat_json item(get("/v1/ps/action-lists/cso").body);
  EXPECT_TRUE(path.ends_with("/plans/" + item["items.0.planId"]));
  EXPECT_EQ(item["items.0.transferId"], "null");
  EXPECT_EQ(item["items.0.name"], "Zoë");
  post(path + "/submission", {});
  const auto transfer = flat_json(post(customer + "/transfers", {{"reason", "Moved"}}).body)["transferId"];
  EXPECT_EQ(manager_list(), "PLAN_SUBMITTED:000000007 TRANSFER_PENDING:000000007") << "longest waiting first";
  const flat_json waiting(get("/v1/ps/action-lists/service-manager", manager).body);
  EXPECT_EQ(waiting["items.1.transferId"], transfer);
  EXPECT_EQ(waiting["items.1.planId"], "null");
  post(path + "/decision", {{"decision", "ACCEPTED"}}, manager);
  EXPECT_EQ(manager_list(), "TRANSFER_PENDING:000000007");
  post(customer + "/transfers/" + transfer + "/decision", {{"decision", "ACCEPTED"}}, manager);
  EXPECT_EQ(manager_list(), "");
  EXPECT_EQ(cso(), "");
}

// ---- races
// -----------------------------------------------------------------------------------------------------------

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

// ---- the declaration
// -------------------------------------------------------------------------------------------------

TEST_F(PersonalisedServices, operations_have_the_roles_of_the_contract) {
  const std::vector<std::string> officers = {"ps-officer", "service-manager"};
  const std::map<std::string, std::vector<std::string>> others = {
      {"/v1/ps/assignments", {"service-manager"}},
      {"/v1/ps/customers/{csid}/plans/{planId}/submission", {"ps-officer"}},
      {"/v1/ps/customers/{csid}/plans/{planId}/decision", {"service-manager"}},
      {"/v1/ps/customers/{csid}/transfers/{transferId}/decision", {"service-manager"}},
      {"/v1/ps/action-lists/service-manager", {"service-manager"}}};
  std::size_t seen = 0;
  for (const auto &each : harness.host().operations()) {
    if (each.owner != "personalised-services") continue;
    ++seen;
    const auto other = others.find(each.path);
    EXPECT_EQ(each.roles, other == others.end() ? officers : other->second) << each.path;
    const bool of_a_plan = each.method != "GET" && each.path.find("/plans/{planId}") != std::string::npos;
    EXPECT_EQ(each.if_match_needed, each.method == "PATCH") << each.path;
    EXPECT_EQ(each.if_match, of_a_plan) << each.path;
    EXPECT_EQ(each.home_store, "cuba") << each.path;
    EXPECT_NO_THROW(flat_json(each.answer_schema)) << each.path;
  }
  EXPECT_EQ(seen, 14u);
}

}  // namespace
}  // namespace causeway::testing
