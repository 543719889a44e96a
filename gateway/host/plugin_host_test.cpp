// The fixtures of tests/fixtures/plugins, loaded by the real host over memory stores: what a plugin may do, and that
// one that breaks the rules breaks nothing else. Each runs on the test's own thread and on a thread of the calls' own.
#include "host/plugin_host.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "host/testing/host_site.hpp"
#include "tests/support/plugin_harness.hpp"

namespace causeway {
namespace {

using testing::as;
using testing::fixture;
using testing::plugin_harness;
using testing::small_site;

const principal officer = as("PSO001", {"service-officer", "ps-officer"});
const principal an_operator = as("OPS1", {"operator"});

class plugins : public ::testing::TestWithParam<bool> {
 protected:
  plugin_harness::options with(const char *name, std::map<std::string, value> settings = {}) {
    return {.library = fixture(name).string(),
            .site = small_site(),
            .settings = std::move(settings),
            .threaded = GetParam()};
  }
};

INSTANTIATE_TEST_SUITE_P(on, plugins, ::testing::Values(false, true),
                         [](const auto &info) { return info.param ? "a_thread" : "the_test"; });

TEST_P(plugins, in_c_are_handed_the_request_as_it_was_checked) {
  plugin_harness harness(with("echo_c"));
  testing::members body{{"text", "Grüße"}, {"number", 7}, {"trigger.flag", true}};
  const answer a = harness.call("POST", "/v1/echo/4?colour=RED", body, officer);
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(a.body, R"({"csid": "000000004", "colour": "RED", "text": "Grüße", "country": "absent", "free": "absent", )"
                    R"("number": 7, "trigger.flag": true, "by": "PSO001", "roles": "service-officer ps-officer", )"
                    R"("request": "request-1", "limit": 50, "deadline": 1795252510000})");
  EXPECT_EQ(a.etag, "v1");
  EXPECT_EQ(a.location, "/v1/echo/1");
}

TEST_P(plugins, in_c_read_a_record_in_the_order_of_their_own_fields) {
  plugin_harness harness(with("echo_c"));
  harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Ann"}, {"international", true}});
  EXPECT_EQ(harness.call("GET", "/v1/echo/4/customer", {}, officer).body,
            R"({"name": "Ann", "csid": "000000004", "visits": null, "version": 1})");
  EXPECT_EQ(harness.call("GET", "/v1/echo/5/customer", {}, officer).status, 404);
  harness.store("pluto").set_away(true);
  EXPECT_EQ(harness.call("GET", "/v1/echo/4/customer", {}, officer).status, 503);
}

TEST_P(plugins, get_their_settings_typed_with_defaults_filled_in) {
  const struct {
    std::map<std::string, value> given;
    const char *told;
  } cases[] = {
      {{}, R"({"greeting": "hello", "times": 1, "loud": 0})"},
      {{{"greeting", "hi"}, {"times", "3"}, {"loud", "true"}}, R"({"greeting": "hi", "times": 3, "loud": 1})"},
      {{{"greeting", 140}, {"times", 2}, {"loud", false}}, R"({"greeting": "140", "times": 2, "loud": 0})"},
  };
  for (const auto &c : cases) {
    plugin_harness harness(with("echo_c", c.given));
    EXPECT_EQ(harness.call("GET", "/v1/echo/1/settings", {}, an_operator).body, c.told);
  }
}

TEST_P(plugins, built_by_another_compiler_read_map_commit_and_page) {
  plugin_harness harness(with("greeter_gxx", {{"words", "Good day"}, {"every", "90m"}}));
  harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Ann"}, {"international", true}});
  const answer first = harness.call("POST", "/v1/customers/4/greetings", {}, officer);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.body, R"({"greeting":"Good day, Ann","visits":1,"every":5400000,"by":"PSO001","at":1795252500000})");
  EXPECT_EQ(harness.call("POST", "/v1/customers/4/greetings", {{"words", "Moin"}}, officer).status, 201);
  ASSERT_EQ(harness.all("pluto.note").size(), 2u);
  EXPECT_EQ(first.location,
            "/v1/customers/000000004/greetings/" + std::get<std::string>(harness.all("pluto.note")[0]["noteId"]));
  EXPECT_EQ(harness.all("pluto.customer")[0]["visits"], value(std::int64_t(2)));
  EXPECT_EQ(harness.all("pluto.customer")[0]["country"], value(null()));

  const auto stale = harness.call("POST", "/v1/customers/4/greetings", {{"seen", 1}}, officer);
  EXPECT_EQ(std::make_pair(stale.status, stale.code), std::make_pair(409, std::string("stale")));
  EXPECT_EQ(harness.all("pluto.note").size(), 2u) << "the unit happened in part";
  EXPECT_EQ(harness.call("POST", "/v1/customers/5/greetings", {}, officer).status, 404);

  const auto page = harness.call("GET", "/v1/customers/4/greetings", {}, officer, {.limit = 1});
  const std::string last = std::get<std::string>(harness.all("pluto.note")[1]["noteId"]);
  EXPECT_EQ(page.body, R"({"items":["Moin, Ann"],"next":")" + last + "\"}");
  const auto rest = harness.call("GET", "/v1/customers/4/greetings", {}, officer, {.cursor = last, .limit = 1});
  EXPECT_EQ(rest.body, R"({"items":["Good day, Ann"],"next":null})");

  EXPECT_EQ(harness.call("POST", "/v1/customers/4/moves", {}, officer).body, R"({"moved":"ANN"})");
  EXPECT_EQ(harness.all("cuba.customer")[0]["applicantName"], value("ANN"));
}

TEST_P(plugins, learn_the_fields_that_a_store_or_a_mapping_refuses) {
  plugin_harness harness(with("greeter_gxx"));
  harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Bartholomew"}, {"international", true}});
  const auto unmapped = harness.call("POST", "/v1/customers/4/moves", {}, officer);
  EXPECT_EQ(unmapped.status, 422);
  EXPECT_EQ(unmapped.inputs, (std::vector<input_fault>{{"/body/name", "too-long", "at most 10 characters"}}));
  const auto refused = harness.call("POST", "/v1/customers/4/greetings", {{"words", std::string(101, 'x')}}, officer);
  EXPECT_EQ(refused.status, 422);
  ASSERT_EQ(refused.inputs.size(), 1u);
  EXPECT_EQ(refused.inputs[0].pointer, "/body/text");
  EXPECT_EQ(refused.inputs[0].code, "too-long");
}

TEST_P(plugins, of_an_older_sdk_work_with_their_smaller_structs) {
  plugin_harness harness(with("old_sdk", {{"second", "zwei"}}));
  EXPECT_EQ(harness.call("GET", "/v1/old/settings", {}, an_operator).body, R"({"first": "one", "second": "zwei"})");
  EXPECT_EQ(harness.call("POST", "/v1/old/notes", {{"csid", "4"}, {"text", "as ever"}}, an_operator).body,
            R"({"rows": 1, "text": "as ever"})");
  EXPECT_EQ(harness.all("pluto.note")[0]["csid"], value("000000004"));
  const auto operations = harness.host().operations();
  EXPECT_EQ(operations[0].home_store, "");
  EXPECT_EQ(operations[0].body_members[1].max_length, 100u);
  EXPECT_TRUE(operations[0].body_members[1].allowed.empty());
}

TEST_P(plugins, that_throw_are_answered_500_and_serve_on) {
  plugin_harness harness(with("thrower"));
  for (const char *where :
       {"from-handle", "from-callback", "in-coroutine", "after-await", "an-integer", "before-coroutine"}) {
    const auto a = harness.call("GET", std::string("/v1/throws/") + where, {}, an_operator);
    EXPECT_EQ(a.status, 500) << where;
    EXPECT_EQ(a.code, "internal") << where;
    EXPECT_EQ(a.detail.find("secret"), std::string::npos) << where;
  }
  EXPECT_EQ(harness.call("GET", "/v1/throws/after-answer", {}, an_operator).body, R"({"answered": true})");
  EXPECT_EQ(harness.call("GET", "/v1/throws/not", {}, an_operator).body, R"({"fine": true})");
  EXPECT_EQ(harness.host().plugins()[0].state, "serving");
}

TEST_P(plugins, that_answer_twice_are_told_that_it_is_stale) {
  plugin_harness harness(with("twice"));
  EXPECT_EQ(harness.call("GET", "/v1/twice", {}, an_operator).body, R"({"answer": 1})");
  EXPECT_EQ(harness.call("GET", "/v1/twice/later", {}, an_operator).body, R"({"answer": 4})")
      << "an answer to an earlier call reached the call that has its slot now";
  EXPECT_EQ(harness.call("GET", "/v1/twice/told", {}, an_operator).body,
            R"({"second": )" + std::to_string(CW_STALE) + R"(, "later": )" + std::to_string(CW_STALE) + "}");
}

TEST_P(plugins, that_never_answer_are_stuck_until_they_do) {
  auto options = with("silent");
  options.overdue_most = 3;
  plugin_harness harness(std::move(options));
  const auto state = [&] { return harness.host().plugins()[0].state; };
  const auto settle = [&] { EXPECT_EQ(harness.call("GET", "/v1/admin/plugins", {}, an_operator).status, 200); };
  std::vector<plugin_harness::pending> asleep;
  asleep.reserve(4);
  for (int i = 0; i < 4; ++i) asleep.push_back(harness.begin("GET", "/v1/silent", {}, an_operator));
  settle();
  EXPECT_EQ(state(), "serving") << "calls within their deadline count as stuck";
  harness.time().advance(std::chrono::milliseconds(10'001));
  EXPECT_EQ(state(), "stuck");
  const auto refused = harness.call("GET", "/v1/silent", {}, an_operator);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.code, "plugin-stuck");
  EXPECT_GT(refused.retry_after, 0);
}

TEST_P(plugins, that_answer_late_find_what_the_request_lent_them_still_there) {
  plugin_harness harness(with("silent"));
  const auto late = harness.begin("GET", "/v1/silent", {}, an_operator);
  harness.time().advance(std::chrono::hours(1));
  EXPECT_EQ(harness.call("GET", "/v1/silent/wake", {}, an_operator).body, R"({"awake": true})");
  ASSERT_TRUE(late.answered->has_value());
  EXPECT_EQ((*late.answered)->body, R"({"late": "request-1"})");
}

TEST_P(plugins, that_break_a_rule_of_a_host_function_get_internal_and_nothing_happens) {
  plugin_harness harness(with("breaker"));
  harness.put("pluto.customer", {{"csid", "000000001"}, {"name", "Bo"}, {"international", false}});
  const char *rules[] = {"find-size",
                         "find-kind",
                         "find-undeclared",
                         "find-condition-field",
                         "find-comparison",
                         "find-equals-null",
                         "find-value-type",
                         "find-conditions-count",
                         "find-conditions-stride",
                         "find-conditions-null",
                         "find-order-field",
                         "find-order-null",
                         "find-order-count",
                         "find-limit-none",
                         "find-limit-many",
                         "find-after-type",
                         "get-kind",
                         "get-undeclared",
                         "get-key-count",
                         "get-no-key",
                         "get-key-type",
                         "get-key-null",
                         "commit-size",
                         "commit-none",
                         "commit-count",
                         "commit-null",
                         "commit-undeclared",
                         "commit-two-stores",
                         "commit-answer",
                         "commit-change-size",
                         "commit-change-type",
                         "commit-change-kind",
                         "commit-no-values",
                         "commit-utf8",
                         "commit-nul",
                         "commit-nul-far",
                         "commit-null-text",
                         "commit-tag",
                         "commit-other-type",
                         "commit-boolean",
                         "map-kind",
                         "map-no-values",
                         "map-undeclared"};
  const std::string internal = R"({"outcome": )" + std::to_string(CW_INTERNAL) + R"(, "rows": 0})";
  for (const char *rule : rules)
    EXPECT_EQ(harness.call("GET", std::string("/v1/breaks/") + rule, {}, an_operator).body, internal) << rule;
  EXPECT_EQ(harness.all("pluto.customer")[0]["name"], value("Bo"));
  EXPECT_TRUE(harness.all("cuba.customer").empty());
  // The same requests without a broken rule work: it is the rule that was refused above.
  EXPECT_EQ(harness.call("GET", "/v1/breaks/get", {}, an_operator).body, R"({"outcome": 0, "rows": 1})");
  EXPECT_EQ(harness.call("GET", "/v1/breaks/find", {}, an_operator).body, R"({"outcome": 0, "rows": 1})");
  EXPECT_EQ(harness.call("GET", "/v1/breaks/commit", {}, an_operator).body, R"({"outcome": 0, "rows": 0})");
  EXPECT_EQ(harness.all("pluto.customer")[0]["name"], value("Ann"));
}

TEST_P(plugins, whose_answers_cannot_be_sent_are_answered_500) {
  plugin_harness harness(with("breaker"));
  const char *rules[] = {"answer-size",       "answer-null",         "answer-status-99",     "answer-status-302",
                         "answer-status-600", "answer-no-body",      "answer-body-cut",      "answer-body-text",
                         "answer-body-utf8",  "answer-body-null",    "answer-etag",          "answer-etag-quote",
                         "answer-location",   "answer-problem-code", "answer-problem-shape", "answer-fault"};
  for (const char *rule : rules) {
    const auto a = harness.call("GET", std::string("/v1/breaks/") + rule, {}, an_operator);
    EXPECT_EQ(a.status, 500) << rule;
    EXPECT_EQ(a.code, "internal") << rule;
    EXPECT_TRUE(a.etag.empty() && a.location.empty() && a.body.empty() && a.inputs.empty()) << rule;
  }
  EXPECT_EQ(harness.call("GET", "/v1/breaks/answer", {}, an_operator).body, R"({"fine": true})");
}

TEST_P(plugins, that_ask_after_their_answer_or_without_a_callback_do_no_harm) {
  plugin_harness harness(with("breaker"));
  EXPECT_EQ(harness.call("GET", "/v1/breaks/after-answer", {}, an_operator).body, R"({"fine": true})");
  EXPECT_EQ(harness.call("GET", "/v1/breaks/no-callback", {}, an_operator).body, R"({"fine": true})");
}

TEST_P(plugins, get_deadline_from_host_functions_once_it_has_passed) {
  plugin_harness harness(with("echo_c"));
  harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Ann"}, {"international", true}});
  harness.store("pluto").fail_next(outcome::deadline);
  EXPECT_EQ(harness.call("GET", "/v1/echo/4/customer", {}, officer).status, 503);
  if (GetParam()) return;  // below, the clock must move between begin and the call
  const auto late = harness.begin("GET", "/v1/echo/4/customer", {}, officer);
  harness.time().advance(std::chrono::hours(1));
  harness.run(late);
  EXPECT_EQ(late.answered->value().status, 503) << "the store was asked after the deadline";
}

class note_keeper final : public answer_keeper {
 public:
  void keep(const std::string &store, const answer &given, unit_of_work &unit) override {
    stores.push_back(store);
    bodies.push_back(given.body);
    changes = unit.changes.size();
  }
  void kept() override { ++times_kept; }
  std::vector<std::string> stores, bodies;
  std::size_t changes = 0;
  int times_kept = 0;
};

TEST_P(plugins, have_their_answer_kept_with_the_unit_that_makes_it_true) {
  plugin_harness harness(with("greeter_gxx"));
  harness.put("pluto.customer", {{"csid", "000000004"}, {"name", "Ann"}, {"international", true}});
  const auto keeper = std::make_shared<note_keeper>();
  const auto a = harness.call("POST", "/v1/customers/4/greetings", {}, officer, {.keeper = keeper});
  EXPECT_EQ(keeper->stores, std::vector<std::string>{"pluto"});
  EXPECT_EQ(keeper->bodies, std::vector<std::string>{a.body});
  EXPECT_EQ(keeper->changes, 2u);
  EXPECT_EQ(keeper->times_kept, 1);

  const auto failing = std::make_shared<note_keeper>();
  EXPECT_EQ(harness.call("POST", "/v1/customers/4/greetings", {{"seen", 1}}, officer, {.keeper = failing}).status, 409);
  EXPECT_EQ(failing->stores.size(), 1u);
  EXPECT_EQ(failing->times_kept, 0) << "kept() after a commit that failed";

  const auto unused = std::make_shared<note_keeper>();
  EXPECT_EQ(harness.call("POST", "/v1/customers/4/moves", {}, officer, {.keeper = unused}).status, 200);
  EXPECT_TRUE(unused->stores.empty()) << "this commit is not the call's last word";
}

TEST_P(plugins, are_ended_when_nothing_is_open_and_answer_503_from_then_on) {
  plugin_harness harness(with("echo_c"));
  harness.host().stop();
  harness.host().stop();
  EXPECT_EQ(harness.host().plugins()[0].state, "stopped");
  const auto a = harness.call("GET", "/v1/echo/1/settings", {}, an_operator);
  EXPECT_EQ(std::make_pair(a.status, a.code), std::make_pair(503, std::string("draining")));
}

TEST_P(plugins, with_open_calls_are_left_alone_and_their_callers_answered) {
  plugin_harness harness(with("silent"));
  const auto open = harness.begin("GET", "/v1/silent", {}, an_operator);
  EXPECT_EQ(harness.call("GET", "/v1/admin/plugins", {}, an_operator).status, 200);
  harness.host().stop();
  ASSERT_TRUE(open.answered->has_value());
  EXPECT_EQ((*open.answered)->status, 503);
}

TEST_P(plugins, are_listed_for_operators) {
  plugin_harness harness(with("twice"));
  const auto list = harness.host().operations().back();
  EXPECT_EQ(list.method + " " + list.path, "GET /v1/admin/plugins");
  EXPECT_EQ(list.roles, std::vector<std::string>{"operator"});
  EXPECT_EQ(harness.call("GET", "/v1/admin/plugins", {}, an_operator).body,
            R"({"items":[{"name":"twice","version":"1.0.0","abi":1,"state":"serving","operations":[)"
            R"({"method":"GET","path":"/v1/twice","roles":["operator"]},)"
            R"({"method":"GET","path":"/v1/twice/later","roles":["operator"]},)"
            R"({"method":"GET","path":"/v1/twice/told","roles":["operator"]}]}],"next":null})");
  EXPECT_EQ(harness.call("GET", "/v1/admin/plugins", {}, an_operator, {.cursor = "nobody"}).status, 422);
}

}  // namespace
}  // namespace causeway
