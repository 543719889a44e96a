// Races without threads: while a race is on, every call's next verb waits until all others have had their turn, so that
// all have read before the first commits. The same every time.
//
//   racing_site racing(shipped_site());
//   plugin_harness harness({.library = "x", .site = racing.site});
//   ... set up ...
//   racing.start();
//   for (...) all.push_back(harness.begin(...));
//   racing.finish(harness, all);     // each is answered
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "tests/support/plugin_harness.hpp"

namespace causeway::testing {

// One thread: the test's.
struct turns {
  bool waiting = false;
  std::deque<std::function<void()>> queue;

  void take(std::function<void()> turn) {
    if (!waiting) return turn();
    queue.push_back(std::move(turn));
  }
  bool next() {
    if (queue.empty()) return false;
    const auto turn = std::move(queue.front());
    queue.pop_front();
    turn();
    return true;
  }
};

class turn_taking_store final : public record_store {
 public:
  turn_taking_store(std::shared_ptr<record_store> inner, std::shared_ptr<turns> order)
      : inner_(std::move(inner)), order_(std::move(order)) {}

  void get(get_request request, time_point deadline, completion<record> done) override {
    order_->take([this, request = std::move(request), deadline, done = std::move(done)] {
      inner_->get(request, deadline, done);
    });
  }
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override {
    order_->take([this, request = std::move(request), deadline, done = std::move(done)] {
      inner_->find(request, deadline, done);
    });
  }
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override {
    order_->take([this, request = std::move(request), deadline, done = std::move(done)] {
      inner_->count(request, deadline, done);
    });
  }
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override {
    order_->take(
        [this, unit = std::move(unit), deadline, done = std::move(done)] { inner_->commit(unit, deadline, done); });
  }
  store_state state() const override { return inner_->state(); }

 private:
  std::shared_ptr<record_store> inner_;
  std::shared_ptr<turns> order_;
};

struct racing_site {
  test_site site;
  std::shared_ptr<turns> order = std::make_shared<turns>();

  explicit racing_site(test_site of) : site(std::move(of)) {
    site.wrap = [order = order](const std::string &, std::shared_ptr<memory_store> store, std::shared_ptr<key_maker>,
                                std::shared_ptr<const clock>) -> std::shared_ptr<record_store> {
      return std::make_shared<turn_taking_store>(std::move(store), order);
    };
  }

  void start() { order->waiting = true; }
  // Runs all to their end; how many were answered with each status.
  std::map<int, int> finish(plugin_harness &harness, const std::vector<plugin_harness::pending> &all) {
    do harness.run(all.front());
    while (order->next());
    order->waiting = false;
    std::map<int, int> statuses;
    for (const auto &one : all) ++statuses[*one.answered ? (*one.answered)->status : 0];
    return statuses;
  }
};

}  // namespace causeway::testing
