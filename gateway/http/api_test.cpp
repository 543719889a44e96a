// One request at a time through an api, without a socket: who is refused when, and what an answer looks like.
#include "http/api.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>
#include <stdexcept>

#include "http/exchange.hpp"
#include "http/problem.hpp"
#include "http/test_support.hpp"
#include "store/kind_builder.hpp"
#include "store/memory_store.hpp"

namespace causeway::http {
namespace {

namespace json = boost::json;

class inline_executor final : public executor {
 public:
  void post(std::function<void()> work) override { work(); }
};

std::optional<principal> by_name(std::string_view header) {
  if (header == "Bearer officer") return principal{"PSO001", {"ps-officer"}};
  if (header == "Bearer partner") return principal{"P1", {"partner"}};
  return std::nullopt;
}

// Field of a response, empty where there is none.
std::string field_of(const response &r, const std::string &name) {
  const auto at = r.fields.find(name + ": ");
  if (at == std::string::npos || (at > 0 && r.fields[at - 1] != '\n')) return "";
  const auto from = at + name.size() + 2;
  return r.fields.substr(from, r.fields.find("\r\n", from) - from);
}

std::string code_of_body(const response &r) {
  boost::system::error_code ec;
  const auto body = json::parse(r.body, ec);
  if (ec || !body.is_object() || !body.as_object().contains("type")) return "";
  return std::string(body.at("type").as_string()).substr(std::string("urn:causeway:problem:").size());
}

struct ask_options {
  std::string authorization = "Bearer officer";
  std::string body = {};
  std::optional<std::string> if_match = {};
  std::optional<std::string> if_none_match = {};
  std::optional<std::string> key = {};
};

response ask(const std::shared_ptr<const api> &served, const std::string &method, const std::string &target,
             const ask_options &how = {}) {
  request head;
  head.method = method;
  head.target = target;
  if (!how.authorization.empty()) head.authorization = how.authorization;
  head.if_match = how.if_match;
  head.if_none_match = how.if_none_match;
  head.idempotency_key = how.key;
  head.has_body = !how.body.empty();
  if (head.has_body) head.content_type = "application/json";
  const auto one = std::make_shared<exchange>(served, std::move(head), identity_of("r-1", std::nullopt));
  if (auto refused = one->admit(how.body.size(), 1000, std::chrono::seconds(1), false)) return *refused;
  std::optional<response> given;
  one->serve(how.body, std::make_shared<inline_executor>(), system_clock().now() + std::chrono::hours(1),
             [&](response r) { given = std::move(r); });
  if (!given) throw std::runtime_error("no answer");
  return *given;
}

class Api : public testing::Test {
 protected:
  static operation guarded(std::string method, std::string path, std::function<answer(const call &)> handle) {
    auto op = test::test_operation(std::move(method), std::move(path),
                                   [handle = std::move(handle)](auto c, auto done) { done(handle(*c)); });
    op.roles = {"ps-officer", "service-manager"};
    return op;
  }

  static std::vector<operation> operations() {
    auto get = guarded("GET", "/v1/customers/{csid}", [](const call &c) {
      auto a =
          test::json_answer("{\"csid\":\"" + std::string(text_of(c.path[0])) + "\",\"by\":\"" + c.caller.name + "\"}");
      a.etag = "v1";
      return a;
    });
    get.path_members = {test::csid_member()};
    auto patch = guarded("PATCH", "/v1/customers/{csid}", [](const call &c) {
      return c.if_match == "v1" || c.if_match == "*" ? test::json_answer("{}") : problem(412);
    });
    patch.path_members = {test::csid_member()};
    patch.body_members = {test::text_member("name", true)};
    patch.if_match_needed = true;
    auto post = guarded("POST", "/v1/things", [](const call &) {
      auto a = test::json_answer("{\"id\":\"1\"}", 201);
      a.location = "/v1/things/1\r\nX-Smuggled: 1";
      return a;
    });
    post.home_store = "pluto";
    post.body_members = {test::text_member("trigger.segment"), test::text_member("trigger.issue", true)};
    auto throws = guarded("POST", "/v1/throws", [](const call &) -> answer { throw std::runtime_error("secret"); });
    auto nonsense = guarded("POST", "/v1/nonsense", [](const call &) { return test::json_answer("{}", 42); });
    auto busy = guarded("POST", "/v1/busy", [](const call &) { return problem(503, "overloaded"); });
    auto drops = test::test_operation("POST", "/v1/drops", [](auto, auto) {});
    return {get, patch, post, throws, nonsense, busy, drops};
  }

  std::shared_ptr<const api> served_ = test::make_api(operations(), [this] {
    api_options o;
    o.authenticate = by_name;
    o.readiness = [this] { return parts_; };
    return o;
  }());
  std::vector<readiness_part> parts_{{"store", "pluto", "serving", true}};
};

TEST_F(Api, RefusesInAnOrderThatTellsNothingToStrangers) {
  const std::string bad_body = R"({"nonsense":1})";
  const struct {
    const char *what, *method, *target;
    ask_options how;
    int status;
    const char *code;
  } table[] = {
      {"unknown path, no key", "GET", "/nowhere", {.authorization = ""}, 404, "not-found"},
      {"unknown method, no key", "PUT", "/v1/things", {.authorization = ""}, 405, "method-not-allowed"},
      {"no key", "POST", "/v1/things", {.authorization = "", .body = bad_body}, 401, "unauthorized"},
      {"unknown key", "POST", "/v1/things", {.authorization = "Bearer x", .body = bad_body}, 401, "unauthorized"},
      {"no role", "POST", "/v1/things", {.authorization = "Bearer partner", .body = bad_body}, 403, "forbidden"},
      {"a body with a fault", "POST", "/v1/things", {.body = bad_body}, 422, "invalid"},
      {"a path with a fault", "GET", "/v1/customers/x", {}, 422, "invalid"},
      {"a body that is too large", "POST", "/v1/things", {.body = std::string(1001, ' ')}, 413, "content-too-large"},
      {"no precondition", "PATCH", "/v1/customers/7", {.body = "{}"}, 428, "precondition-required"},
      {"a weak precondition",
       "PATCH",
       "/v1/customers/7",
       {.body = "{}", .if_match = "W/\"v1\""},
       412,
       "precondition-failed"},
      {"a malformed precondition",
       "PATCH",
       "/v1/customers/7",
       {.body = "{}", .if_match = "v1"},
       400,
       "malformed-if-match"},
      {"two preconditions",
       "PATCH",
       "/v1/customers/7",
       {.body = "{}", .if_match = "\"a\",\"b\""},
       400,
       "malformed-if-match"},
      {"a stale precondition",
       "PATCH",
       "/v1/customers/7",
       {.body = R"({"name":"a"})", .if_match = "\"v0\""},
       412,
       "precondition-failed"},
      {"a precondition where none is taken", "POST", "/v1/busy", {.if_match = "\"v1\""}, 422, "invalid"},
      {"a malformed key", "POST", "/v1/things", {.key = ""}, 422, "invalid"},
      {"a handler that throws", "POST", "/v1/throws", {}, 500, "internal"},
      {"a handler that answers nonsense", "POST", "/v1/nonsense", {}, 500, "internal"},
      {"a handler that drops the request", "POST", "/v1/drops", {}, 500, "internal"},
      {"a handler that is busy", "POST", "/v1/busy", {}, 503, "overloaded"},
  };
  for (const auto &row : table) {
    const auto r = ask(served_, row.method, row.target, row.how);
    EXPECT_EQ(r.status, row.status) << row.what << r.body;
    EXPECT_EQ(code_of_body(r), row.code) << row.what;
    EXPECT_EQ(r.content_type, "application/problem+json") << row.what;
    EXPECT_EQ(field_of(r, "X-Request-Id"), "r-1") << row.what;
    EXPECT_NE(field_of(r, "traceparent"), "") << row.what;
    EXPECT_EQ(field_of(r, "WWW-Authenticate").substr(0, 6), row.status == 401 ? "Bearer" : "") << row.what;
    EXPECT_EQ(field_of(r, "Allow"), row.status == 405 ? "POST" : "") << row.what;
    EXPECT_EQ(field_of(r, "Retry-After"), row.status == 503 ? "1" : "") << row.what;
    EXPECT_EQ(r.body.find("secret"), std::string::npos) << row.what;
  }
}

TEST_F(Api, AnswersWhatTheHandlerSays) {
  const auto got = ask(served_, "GET", "/v1/customers/7");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.content_type, "application/json");
  EXPECT_EQ(got.body, R"({"csid":"000000007","by":"PSO001"})");
  EXPECT_EQ(field_of(got, "ETag"), "\"v1\"");
  EXPECT_EQ(got.label, "GET /v1/customers/{csid}");
  EXPECT_EQ(ask(served_, "PATCH", "/v1/customers/7", {.body = R"({"name":"a"})", .if_match = "\"v1\""}).status, 200);
  EXPECT_EQ(ask(served_, "PATCH", "/v1/customers/7", {.body = R"({"name":"a"})", .if_match = "*"}).status, 200);
}

TEST_F(Api, SpareACallerWhatItHas) {
  const auto r = ask(served_, "GET", "/v1/customers/7", {.if_none_match = "W/\"v1\""});
  EXPECT_EQ(r.status, 304);
  EXPECT_EQ(r.body, "");
  EXPECT_EQ(field_of(r, "ETag"), "\"v1\"");
  EXPECT_EQ(ask(served_, "GET", "/v1/customers/7", {.if_none_match = "\"v0\""}).status, 200);
}

TEST_F(Api, LetsNoHandlerWriteHeaderLines) {
  const auto r = ask(served_, "POST", "/v1/things", {.body = R"({"trigger":{"issue":"i"}})"});
  EXPECT_EQ(r.status, 201) << r.body;
  EXPECT_EQ(field_of(r, "Location"), "/v1/things/1X-Smuggled: 1");
  EXPECT_EQ(field_of(r, "X-Smuggled"), "");
}

TEST_F(Api, SaysWhetherItIsReady) {
  EXPECT_EQ(ask(served_, "GET", "/livez", {.authorization = ""}).body, R"({"status":"up"})");
  const auto ready = ask(served_, "GET", "/readyz", {.authorization = ""});
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body,
            R"({"status":"ready","parts":[{"kind":"store","name":"pluto","state":"serving","ready":true}]})");
  parts_.push_back({"store", "cuba", "away", false});
  const auto not_ready = ask(served_, "GET", "/readyz", {.authorization = ""});
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_EQ(not_ready.content_type, "application/json");
  EXPECT_NE(not_ready.body.find("\"cuba\",\"state\":\"away\",\"ready\":false"), std::string::npos);
}

TEST_F(Api, SaysWhenToComeAgainToWhomAStoreFailed) {
  api_options options;
  options.authenticate = by_name;
  options.retry_in = [] { return std::chrono::milliseconds(2300); };
  const auto served = test::make_api({guarded("GET", "/v1/away",
                                              [](const call &) {
                                                return to_answer({outcome::unavailable, "away", {}});
                                              }),
                                      guarded("GET", "/v1/busy",
                                              [](const call &) {
                                                return to_answer({outcome::overloaded, "busy", {}});
                                              })},
                                     options);
  EXPECT_EQ(field_of(ask(served, "GET", "/v1/away"), "Retry-After"), "3");
  EXPECT_EQ(field_of(ask(served, "GET", "/v1/busy"), "Retry-After"), "1") << "no store's doing";
}

TEST_F(Api, DocumentsWhatItServes) {
  const auto r = ask(served_, "GET", "/openapi.json", {.authorization = ""});
  ASSERT_EQ(r.status, 200);
  const auto document = json::parse(r.body);
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  EXPECT_EQ(document.at("security"), json::parse(R"([{"bearer":[]}])"));
  const auto &paths = document.at("paths").as_object();
  EXPECT_EQ(paths.size(), 9u);
  const auto &get = paths.at("/v1/customers/{csid}").at("get");
  EXPECT_EQ(get.at("x-roles"), json::parse(R"(["ps-officer","service-manager"])"));
  EXPECT_EQ(get.at("parameters"), json::parse(R"([{"name":"csid","in":"path","required":true,
    "schema":{"type":"string","pattern":"^[0-9]{1,9}$"}}])"));
  const auto &post = paths.at("/v1/things").at("post");
  EXPECT_EQ(post.at("requestBody").at("content").at("application/json").at("schema"), json::parse(R"({
    "type":"object","additionalProperties":false,"required":["trigger"],"properties":{"trigger":{
      "type":"object","additionalProperties":false,"required":["issue"],"properties":{
        "segment":{"type":"string"},"issue":{"type":"string"}}}}})"))
      << json::serialize(post);
  EXPECT_EQ(post.at("parameters"), json::parse(R"([{"$ref":"#/components/parameters/IdempotencyKey"}])"));
  EXPECT_EQ(paths.at("/livez").at("get").at("security"), json::parse("[]"));
  EXPECT_EQ(get.at("operationId").as_string(), "get_customers_byCsid");
  EXPECT_EQ(post.at("operationId").as_string(), "post_things");
  EXPECT_EQ(get.at("responses").at("200").at("headers"), json::parse(R"({
    "X-Request-Id":{"$ref":"#/components/headers/RequestId"},"ETag":{"$ref":"#/components/headers/ETag"}})"));
  for (const char *header : {"RequestId", "Location", "ETag", "RetryAfter"})
    EXPECT_TRUE(document.at("components").at("headers").as_object().contains(header)) << header;
  EXPECT_EQ(document.at("components").at("securitySchemes"),
            json::parse(R"({"bearer":{"type":"http","scheme":"bearer"}})"));
}

TEST(ApiRefuses, WhatCannotBeServed) {
  const auto plain = [](std::string method, std::string path, std::string owner) {
    auto op = test::test_operation(std::move(method), std::move(path), [](auto, auto) {});
    op.owner = std::move(owner);
    return op;
  };
  auto with_member = plain("GET", "/v1/a/{x}", "one");
  with_member.path_members = {test::text_member("x", true)};
  auto same_shape = plain("GET", "/v1/a/{y}", "two");
  same_shape.path_members = {test::text_member("y", true)};
  auto misnamed = plain("GET", "/v1/a/{x}", "one");
  misnamed.path_members = {test::text_member("z", true)};
  auto no_schema = plain("GET", "/v1/b", "one");
  no_schema.answer_schema = "[";
  auto no_keys = plain("GET", "/v1/b", "one");
  no_keys.roles = {"operator"};
  const struct {
    std::vector<operation> operations;
    const char *text;
  } table[] = {
      {{with_member, same_shape}, "GET /v1/a/{y} of two clashes with GET /v1/a/{x} of one"},
      {{plain("GET", "/livez", "two")}, "GET /livez of causeway clashes with GET /livez of two"},
      {{misnamed}, "GET /v1/a/{x} (one): the path's parameter \"x\" is declared as \"z\""},
      {{plain("GET", "/v1/{x}", "one")}, "GET /v1/{x} (one): the path has 1 parameters, declared are 0"},
      {{plain("GET", "v1", "one")}, "GET v1 (one): the path \"v1\" does not begin with /"},
      {{no_schema}, "the answer schema of GET /v1/b (one) is no JSON object"},
      {{no_keys}, "GET /v1/b: roles are asked for, keys are not known"},
  };
  for (const auto &row : table) {
    const auto made = api::make(row.operations, {});
    ASSERT_FALSE(made) << row.text;
    EXPECT_EQ(made.why().what, outcome::invalid);
    EXPECT_EQ(made.why().detail, row.text);
  }
}

TEST(ApiKeeps, AnswersByTheirKey) {
  const system_clock clock;
  const auto keys = std::make_shared<key_maker>([&] { return clock.now(); }, 1);
  memory_store pluto({idempotency_kind("pluto")}, keys);
  int handled = 0;
  auto op = test::test_operation("POST", "/v1/things", [&](auto c, auto done) {
    ++handled;
    done(c->body[0] == value(std::string("bad")) ? problem(409, "not-now", "Not now.")
                                                 : test::json_answer("{\"n\":" + std::to_string(handled) + "}", 201));
  });
  op.home_store = "pluto";
  op.body_members = {test::text_member("a")};
  idempotency_options kept;
  kept.stores = {{"pluto", &pluto}};
  kept.holder = "A";
  api_options o;
  o.keys = std::make_shared<idempotency>(kept, clock);
  const auto served = test::make_api({op}, o);

  const auto first = ask(served, "POST", "/v1/things", {.body = R"({"a":"b"})", .key = "k"});
  const auto again = ask(served, "POST", "/v1/things", {.body = "{ \"a\" : \"\\u0062\" }", .key = "k"});
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(field_of(first, "Idempotent-Replayed"), "");
  EXPECT_EQ(field_of(again, "Idempotent-Replayed"), "true");
  EXPECT_EQ(ask(served, "POST", "/v1/things", {.key = "k"}).status, 422);

  const auto refused = ask(served, "POST", "/v1/things", {.body = R"({"a":"bad"})", .key = "k2"});
  const auto refused_again = ask(served, "POST", "/v1/things", {.body = R"({"a":"bad"})", .key = "k2"});
  EXPECT_EQ(refused_again.status, 409);
  EXPECT_EQ(refused_again.body, refused.body);
  EXPECT_EQ(refused_again.content_type, "application/problem+json");
  EXPECT_EQ(handled, 2);
}

}  // namespace
}  // namespace causeway::http
