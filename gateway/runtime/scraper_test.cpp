// The metrics are put together once for all who ask at a time, and nobody who asked is left without an answer.
#include "runtime/scraper.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <stdexcept>
#include <vector>

#include "runtime/metrics.hpp"

namespace causeway {
namespace {

std::future<answer> ask(const operation &of) {
  const auto given = std::make_shared<std::promise<answer>>();
  of.handle(std::make_shared<call>(), [given](answer a) { given->set_value(std::move(a)); });
  return given->get_future();
}

TEST(Scraper, AnswersWithTheTextOfTheMoment) {
  std::atomic<int> made{0};
  scraper of([&] { return "text " + std::to_string(++made); });
  of.start();
  const auto metrics = of.make_operation({"operator"});
  EXPECT_EQ(metrics.method + " " + metrics.path, "GET /metrics");
  EXPECT_EQ(metrics.roles, std::vector<std::string>{"operator"});
  const auto first = ask(metrics).get();
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "text 1");
  EXPECT_EQ(first.content_type, metrics_content_type);
  EXPECT_EQ(ask(metrics).get().body, "text 2");
}

TEST(Scraper, MakesOneTextForAllWhoWait) {
  std::atomic<int> made{0};
  scraper of([&] { return std::to_string(++made); });
  const auto metrics = of.make_operation({});
  std::vector<std::future<answer>> waiting;
  for (int i = 0; i < 50; ++i) waiting.push_back(ask(metrics));
  of.start();
  for (auto &one : waiting) EXPECT_EQ(one.get().body, "1");
  EXPECT_EQ(made, 1);
}

TEST(Scraper, AnswersThoseWhoWaitWhenItStops) {
  scraper of([] { return std::string(); });
  const auto metrics = of.make_operation({});
  auto waits = ask(metrics);
  of.stop();
  EXPECT_EQ(waits.get().status, 503);
  EXPECT_EQ(ask(metrics).get().status, 503);
  of.stop();
}

TEST(Scraper, SurvivesAFigureThatThrows) {
  bool broken = true;
  scraper of([&] {
    if (broken) throw std::runtime_error("no figure");
    return std::string("good");
  });
  of.start();
  const auto metrics = of.make_operation({});
  EXPECT_EQ(ask(metrics).get().status, 500);
  broken = false;
  EXPECT_EQ(ask(metrics).get().body, "good");
}

}  // namespace
}  // namespace causeway
