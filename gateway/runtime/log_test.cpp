// A line of the log is one JSON object whatever stands in it.
#include "runtime/log.hpp"

#include <gtest/gtest.h>
#include <sstream>
#include <thread>
#include <vector>

#include "runtime/clock.hpp"

namespace causeway {
namespace {

using namespace std::string_literals;

struct escape_case {
  std::string text, escaped;
};

TEST(JsonEscaped, KeepsTextThatNeedsNothing) {
  for (const auto &text : {""s, "plain / text"s, "\u00E9 \u20AC \U0001F600"s, "\u007F"s, "\U0010FFFF"s})
    EXPECT_EQ(json_escaped(text), text);
}

TEST(JsonEscaped, EscapesWhatWouldEndOrBreakTheString) {
  for (const auto &c : {escape_case{"a\"b", "a\\\"b"},
                        {"a\\b", "a\\\\b"},
                        {"a\nb", "a\\nb"},
                        {"a\r\tb", "a\\u000d\\u0009b"},
                        {"\0"s, "\\u0000"},
                        {"\x1F", "\\u001f"},
                        {"\\u0000", "\\\\u0000"}})
    EXPECT_EQ(json_escaped(c.text), c.escaped);
}

TEST(JsonEscaped, ReplacesWhatIsNotUtf8ByteByByte) {
  for (const auto &c : {escape_case{"a\xFFz", "a\uFFFDz"},
                        {"\x80", "\uFFFD"},
                        {"\xC3", "\uFFFD"},
                        {"\xC3\"", "\uFFFD\\\""},  // a torn character swallows nothing
                        {"\xC0\xAF", "\uFFFD\uFFFD"},
                        {"\xE2\x82", "\uFFFD\uFFFD"},
                        {"\xE0\x80\x80", "\uFFFD\uFFFD\uFFFD"},
                        {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
                        {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
                        {"\xF5\x80", "\uFFFD\uFFFD"}})
    EXPECT_EQ(json_escaped(c.text), c.escaped);
}

// What was written while `work` ran.
template <class Work>
std::vector<std::string> lines_of(Work work) {
  testing::internal::CaptureStderr();
  work();
  std::istringstream written(testing::internal::GetCapturedStderr());
  std::vector<std::string> lines;
  for (std::string line; std::getline(written, line);) lines.push_back(line);
  return lines;
}

TEST(Log, WritesOneObjectALine) {
  const auto lines = lines_of([] { log(log_level::warning, "It \"happened\".", {{"count", "3"}, {"why", "a\nb"}}); });
  ASSERT_EQ(lines.size(), 1u);
  constexpr std::string_view before_time = "{\"time\":\"";
  ASSERT_TRUE(lines[0].starts_with(before_time)) << lines[0];
  EXPECT_TRUE(from_rfc3339(lines[0].substr(before_time.size(), 24))) << lines[0];
  EXPECT_EQ(lines[0].substr(before_time.size() + 24),
            R"(","level":"warning","message":"It \"happened\".","count":"3","why":"a\nb"})");
}

TEST(Log, TakesBracesForText) {
  const auto lines = lines_of([] { log(log_level::error, "{} {0} %s", {{"path", "/v1/{csid}"}}); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find(R"("message":"{} {0} %s","path":"/v1/{csid}"})"), std::string::npos) << lines[0];
}

TEST(Log, WritesFromItsLevelOn) {
  constexpr log_level levels[] = {log_level::debug, log_level::info, log_level::warning, log_level::error};
  for (std::size_t from = 0; from < std::size(levels); ++from) {
    set_log_level(levels[from]);
    const auto lines = lines_of([&] {
      for (const auto level : levels) log(level, "A line.");
    });
    EXPECT_EQ(lines.size(), std::size(levels) - from);
    for (std::size_t i = 0; i < std::size(levels); ++i) EXPECT_EQ(is_logged(levels[i]), i >= from);
  }
  set_log_level(log_level::info);
}

TEST(Log, KeepsLinesWholeOnManyThreads) {
  constexpr int threads = 4, each = 200;
  const std::string member(500, 'x');
  const auto lines = lines_of([&] {
    std::vector<std::thread> running;
    running.reserve(threads);
    for (int t = 0; t < threads; ++t)
      running.emplace_back([&] {
        for (int i = 0; i < each; ++i) log(log_level::info, "A line.", {{"member", member}});
      });
    for (auto &thread : running) thread.join();
  });
  ASSERT_EQ(lines.size(), std::size_t(threads * each));
  for (const auto &line : lines)
    ASSERT_TRUE(line.starts_with("{\"time\":\"") && line.ends_with("\"member\":\"" + member + "\"}")) << line;
}

TEST(LogScope, GivesItsIdsToTheLinesOfItsThread) {
  const auto lines = lines_of([] {
    log(log_level::info, "before");
    {
      const log_scope outer("r1", "t1");
      log(log_level::info, "outer", {{"a", "b"}});
      {
        const log_scope inner("r2", "t2");
        log(log_level::info, "inner");
        std::thread([] { log(log_level::info, "elsewhere"); }).join();
      }
      log(log_level::info, "outer again");
      log(log_level::info, "named", {{"requestId", "r3"}});
    }
    log(log_level::info, "after");
  });
  const std::vector<std::string> ends{
      R"("message":"before"})",
      R"("message":"outer","a":"b","requestId":"r1","traceId":"t1"})",
      R"("message":"inner","requestId":"r2","traceId":"t2"})",
      R"("message":"elsewhere"})",
      R"("message":"outer again","requestId":"r1","traceId":"t1"})",
      R"("message":"named","requestId":"r3"})",
      R"("message":"after"})",
  };
  ASSERT_EQ(lines.size(), ends.size());
  for (std::size_t i = 0; i < ends.size(); ++i) EXPECT_TRUE(lines[i].ends_with(ends[i])) << lines[i];
}

TEST(TraceId, IsReadFromATraceparent) {
  EXPECT_EQ(trace_id_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(trace_id_of("00-0af7"), "");
  EXPECT_EQ(trace_id_of(""), "");
}

}  // namespace
}  // namespace causeway
