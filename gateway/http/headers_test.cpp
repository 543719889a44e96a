#include "http/headers.hpp"

#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace causeway::http {
namespace {

TEST(Headers, TellWhoAsks) {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const struct {
    std::string traceparent;
    bool continued;
  } table[] = {
      {"00-" + trace + "-b7ad6b7169203331-01", true},
      {"00-" + trace + "-b7ad6b7169203331-00", true},
      {"cc-" + trace + "-b7ad6b7169203331-01-what-the-future-brings", true},
      {"cc-" + trace + "-b7ad6b7169203331-01.x", false},
      {"00-" + trace + "-b7ad6b7169203331-01-more", false},
      {"ff-" + trace + "-b7ad6b7169203331-01", false},
      {"00-" + std::string(32, '0') + "-b7ad6b7169203331-01", false},
      {"00-" + trace + "-0000000000000000-01", false},
      {"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false},
      {"00-" + trace + "-b7ad6b7169203331", false},
      {"00-" + trace + "-b7ad6b7169203331-0x", false},
      {"", false},
  };
  const std::regex shape("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
  for (const auto &row : table) {
    const auto who = identity_of(std::nullopt, row.traceparent);
    EXPECT_EQ(who.trace_id == trace, row.continued) << row.traceparent;
    EXPECT_TRUE(std::regex_match(who.traceparent, shape)) << who.traceparent;
    EXPECT_EQ(who.traceparent.substr(3, 32), who.trace_id);
    if (row.continued) EXPECT_EQ(who.traceparent.substr(52), row.traceparent.substr(52, 3));
  }
}

TEST(Headers, KeepAWellFormedRequestIdAndMakeUuidsElse) {
  const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  EXPECT_EQ(identity_of("a.B_9-:", std::nullopt).request_id, "a.B_9-:");
  EXPECT_EQ(identity_of(std::string(64, 'a'), std::nullopt).request_id, std::string(64, 'a'));
  std::set<std::string> seen;
  for (const std::string &id : {std::string(65, 'a'), std::string("a b"), std::string("ü"), std::string("\"")}) {
    const auto made = identity_of(id, std::nullopt).request_id;
    EXPECT_TRUE(std::regex_match(made, uuid)) << made;
    EXPECT_TRUE(seen.insert(made).second);
  }
}

TEST(Headers, KnowJson) {
  for (const char *type : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                           "application/json;charset=\"UTF-8\"", "application/json ; "})
    EXPECT_TRUE(is_json(type)) << type;
  for (const char *type :
       {"", "text/json", "application/jsonx", "application/problem+json", "application/json; charset=latin1",
        "application/json; version=1", "application/json, text/xml"})
    EXPECT_FALSE(is_json(type)) << type;
}

TEST(Headers, BoundIdempotencyKeys) {
  EXPECT_TRUE(is_idempotency_key("a"));
  EXPECT_TRUE(is_idempotency_key("a key, \"quoted\""));
  EXPECT_TRUE(is_idempotency_key(std::string(255, '~')));
  EXPECT_FALSE(is_idempotency_key(""));
  EXPECT_FALSE(is_idempotency_key(std::string(256, 'a')));
  EXPECT_FALSE(is_idempotency_key("a\tb"));
  EXPECT_FALSE(is_idempotency_key("é"));
}

TEST(Headers, ReadIfMatch) {
  using kind = if_match::kind;
  const struct {
    std::optional<std::string> header;
    kind what;
    const char *tag;
  } table[] = {
      {std::nullopt, kind::none, ""},
      {"\"v1\"", kind::tag, "v1"},
      {" \"v1\" ", kind::tag, "v1"},
      {"*", kind::tag, "*"},
      {"\"a,b\"", kind::tag, "a,b"},
      {"W/\"v1\"", kind::never, ""},
      {"\"\"", kind::never, ""},
      {"W/\"v1\", \"v2\"", kind::tag, "v2"},
      {"\"v1\",\"v1\"", kind::tag, "v1"},
      {"\"v1\", \"v2\"", kind::many, ""},
      {"v1", kind::malformed, ""},
      {"", kind::malformed, ""},
      {"\"v1", kind::malformed, ""},
      {"\"v1\",", kind::malformed, ""},
      {"\"v1\" \"v2\"", kind::malformed, ""},
      {"w/\"v1\"", kind::malformed, ""},
  };
  for (const auto &row : table) {
    const auto read = parse_if_match(row.header);
    EXPECT_EQ(read.what, row.what) << row.header.value_or("none");
    EXPECT_EQ(read.tag, row.tag) << row.header.value_or("none");
  }
}

TEST(Headers, CompareIfNoneMatchWeakly) {
  EXPECT_TRUE(none_match_covers("\"v1\"", "v1"));
  EXPECT_TRUE(none_match_covers("W/\"v1\"", "v1"));
  EXPECT_TRUE(none_match_covers("\"v0\", \"v1\"", "v1"));
  EXPECT_TRUE(none_match_covers("*", "v1"));
  EXPECT_FALSE(none_match_covers("\"v2\"", "v1"));
  EXPECT_FALSE(none_match_covers("v1", "v1"));
}

}  // namespace
}  // namespace causeway::http
