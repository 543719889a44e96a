// Who is answered by which reload, and with what.
#include "commands/reloader.hpp"

#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <semaphore>
#include <stdexcept>

namespace causeway {
namespace {

using namespace std::chrono_literals;

// A reloader whose reloads wait for the test.
struct Reloader : testing::Test {
  std::counting_semaphore<> begun{0}, may_end{0};
  reload_outcome outcome;
  std::atomic<int> reloads{0};
  reloader subject{"a.yaml", [this] {
                     ++reloads;
                     begun.release();
                     may_end.acquire();
                     return outcome;
                   }};
  operation op = subject.make_operation("pluto");

  // Whoever waits is let go, however a test ends.
  ~Reloader() override { may_end.release(100); }

  std::future<answer> ask() {
    const auto told = std::make_shared<std::promise<answer>>();
    op.handle(std::make_shared<const call>(), [told](answer a) { told->set_value(std::move(a)); });
    return told->get_future();
  }
  static answer wait(std::future<answer> &of) {
    if (of.wait_for(20s) != std::future_status::ready) throw std::runtime_error("not answered");
    return of.get();
  }
};

TEST_F(Reloader, is_the_operators) {
  EXPECT_EQ(op.method + " " + op.path, "POST /v1/admin/config/reload");
  EXPECT_EQ(op.roles, std::vector<std::string>{"operator"});
}

TEST_F(Reloader, answers_with_what_has_changed) {
  outcome.changes = {{true, "the key A is added, with operator"}, {false, "the setting log.level changes"}};
  outcome.findings = {{{"a.yaml", 3, 4}, severity::warning, "nobody holds the role partner"}};
  subject.start();
  may_end.release();
  auto told = ask();
  const auto a = wait(told);
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.body, R"({"changes":[{"security":true,"change":"the key A is added, with operator"},)"
                    R"({"security":false,"change":"the setting log.level changes"}],)"
                    R"("warnings":["a.yaml:3:4: warning: nobody holds the role partner"]})");
  EXPECT_EQ(subject.counts().taken, 1u);
  EXPECT_EQ(subject.counts().refused, 0u);
}

TEST_F(Reloader, answers_with_every_finding_of_one_that_is_refused) {
  outcome.findings = {{{"a.yaml", 3, 4}, severity::warning, "that is lost", {{}, "1 becomes 0"}},
                      {{"b.yaml", 5, 6}, severity::error, "that is wrong"}};
  subject.start();
  may_end.release();
  auto told = ask();
  const auto a = wait(told);
  EXPECT_EQ(a.status, 422);
  EXPECT_EQ(a.code, "configuration-refused");
  ASSERT_EQ(a.inputs.size(), 2u);
  EXPECT_EQ(a.inputs[0].pointer, "a.yaml:3:4");
  EXPECT_EQ(a.inputs[0].code, "warning");
  EXPECT_EQ(a.inputs[0].detail, "that is lost; for example 1 becomes 0");
  EXPECT_EQ(a.inputs[1].pointer, "b.yaml:5:6");
  EXPECT_EQ(a.inputs[1].code, "error");
  EXPECT_EQ(subject.counts().taken, 0u);
  EXPECT_EQ(subject.counts().refused, 1u);
}

TEST_F(Reloader, answers_who_asks_meanwhile_by_the_next) {
  subject.start();
  auto first = ask();
  begun.acquire();
  auto second = ask(), third = ask();
  subject.ask();  // a signal
  may_end.release();
  wait(first);
  begun.acquire();
  EXPECT_EQ(second.wait_for(0s), std::future_status::timeout);
  may_end.release();
  wait(second);
  wait(third);
  EXPECT_EQ(reloads, 2);
}

TEST_F(Reloader, refuses_what_comes_once_it_ends_and_lets_the_one_under_way_end) {
  subject.start();
  auto first = ask();
  begun.acquire();
  auto waiting = ask();
  subject.refuse();
  EXPECT_EQ(wait(waiting).status, 503);
  auto late = ask();
  EXPECT_EQ(wait(late).status, 503);
  may_end.release();
  EXPECT_EQ(wait(first).status, 200);
  subject.stop();
  EXPECT_EQ(reloads, 1);
}

TEST(ReloaderThatBreaks, refuses_and_goes_on) {
  int calls = 0;
  reloader subject("a.yaml", [&]() -> reload_outcome {
    if (++calls == 1) throw std::runtime_error("password=secret");
    return {};
  });
  auto op = subject.make_operation("pluto");
  subject.start();
  for (const int expected : {422, 200}) {
    std::promise<answer> told;
    op.handle(std::make_shared<const call>(), [&](answer a) { told.set_value(std::move(a)); });
    const auto a = told.get_future().get();
    EXPECT_EQ(a.status, expected);
    for (const auto &input : a.inputs) {
      EXPECT_EQ(input.pointer, "a.yaml:0:0");
      EXPECT_EQ(input.detail.find("secret"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace causeway
