// result, the JSON writer, and the replies that faults amount to.
#include "causeway/reply.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "causeway/json.hpp"
#include "causeway/result.hpp"

namespace causeway {
namespace {

using sdk::json_writer;
using sdk::reply;

result<std::unique_ptr<int>> halve(int n) {
  if (n % 2 != 0) return fault{outcome::invalid, "odd", {{"n", "odd", "must be even"}}};
  return std::make_unique<int>(n / 2);
}

TEST(Result, holds_a_value_or_a_fault) {
  auto good = halve(4);
  ASSERT_TRUE(good);
  EXPECT_EQ(**good, 2);
  EXPECT_EQ(*std::move(*good), 2);
  const auto bad = halve(3);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.why().what, outcome::invalid);
  EXPECT_EQ(bad.why().inputs, (std::vector<input_fault>{{"n", "odd", "must be even"}}));
}

TEST(PathSegment, is_one_segment_of_plain_characters_whatever_it_holds) {
  EXPECT_EQ(sdk::path_segment("0195e2a0-7C1E.x_y~z"), "0195e2a0-7C1E.x_y~z");
  EXPECT_EQ(sdk::path_segment("AB 12"), "AB%2012");
  EXPECT_EQ(sdk::path_segment("a/b?c#d%20\"<é"), "a%2Fb%3Fc%23d%2520%22%3C%C3%A9");
}

TEST(Result, reaches_into_its_value) {
  result<std::string> r = std::string("text");
  EXPECT_EQ(r->size(), 4u);
  *r += "s";
  EXPECT_EQ(*r, "texts");
  const auto copy = r;
  EXPECT_EQ(copy->size(), 5u);
}

TEST(JsonWriter, sets_commas_where_they_belong) {
  json_writer json;
  json.begin_object();
  json.member("text", "a").member("number", -5).member("truth", true).member("nothing", nullptr);
  json.name("list").begin_array().item(1).item("two").begin_object().end_object().begin_array().end_array().end_array();
  json.name("object").begin_object().member("a", 1).member("b", 2).end_object();
  json.member("last", std::string("z")).end_object();
  EXPECT_EQ(json.take(), R"({"text":"a","number":-5,"truth":true,"nothing":null,"list":[1,"two",{},[]],)"
                         R"("object":{"a":1,"b":2},"last":"z"})");
}

TEST(JsonWriter, writes_each_type) {
  const std::optional<std::string> none;
  const auto written = [](const auto &content) { return json_writer().item(content).take(); };
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written(false), "false");
  EXPECT_EQ(written(none), "null");
  EXPECT_EQ(written(std::optional<std::int64_t>(7)), "7");
  EXPECT_EQ(written(std::optional<bool>(true)), "true");
  EXPECT_EQ(written(std::string_view("view")), "\"view\"");
}

TEST(JsonWriter, escapes_what_json_asks_for_and_nothing_else) {
  const struct {
    std::string text;
    const char *json;
  } cases[] = {{"", R"("")"},
               {"plain", R"("plain")"},
               {"\"quoted\" \\ back", R"("\"quoted\" \\ back")"},
               {"line\nline\ttab\rreturn", R"("line\nline\u0009tab\u000dreturn")"},
               {std::string("nul\0unit\x1f", 9), R"("nul\u0000unit\u001f")"},
               {"/ < > & ' \x7f", "\"/ < > & ' \x7f\""},
               {"Grüße 😀 עברית", R"("Grüße 😀 עברית")"},
               {"\n", R"("\n")"}};
  for (const auto &c : cases) EXPECT_EQ(json_writer().item(c.text).take(), c.json);
  EXPECT_EQ(json_writer().begin_object().member("a\"b", 1).end_object().take(), R"({"a\"b":1})");
}

TEST(JsonWriter, escapes_wherever_it_stands) {
  for (const auto &[raw, written] : {std::pair<char, std::string>{'"', "\\\""}, {'\\', "\\\\"}, {'\x01', "\\u0001"}})
    for (std::size_t size = 1; size < 20; ++size)
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, '\x80'), json = text;
        text[at] = raw;
        EXPECT_EQ(json_writer().item(text).take(), '"' + json.replace(at, 1, written) + '"') << size << " " << at;
      }
}

TEST(Reply, is_what_a_fault_amounts_to) {
  const struct {
    outcome what;
    int status;
    const char *code;
  } cases[] = {{outcome::not_found, 404, "not-found"},
               {outcome::conflict, 409, "conflict"},
               {outcome::stale, 409, "stale"},
               {outcome::invalid, 422, "invalid"},
               {outcome::unavailable, 503, "unavailable"},
               {outcome::overloaded, 503, "overloaded"},
               {outcome::deadline, 504, "deadline"},
               {outcome::internal, 500, "internal"}};
  for (const auto &c : cases) {
    const auto r = reply::from(fault{c.what, "why", {}});
    EXPECT_EQ(r.status, c.status);
    EXPECT_EQ(r.code, c.code);
    EXPECT_TRUE(r.body.empty());
  }
}

TEST(Reply, points_into_the_body_where_a_fault_names_a_field) {
  const auto r = reply::from(fault{outcome::invalid, "", {{"text", "too-long", "x"}, {"/query/a", "bad", "y"}}});
  EXPECT_EQ(r.inputs, (std::vector<input_fault>{{"/body/text", "too-long", "x"}, {"/query/a", "bad", "y"}}));
  EXPECT_FALSE(r.detail.empty());
}

TEST(Reply, says_nothing_of_a_defect) {
  const auto r = reply::from(fault{outcome::internal, "SELECT secret", {}});
  EXPECT_EQ(r.detail.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace causeway
