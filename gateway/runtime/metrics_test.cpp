// What /metrics shows is what was counted, under the names and labels it was given.
#include "runtime/metrics.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "runtime/process_figures.hpp"

namespace causeway {
namespace {

using namespace std::chrono_literals;

// Whether the text has this line, whole.
testing::AssertionResult shows(const std::string &text, const std::string &line) {
  if (("\n" + text).find("\n" + line + "\n") != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no line " << line << " in\n" << text;
}

double value_in(const std::string &text, const std::string &name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name + " ")) return std::stod(line.substr(name.size() + 1));
  ADD_FAILURE() << "no " << name << " in\n" << text;
  return -1;
}

TEST(Metrics, CountsAnswersByOperationAndStatus) {
  metrics all;
  auto &read = all.meter("GET /v1/customers/{csid}");
  for (int i = 0; i < 3; ++i) read.answered(200, 300us);
  read.answered(404, 2ms);
  all.meter("none").answered(404, 1ms);
  const auto text = all.text();
  const std::string requests = "causeway_http_requests_total{operation=";
  EXPECT_TRUE(shows(text, requests + R"("GET /v1/customers/{csid}",status="200"} 3)"));
  EXPECT_TRUE(shows(text, requests + R"("GET /v1/customers/{csid}",status="404"} 1)"));
  EXPECT_TRUE(shows(text, requests + R"("none",status="404"} 1)"));
  EXPECT_TRUE(shows(text, "# TYPE causeway_http_requests_total counter"));
}

TEST(Metrics, SortsDurationsIntoBuckets) {
  metrics all;
  auto &read = all.meter("GET /a");
  for (const auto took : std::vector<std::chrono::nanoseconds>{50us, 100us, 101us, 3ms, 20s}) read.answered(200, took);
  const auto text = all.text();
  const std::string bucket = R"(causeway_http_request_duration_seconds_bucket{operation="GET /a",le=)";
  EXPECT_TRUE(shows(text, bucket + R"("0.0001"} 2)"));
  EXPECT_TRUE(shows(text, bucket + R"("0.00025"} 3)"));
  EXPECT_TRUE(shows(text, bucket + R"("0.005"} 4)"));
  EXPECT_TRUE(shows(text, bucket + R"("10"} 4)"));
  EXPECT_TRUE(shows(text, bucket + R"("+Inf"} 5)"));
  EXPECT_NEAR(value_in(text, R"(causeway_http_request_duration_seconds_sum{operation="GET /a"})"), 20.003251, 1e-9);
}

TEST(Metrics, ASecondLookFindsTheSameMeter) {
  metrics all;
  EXPECT_EQ(&all.meter("GET /a"), &all.meter("GET /a"));
  EXPECT_NE(&all.meter("GET /a"), &all.meter("GET /b"));
}

TEST(Metrics, LosesNoAnswerOfManyThreads) {
  metrics all;
  auto &meter = all.meter("GET /a");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&meter, t] {
      for (int i = 0; i < 1000; ++i) meter.answered(200 + (i + t) % 10, 1ms);
    });
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(all.text().empty());
  for (auto &thread : threads) thread.join();
  const auto text = all.text();
  for (int status = 200; status < 210; ++status)
    EXPECT_TRUE(shows(
        text, R"(causeway_http_requests_total{operation="GET /a",status=")" + std::to_string(status) + R"("} 400)"));
  EXPECT_TRUE(shows(text, R"(causeway_http_request_duration_seconds_count{operation="GET /a"} 4000)"));
}

TEST(Metrics, PullsWhenAskedAndLeavesOutWhatIsNotThere) {
  metrics all;
  double depth = 1;
  bool known = true;
  all.add_gauge("causeway_depth", "How deep.", [&] { return std::vector<figure>{{{{"store", "pluto"}}, depth}}; });
  all.add_counter("causeway_maybe_total", "Perhaps.", [&] {
    return known ? std::vector<figure>{{{}, 7}} : std::vector<figure>();
  });
  EXPECT_TRUE(shows(all.text(), R"(causeway_depth{store="pluto"} 1)"));
  EXPECT_TRUE(shows(all.text(), "causeway_maybe_total 7"));
  depth = 2;
  known = false;
  EXPECT_TRUE(shows(all.text(), R"(causeway_depth{store="pluto"} 2)"));
  EXPECT_EQ(all.text().find("causeway_maybe"), std::string::npos);
}

TEST(Metrics, AddsUpADistribution) {
  metrics all;
  all.add_histogram("causeway_sizes", "Sizes.", {1, 2, 4}, [] {
    return std::vector<distribution>{{{{"lane", "read"}}, {5, 0, 2, 1}, 30}};
  });
  const auto text = all.text();
  const std::string bucket = R"(causeway_sizes_bucket{lane="read",le=)";
  EXPECT_TRUE(shows(text, bucket + R"("1"} 5)"));
  EXPECT_TRUE(shows(text, bucket + R"("2"} 5)"));
  EXPECT_TRUE(shows(text, bucket + R"("4"} 7)"));
  EXPECT_TRUE(shows(text, bucket + R"("+Inf"} 8)"));
  EXPECT_TRUE(shows(text, R"(causeway_sizes_count{lane="read"} 8)"));
  EXPECT_TRUE(shows(text, R"(causeway_sizes_sum{lane="read"} 30)"));
}

TEST(Metrics, AStatusThatIsNoneIsNotCounted) {
  metrics all;
  for (const int status : {-1, 0, 99, 600}) all.meter("GET /a").answered(status, 1ms);
  EXPECT_EQ(all.text().find("status="), std::string::npos);
}

TEST(ProcessFigures, TellOfThisProcess) {
  const auto now = look_at_process();
  const double today = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(now.resident_bytes, 1'000'000u);
  EXPECT_GE(now.virtual_bytes, now.resident_bytes);
  EXPECT_GE(now.threads, 1u);
  EXPECT_GE(now.open_files, 3u);
  EXPECT_GT(now.most_open_files, now.open_files);
  EXPECT_GT(now.start_time, today - 24 * 3600);
  EXPECT_LE(now.start_time, today + 2);
  metrics all;
  add_process_figures(all);
  EXPECT_GT(value_in(all.text(), "process_resident_memory_bytes"), 1'000'000);
}

TEST(ProcessFigures, SeeWhatIsTakenAndGivenBack) {
  const auto before = look_at_process();
  std::thread other([&] { EXPECT_EQ(before.threads + 1, look_at_process().threads); });
  other.join();
}

}  // namespace
}  // namespace causeway
