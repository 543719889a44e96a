// Stores that complete on threads of their own, calls on several executors at once, and a stop in the middle of it.
#include <array>
#include <atomic>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>
#include <vector>

#include "host/plugin_host.hpp"
#include "host/testing/host_site.hpp"

namespace causeway {
namespace {

using testing::fixture;
using testing::threaded_executor;

// Hands every verb to one of two threads.
class distant_store final : public record_store {
 public:
  explicit distant_store(std::shared_ptr<memory_store> store) : store_(std::move(store)) {}
  void get(get_request request, time_point deadline, completion<record> done) override {
    hand([s = store_, request = std::move(request), deadline, done = std::move(done)] {
      s->get(request, deadline, done);
    });
  }
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override {
    hand([s = store_, request = std::move(request), deadline, done = std::move(done)] {
      s->find(request, deadline, done);
    });
  }
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override {
    hand([s = store_, request = std::move(request), deadline, done = std::move(done)] {
      s->count(request, deadline, done);
    });
  }
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override {
    hand([s = store_, unit = std::move(unit), deadline, done = std::move(done)] { s->commit(unit, deadline, done); });
  }
  store_state state() const override { return store_->state(); }

 private:
  void hand(std::function<void()> work) { threads_[next_.fetch_add(1) % threads_.size()].post(std::move(work)); }
  std::shared_ptr<memory_store> store_;
  std::atomic<std::size_t> next_{0};
  std::array<threaded_executor, 2> threads_;
};

struct site {
  std::shared_ptr<key_maker> keys = std::make_shared<key_maker>([] { return system_clock().now(); }, 1u);
  testing::test_site kinds = testing::small_site();
  std::array<threaded_executor, 3> executors;  // outlive the stores
  std::shared_ptr<memory_store> pluto = std::make_shared<memory_store>(kinds.kinds, keys);
  std::unique_ptr<plugin_host> host;
  std::vector<operation> operations;

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t answered = 0;
  std::map<int, std::size_t> by_status;

  explicit site(const char *plugin, std::chrono::milliseconds stop_wait = std::chrono::seconds(5)) {
    plugin_host_options options;
    options.stop_wait = stop_wait;
    options.time = std::make_shared<system_clock>();
    options.keys = keys;
    options.mapping = kinds.mapping;
    options.kind = [this](std::string_view name) -> kind_ptr {
      for (const auto &kind : kinds.kinds)
        if (kind->name == name) return kind;
      return nullptr;
    };
    for (const char *name : {"pluto", "cuba"}) options.stores[name] = std::make_shared<distant_store>(pluto);
    host = std::make_unique<plugin_host>(std::move(options));
    std::vector<finding> findings;
    if (!host->load({{}, fixture(plugin), {}}, findings)) throw std::runtime_error(to_string(findings.front()));
    operations = host->operations();
  }

  void put_customer(const std::string &csid) {
    record who(kinds.kinds[0]);
    who["csid"] = csid;
    who["name"] = std::string("Ann");
    who["international"] = true;
    unit_of_work unit;
    unit.changes.push_back({change_type::put, std::move(who), 0});
    ASSERT_TRUE(commit_now(*pluto, std::move(unit), time_point::max()));
  }

  void begin(std::size_t number, const operation &o, const std::string &csid) {
    auto asked = std::make_shared<call>();
    asked->deadline = system_clock().now() + std::chrono::seconds(60);
    asked->path = {csid};
    asked->body.resize(o.body_members.size());
    auto &on = executors[number % executors.size()];
    asked->runs_on = &on;
    on.post([this, &o, asked] {
      o.handle(asked, [this](const answer &a) {
        const std::lock_guard lock(mutex);
        ++answered;
        ++by_status[a.status];
        changed.notify_all();
      });
    });
  }
  void wait_for(std::size_t number) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(60), [&] { return answered >= number; })) << answered;
  }
};

TEST(PluginThreads, answer_every_call_once_and_lose_no_record) {
  site s("greeter_gxx");
  constexpr std::size_t calls = 600;
  for (std::size_t i = 0; i < 20; ++i)
    s.put_customer("0000000" + std::string(i < 10 ? "0" : "1") + std::to_string(i % 10));
  for (std::size_t i = 0; i < calls; ++i) {
    const std::string csid = "0000000" + std::string(i % 20 < 10 ? "0" : "1") + std::to_string(i % 10);
    s.begin(i, s.operations[0], csid);
  }
  s.wait_for(calls);
  s.host->stop();
  EXPECT_EQ(s.answered, calls);
  find_request all;
  all.kind = s.kinds.kinds[1];
  all.order = all.kind->key;
  all.limit = 10'000;
  const auto notes = find_now(*s.pluto, all, time_point::max());
  ASSERT_TRUE(notes);
  EXPECT_EQ(notes->size(), s.by_status[201]) << "as many notes as there were answers that say so";
  EXPECT_EQ(s.by_status[201] + s.by_status[409], calls) << "the rest were overtaken by another";
  EXPECT_GE(s.by_status[201], 20u);
}

TEST(PluginThreads, can_be_stopped_while_calls_come_in) {
  for (int round = 0; round < 5; ++round) {
    site s("echo_c");
    s.put_customer("000000004");
    std::thread caller([&] {
      for (std::size_t i = 0; i < 300; ++i) s.begin(i, s.operations[1], "000000004");
    });
    s.host->stop();
    caller.join();
    s.wait_for(300);
    EXPECT_EQ(s.by_status[200] + s.by_status[503], 300u);
    EXPECT_EQ(s.host->plugins()[0].state, "stopped");
  }
}

// As when a gateway ends that has loaded its configuration anew a moment ago.
TEST(PluginThreads, of_several_hosts_that_do_not_answer_are_given_up_at_once) {
  for (int round = 0; round < 5; ++round) {
    std::array<std::unique_ptr<site>, 8> sites;
    for (auto &s : sites) {
      s = std::make_unique<site>("silent", std::chrono::milliseconds(50));
      s->begin(0, s->operations[0], "000000004");
    }
    for (auto &s : sites)
      while (s->host->plugins()[0].open_calls == 0) std::this_thread::yield();
    std::vector<std::thread> ending;
    for (auto &s : sites) ending.emplace_back([&s] { s->host->stop(); });
    for (auto &one : ending) one.join();
    for (auto &s : sites) {
      s->wait_for(1);
      EXPECT_EQ(s->by_status[503], 1u);
    }
  }
}

}  // namespace
}  // namespace causeway
