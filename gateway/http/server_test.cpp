// The server as a whole, with handlers that answer late, twice or never.
#include "http/server.hpp"

#include <condition_variable>
#include <future>
#include <gtest/gtest.h>
#include <malloc.h>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "http/test_support.hpp"

namespace causeway::http {
namespace {

using std::chrono::milliseconds;
using test::raw_client;

// Calls that wait for the test to answer them.
class held_calls {
 public:
  using done = std::function<void(answer)>;
  void hold(std::shared_ptr<const call> c, done d) {
    const std::lock_guard lock(mutex_);
    held_.emplace_back(std::move(c), std::move(d));
    changed_.notify_all();
  }
  // The call that was held as number `n`, waiting for it.
  std::pair<std::shared_ptr<const call>, done> at(std::size_t n) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(5), [&] { return held_.size() > n; }))
      throw std::runtime_error("the call did not come");
    return held_[n];
  }
  // Lets go of all of them, answered or not.
  void drop() {
    std::vector<std::pair<std::shared_ptr<const call>, done>> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(held_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::shared_ptr<const call>, done>> held_;
};

class Server : public testing::Test {
 protected:
  // The api holds the handlers, these the calls, and the calls the api.
  void TearDown() override { held_->drop(); }

  std::shared_ptr<const api> holding(const std::string &text = "here") {
    return test::make_api({
        test::test_operation("GET", "/hold", [held = held_](auto c, auto done) { held->hold(c, done); }),
        test::test_operation("GET", "/text", [text](auto, auto done) { done(test::json_answer("\"" + text + "\"")); }),
        test::test_operation("GET", "/twice",
                             [](auto, auto done) {
                               done(test::json_answer("1"));
                               done(test::json_answer("2"));
                             }),
    });
  }

  static std::string get(const std::string &path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }
  static int status_of(const std::optional<test::wire_response> &r) { return r ? r->status : 0; }

  system_clock clock_;
  const std::shared_ptr<held_calls> held_ = std::make_shared<held_calls>();
};

// Its timer cannot be cancelled any more then, and whatever it holds must not be kept by the next.
TEST_F(Server, KeepsNothingWhenItEndsAsASweepIsDue) {
  std::promise<void> at_work, leave;
  auto served = test::make_api({test::test_operation("GET", "/busy", [&](auto, auto done) {
    at_work.set_value();
    leave.get_future().wait();
    done(test::json_answer("1"));
  })});
  const std::weak_ptr<const api> kept = served;
  auto options = test::any_port();
  options.threads = 1;
  auto one = std::make_unique<server>(options, std::move(served), clock_);
  raw_client client(one->port());
  client.send(get("/busy"));
  at_work.get_future().wait();
  std::thread ending([&] { one.reset(); });
  std::this_thread::sleep_for(between_sweeps + milliseconds(100));  // the loop is at work until one is due
  leave.set_value();
  ending.join();
  EXPECT_TRUE(kept.expired());
}

TEST_F(Server, SaysWhyItCannotListen) {
  server first(test::any_port(), holding(), clock_);
  auto o = test::any_port();
  o.port = first.port();
  try {
    server second(o, holding(), clock_);
    FAIL() << "two on one port";
  } catch (const std::runtime_error &e) {
    const std::string text = e.what();
    EXPECT_EQ(text.find("cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": Address already in use"), 0u)
        << text;
  }
  o.address = "localhost";
  EXPECT_THROW(server(o, holding(), clock_), std::runtime_error);
}

TEST_F(Server, AnswersFromAnyThread) {
  server s(test::any_port(), holding(), clock_);
  raw_client client(s.port());
  client.send(get("/hold"));
  std::thread([&] { held_->at(0).second(test::json_answer("\"late\"")); }).join();
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->body, "\"late\"");
}

TEST_F(Server, AnswersInTheDeadlinesPlaceAndDropsWhatComesLate) {
  auto o = test::any_port();
  o.deadline = milliseconds(150);
  server s(o, holding(), clock_);
  raw_client client(s.port());
  client.send(get("/hold") + get("/hold"));
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->status, 504);
  // The late answer to the first is not taken for one to the second.
  const auto second = held_->at(1);
  held_->at(0).second(test::json_answer("\"late\""));
  held_->at(0).second(test::json_answer("\"later\""));
  second.second(test::json_answer("\"second\""));
  const auto next = client.read();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, "\"second\"");
}

TEST_F(Server, GivesEachRequestOfAConnectionItsWholeDeadline) {
  using steady = std::chrono::steady_clock;
  auto o = test::any_port();
  o.deadline = milliseconds(300);
  server s(o, holding(), clock_);
  raw_client client(s.port());
  const auto began = steady::now();
  do {
    client.send(get("/text"));
    EXPECT_EQ(status_of(client.read()), 200);
  } while (steady::now() - began < milliseconds(200));
  const auto asked = steady::now();
  client.send(get("/hold"));
  EXPECT_EQ(status_of(client.read()), 504);
  EXPECT_GE(steady::now() - asked, o.deadline);
}

TEST_F(Server, TakesTheFirstOfTwoAnswers) {
  server s(test::any_port(), holding(), clock_);
  raw_client client(s.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/twice"));
    const auto r = client.read();
    ASSERT_TRUE(r);
    EXPECT_EQ(r->body, "1");
  }
}

TEST_F(Server, OutlivesWhatThrowsOutsideAHandler) {
  auto guarded = test::test_operation("GET", "/guarded", [](auto, auto done) { done(test::json_answer("1")); });
  guarded.roles = {"operator"};
  api_options broken;
  broken.authenticate = [](std::string_view) -> std::optional<principal> { throw std::runtime_error("secret"); };
  server s(test::any_port(), test::make_api({guarded}, broken), clock_);
  raw_client client(s.port());
  client.send(get("/guarded") + get("/livez"));
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->status, 500);
  EXPECT_EQ(r->body.find("secret"), std::string::npos);
  EXPECT_EQ(status_of(client.read()), 200);
}

TEST_F(Server, AnswersOverloadAtOnce) {
  auto o = test::any_port();
  o.requests = 2;
  server s(o, holding(), clock_);
  raw_client one(s.port()), two(s.port()), three(s.port());
  one.send(get("/hold"));
  two.send(get("/hold"));
  const auto first = held_->at(0), second = held_->at(1);
  three.send(get("/text"));
  const auto refused = three.read();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->fields.at("retry-after"), "1");
  three.send(get("/livez"));
  EXPECT_EQ(status_of(three.read()), 200) << "whoever watches is not refused";
  first.second(test::json_answer("1"));
  second.second(test::json_answer("2"));
  EXPECT_EQ(status_of(one.read()), 200);
  EXPECT_EQ(status_of(two.read()), 200);
  three.send(get("/text"));
  EXPECT_EQ(status_of(three.read()), 200);
}

TEST_F(Server, GivesBackTheRoomOfCallersThatWentAway) {
  auto o = test::any_port();
  o.requests = 1;
  o.deadline = milliseconds(100);
  server s(o, holding(), clock_);
  for (std::size_t i = 0; i < 3; ++i) {
    raw_client gone(s.port());
    gone.send(get("/hold"));
    held_->at(i);
    std::this_thread::sleep_for(milliseconds(200));
  }
  raw_client client(s.port());
  client.send(get("/text"));
  EXPECT_EQ(status_of(client.read()), 200);
}

TEST_F(Server, KeepsNoLongAnswerForAConnectionThatIsIdle) {
  constexpr std::size_t length = 1024 * 1024, callers = 20;
  server s(test::any_port(), holding(std::string(length, 'x')), clock_);
  const auto held = [] {
    const auto all = ::mallinfo2();  // nothing where a sanitizer has memory of its own
    return all.uordblks + all.hblkhd;
  };
  std::vector<std::unique_ptr<raw_client>> idle;
  const auto before = held();
  for (std::size_t n = 0; n < callers; ++n) {
    idle.push_back(std::make_unique<raw_client>(s.port()));
    idle.back()->send(get("/text"));
    ASSERT_EQ(status_of(idle.back()->read()), 200);
  }
  // Until the last of them is idle too.
  idle.front()->send(get("/livez"));
  ASSERT_EQ(status_of(idle.front()->read()), 200);
  EXPECT_LT(held(), before + callers * length / 2);
}

TEST_F(Server, BoundsConnections) {
  auto o = test::any_port();
  o.connections = 2;
  server s(o, holding(), clock_);
  auto one = std::make_unique<raw_client>(s.port());
  raw_client two(s.port());
  for (auto *client : {one.get(), &two}) {
    client->send(get("/text"));
    EXPECT_EQ(status_of(client->read()), 200);
  }
  raw_client three(s.port());
  const auto refused = three.read();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->fields.at("connection"), "close");
  EXPECT_TRUE(three.is_closed());
  one.reset();
  int status = 0;
  for (int i = 0; i < 100 && status != 200; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
    raw_client four(s.port());
    four.send(get("/text"));
    status = status_of(four.read());
  }
  EXPECT_EQ(status, 200);
}

TEST_F(Server, DrainsRequestsUnderWayAndClosesTheRest) {
  server s(test::any_port(), holding(), clock_);
  raw_client idle(s.port()), busy(s.port()), half(s.port());
  idle.send(get("/text"));
  ASSERT_TRUE(idle.read());
  busy.send(get("/hold"));
  const auto under_way = held_->at(0);
  half.send("GET /text HTTP/1.1\r\n");
  half.send("Host: x\r\n");
  std::this_thread::sleep_for(milliseconds(50));

  std::thread answering([&] {
    EXPECT_TRUE(idle.is_closed());
    EXPECT_FALSE(raw_client(s.port()).connected());
    half.send("\r\n");
    const auto refused = half.read();
    EXPECT_EQ(status_of(refused), 503);
    if (refused) EXPECT_EQ(refused->fields.at("connection"), "close");
    under_way.second(test::json_answer("\"ended\""));
    const auto ended = busy.read();
    EXPECT_EQ(status_of(ended), 200);
    if (ended) EXPECT_EQ(ended->fields.at("connection"), "close");
    EXPECT_TRUE(busy.is_closed());
  });
  EXPECT_TRUE(s.drain(std::chrono::seconds(10)));
  answering.join();
}

TEST_F(Server, DrainsForNoLongerThanItIsTold) {
  server s(test::any_port(), holding(), clock_);
  raw_client client(s.port());
  client.send(get("/hold"));
  held_->at(0);
  const auto began = clock_.elapsed();
  EXPECT_FALSE(s.drain(milliseconds(100)));
  EXPECT_LT(clock_.elapsed() - began, std::chrono::seconds(2));
}

TEST_F(Server, MayEndBeforeItsCalls) {
  auto s = std::make_unique<server>(test::any_port(), holding(), clock_);
  raw_client client(s->port());
  client.send(get("/hold"));
  const auto under_way = held_->at(0);
  s.reset();
  EXPECT_TRUE(client.is_closed());
  // What a store completes now still runs, in order, one piece at a time.
  std::string order;
  under_way.first->runs_on->post([&] {
    order += "a";
    under_way.first->runs_on->post([&] { order += "c"; });
    order += "b";
  });
  EXPECT_EQ(order, "abc");
  under_way.second(test::json_answer("1"));
}

TEST_F(Server, RunsTheWorkOfACallOneAfterTheOther) {
  auto o = test::any_port();
  o.threads = 3;
  server s(o, holding(), clock_);
  raw_client client(s.port());
  client.send(get("/hold"));
  const auto [c, done] = held_->at(0);
  int plain = 0;  // not atomic: the executor is what keeps it whole
  std::vector<std::thread> posting;
  for (int t = 0; t < 4; ++t)
    posting.emplace_back([&, runs_on = c->runs_on] {
      for (int i = 0; i < 500; ++i) runs_on->post([&] { ++plain; });
    });
  for (auto &thread : posting) thread.join();
  c->runs_on->post([&, answered = done] { answered(test::json_answer(std::to_string(plain))); });
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->body, "2000");
}

TEST_F(Server, ServesWithinOtherLimitsFromTheNextRequestOn) {
  server s(test::any_port(), holding("one"), clock_);
  raw_client begun(s.port()), next(s.port());
  begun.send(get("/hold"));
  const auto under_way = held_->at(0);
  begun.send(get("/text"));  // read only when the one before is answered
  auto less = test::any_port();
  less.requests = 0;
  s.replace(holding("two"), less);
  next.send(get("/text"));
  EXPECT_EQ(status_of(next.read()), 503);
  s.replace(holding("three"), test::any_port());
  under_way.second(test::json_answer("\"held\""));
  EXPECT_EQ(begun.read()->body, "\"held\"");
  EXPECT_EQ(begun.read()->body, "\"three\"");
  next.send(get("/text"));
  EXPECT_EQ(next.read()->body, "\"three\"");
}

TEST_F(Server, LetsGoOfWhatItServedOnceThatIsAnswered) {
  auto first = holding();
  const std::weak_ptr<const api> replaced = first;
  server s(test::any_port(), std::move(first), clock_);
  raw_client waits(s.port()), holds(s.port());
  waits.send(get("/text"));
  EXPECT_EQ(status_of(waits.read()), 200);
  holds.send(get("/hold"));
  held_->at(0);
  s.replace(holding("two"), test::any_port());
  EXPECT_FALSE(replaced.expired()) << "a request is under way on it";
  held_->at(0).second(test::json_answer("1"));
  EXPECT_EQ(status_of(holds.read()), 200);
  held_->drop();
  // Neither of these connections holds what it was served with; the next request of one of them comes after its answer.
  holds.send(get("/text"));
  EXPECT_EQ(holds.read()->body, "\"two\"");
  EXPECT_TRUE(replaced.expired());
}

TEST_F(Server, ServesManyOnSeveralThreadsWhileItIsReplaced) {
  auto o = test::any_port();
  o.threads = 3;
  server s(o, holding("one"), clock_);
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      raw_client client(s.port());
      for (int i = 0; i < 100; ++i) {
        client.send(get("/text"));
        const auto r = client.read();
        if (r && (r->body == "\"one\"" || r->body == "\"two\"")) ++right;
      }
    });
  for (int i = 0; i < 20; ++i) s.replace(holding(i % 2 ? "one" : "two"), o);
  s.replace(holding("two"), o);
  for (auto &caller : callers) caller.join();
  EXPECT_EQ(right, 400);
  raw_client client(s.port());
  client.send(get("/text"));
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->body, "\"two\"");
}

}  // namespace
}  // namespace causeway::http
