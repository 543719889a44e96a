// Through the real host: referrals, customers, officers, assignments, action lists, who of a customer at risk was read,
// and what the plugin declares.
#include <map>

#include "plugins/personalised_services/testing/personalised_services_fixture.hpp"
#include "tests/support/reads_at_risk.hpp"

namespace causeway::testing {
namespace {

// ---- referrals

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

TEST_F(PersonalisedServices, lists_have_pages_that_end_at_any_id_that_a_site_has) {
  for (const char *id : {"Ä 1", "Ä/2"}) {
    harness.put("cuba.psOfficer", {{"officerId", id}, {"name", id}, {"stream", "North"}, {"team", "A"}});
    harness.put("cuba.psPlan", {{"planId", id},
                                {"csid", "000000011"},
                                {"coreIssue", "Arrears"},
                                {"referralType", "OTHER"},
                                {"stackingDocumentDate", "2026-01-02"},
                                {"segment", "s"},
                                {"issue", "i"},
                                {"status", "SUBMITTED"},
                                {"statusSince", "2026-01-02T03:04:05.000Z"},
                                {"createdAt", "2026-01-02T03:04:05.000Z"},
                                {"createdBy", "PSO001"}});
  }
  for (const auto &[path, member] : {std::pair("/v1/ps/officers?stream=North", "items.0.officerId"),
                                     {"/v1/ps/action-lists/service-manager", "items.0.planId"}}) {
    extras with;
    with.limit = 1;
    const flat_json first(get(path, manager, with).body);
    EXPECT_EQ(first[member], "Ä 1");
    with.cursor = first["next"];
    const auto second = get(path, manager, with);
    ASSERT_EQ(second.status, 200) << path << second.detail;
    EXPECT_EQ(flat_json(second.body)[member], "Ä/2");
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

TEST_F(PersonalisedServices, reading_of_a_customer_at_risk_is_recorded) {
  be_assigned();
  const auto its_plan = plan();
  put_privacy_check(harness, "1", "000000007", "SAFE", "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(get(customer).status, 200);
  EXPECT_EQ(get(its_plan).status, 200);
  EXPECT_TRUE(reads_recorded(harness).empty()) << "the newest check is SAFE";
  put_privacy_check(harness, "2", "000000007", "AT_RISK", "2026-01-02T00:00:00.000Z");
  EXPECT_EQ(get(customer).status, 200);
  EXPECT_EQ(get(its_plan).status, 200);
  EXPECT_EQ(reads_recorded(harness),
            (std::vector<std::string>{"personalised-services by " + officer.name, "plan by " + officer.name}));
}

// ---- action lists

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

// ---- the declaration

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
