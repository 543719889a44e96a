// The plugin in the real host, over memory stores with the shipped kinds and two customers, 7 and 8, of whom the second
// has no name; and who calls.
#pragma once

#include <gtest/gtest.h>
#include <string>

#include "plugins/personalised_services/testing/views.hpp"
#include "tests/support/flat_json.hpp"
#include "tests/support/plugin_harness.hpp"
#include "tests/support/turn_taking.hpp"

namespace causeway::testing {

inline const principal officer = as("PSO001", {"ps-officer"});
inline const principal manager = as("SM1", {"service-manager"});
inline const principal both = as("BOTH", {"ps-officer", "service-manager"});
inline const std::string customer = "/v1/ps/customers/7";

inline members plan_body() {
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

}  // namespace causeway::testing
