// An instance whose plugin is this file: what can only be seen with the call and its executor in one's own hands.
#include "host/instance.hpp"

#include <gtest/gtest.h>
#include <thread>
#include <utility>

namespace causeway {
namespace {

using namespace std::chrono_literals;

// The plugin: it remembers what it was lent.
struct lent {
  const cw_host *host = nullptr;
  cw_call call = 0;
  std::uint32_t outcome = CW_OK;
} with;

bound_plugin remembering_plugin() {
  bound_plugin p;
  p.declared.name = "remembering";
  p.declared.create = [](const cw_host *host, const cw_value *, void **, cw_text *) -> std::uint32_t {
    with = {};
    with.host = host;
    return CW_OK;
  };
  p.declared.destroy = [](void *) {};
  p.declared.handle = [](void *, cw_call call, const cw_request *) { with.call = call; };
  return p;
}

void answer_it(void *, const cw_outcome *what, const cw_row *, std::size_t) {
  with.outcome = what->status;
  cw_answer given{};
  given.size = sizeof given;
  given.status = 200;
  given.body = {"{}", 2};
  with.host->answer(with.host->context, with.call, &given);
}

struct stepped_clock final : clock {
  time_point at{1s};
  time_point now() const override { return at; }
  std::chrono::milliseconds elapsed() const override { return at.time_since_epoch(); }
};

// Quick: what is posted is done on its thread before the one that posts comes back.
struct quick_executor final : executor {
  std::shared_ptr<bool> gone = std::make_shared<bool>(false);
  std::shared_ptr<bool> gone_too_early = std::make_shared<bool>(false);
  ~quick_executor() override { *gone = true; }
  void post(std::function<void()> work) override {
    const auto before = gone, early = gone_too_early;
    std::thread([work = std::move(work)]() mutable { std::exchange(work, nullptr)(); }).join();
    *early = *before;
  }
};

struct call_with_executor : call {
  quick_executor own;
};

TEST(Instance, leaves_a_call_its_executor_until_it_has_posted) {
  plugin_host_options site;
  const auto time = std::make_shared<stepped_clock>();
  site.time = time;
  std::string problem;
  const auto instance = plugin_instance::create(remembering_plugin(), site, problem);
  ASSERT_TRUE(instance) << problem;

  auto asked = std::make_shared<call_with_executor>();
  asked->deadline = time->at + 1s;
  asked->runs_on = &asked->own;
  const auto gone = asked->own.gone, gone_too_early = asked->own.gone_too_early;
  int status = 0;
  instance->begin(0, std::move(asked), [&](const answer &a) { status = a.status; });
  EXPECT_FALSE(instance->is_idle());

  // Too late, from a thread of the plugin's own; its callback answers, and with that nobody needs the call any more.
  time->at += 2s;
  with.host->get(with.host->context, with.call, 0, nullptr, 0, answer_it, nullptr);
  EXPECT_EQ(with.outcome, std::uint32_t(CW_DEADLINE));
  EXPECT_EQ(status, 200);
  EXPECT_FALSE(*gone_too_early);
  EXPECT_TRUE(*gone);
  EXPECT_TRUE(instance->is_idle());
  instance->destroy();
}

}  // namespace
}  // namespace causeway
