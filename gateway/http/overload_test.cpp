// A server of which more is asked than it can answer: who is refused, how that is told, and who is served still.
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <thread>

#include "http/concurrency_limit.hpp"
#include "http/lateness.hpp"
#include "http/test_support.hpp"

namespace causeway::http {
namespace {

using test::raw_client;

class overload_test : public testing::Test {
 protected:
  using done = std::function<void(answer)>;

  // The api holds the handlers, these the calls, and the calls the api.
  void TearDown() override {
    const std::lock_guard lock(held_->mutex);
    for (const auto &one : held_->calls) one(test::json_answer("1"));
    held_->calls.clear();
  }

  std::shared_ptr<const api> served() {
    const auto hold = [held = held_](auto, auto done) {
      const std::lock_guard lock(held->mutex);
      held->calls.push_back(std::move(done));
    };
    // Takes the time of the thread that serves connections.
    const auto slow = [](auto, auto done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      done(test::json_answer("1"));
    };
    auto own = test::test_operation("GET", "/own", slow);
    own.owner = "causeway";
    const auto quick = [](auto, auto done) { done(test::json_answer("1")); };
    return test::make_api({test::test_operation("GET", "/hold", hold), test::test_operation("GET", "/hold-too", hold),
                           test::test_operation("GET", "/slow", slow), test::test_operation("GET", "/quick", quick),
                           std::move(own)});
  }
  static server_options quick_to_refuse() {
    auto options = test::any_port();
    options.wait = std::chrono::milliseconds(10);
    return options;
  }
  static std::string get(const std::string &path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\nX-Request-Id: mine\r\n\r\n";
  }
  static void expect_refused(const std::optional<test::wire_response> &r) {
    ASSERT_TRUE(r);
    EXPECT_EQ(r->status, 503);
    EXPECT_EQ(r->fields.at("retry-after"), "1");
    EXPECT_EQ(r->fields.at("x-request-id"), "mine");
    EXPECT_EQ(r->fields.at("content-type"), "application/problem+json");
    EXPECT_EQ(r->fields.count("connection"), 0U);
    EXPECT_NE(r->body.find("\"type\":\"urn:causeway:problem:overloaded\""), std::string::npos) << r->body;
    EXPECT_NE(r->body.find("\"instance\":\"mine\""), std::string::npos) << r->body;
  }

  struct held {
    void answer(std::size_t n) {
      const std::lock_guard lock(mutex);
      calls[n](test::json_answer("1"));
    }
    std::mutex mutex;
    std::vector<done> calls;
  };
  const std::shared_ptr<held> held_ = std::make_shared<held>();
  test::stepped_clock clock_;
};

TEST_F(overload_test, an_operation_that_answers_nobody_leaves_room_to_the_others) {
  server tested(quick_to_refuse(), served(), clock_);
  std::vector<std::unique_ptr<raw_client>> callers;
  const auto ask_more = [&] {
    callers.push_back(std::make_unique<raw_client>(tested.port()));
    callers.back()->send(get("/hold"));
  };
  while (callers.size() <= concurrency_limit::always) ask_more();
  // As soon as it has been seen for a while that nothing is answered.
  std::optional<test::wire_response> refused;
  for (int i = 0; !refused && i < 200; ++i) {
    ask_more();
    if (callers.back()->is_readable(std::chrono::milliseconds(20))) refused = callers.back()->read();
  }
  expect_refused(refused);

  raw_client another(tested.port());
  another.send(get("/slow"));
  const auto served = another.read();
  ASSERT_TRUE(served);
  EXPECT_EQ(served->status, 200);

  // And who was refused has the connection still.
  callers.back()->send(get("/slow"));
  const auto again = callers.back()->read();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 200);
}

TEST_F(overload_test, some_are_refused_where_many_are_read_late_but_none_of_the_gateways_own) {
  server tested(quick_to_refuse(), served(), clock_);
  std::vector<std::unique_ptr<raw_client>> callers;
  while (callers.size() < 2 * lateness::few) callers.push_back(std::make_unique<raw_client>(tested.port()));
  // Twice, so that each caller has been taken up before all ask at once.
  for (const auto *path : {"/own", "/slow", "/own"}) {
    for (const auto &one : callers) one->send(get(path));
    int refused = 0;
    for (const auto &one : callers) {
      const auto r = one->read();
      ASSERT_TRUE(r);
      if (r->status == 200) continue;
      ++refused;
      expect_refused(r);
    }
    if (path == std::string("/slow"))
      EXPECT_GT(refused, 0);
    else
      EXPECT_EQ(refused, 0);
  }
}

TEST_F(overload_test, what_is_sent_ahead_of_a_slow_answer_has_not_waited_to_be_read) {
  server tested(quick_to_refuse(), served(), clock_);
  std::vector<std::unique_ptr<raw_client>> callers;
  // By two operations, neither of which has more under way than it may always have.
  while (callers.size() < lateness::few + 20) {
    callers.push_back(std::make_unique<raw_client>(tested.port()));
    callers.back()->send(get(callers.size() % 2 == 0 ? "/hold" : "/hold-too"));
  }
  for (std::size_t held = 0; held < callers.size(); std::this_thread::yield()) {
    const std::lock_guard lock(held_->mutex);
    held = held_->calls.size();
  }
  for (const auto &one : callers) one->send(get("/quick"));
  // One after the other for longer than a crowd is borne, by the kernel's clock.
  int refused = 0;
  for (std::size_t n = 0; n < callers.size(); ++n) {
    std::this_thread::sleep_for(2 * lateness::patience / callers.size());
    held_->answer(n);
  }
  for (const auto &one : callers) {
    const auto slow = one->read(), ahead = one->read();
    ASSERT_TRUE(slow && ahead);
    EXPECT_EQ(slow->status, 200);
    refused += ahead->status != 200;
  }
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace causeway::http
