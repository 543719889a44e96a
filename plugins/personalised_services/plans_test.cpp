// Through the real host: plans from their record to the decision, transfers, and what Cuba cannot hold of either.
#include "plugins/personalised_services/testing/personalised_services_fixture.hpp"

namespace causeway::testing {
namespace {

// ---- plans

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

// ---- what cannot be stored

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

}  // namespace
}  // namespace causeway::testing
