// What the tests of idempotency share: gateways over two stores in memory, and handlers that leave one row behind for
// each time they took effect.
#pragma once

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "http/idempotency.hpp"
#include "http/problem.hpp"
#include "http/test_support.hpp"
#include "store/kind_builder.hpp"
#include "store/memory_store.hpp"
#include "tests/support/test_executors.hpp"

namespace causeway::http::test {

using std::chrono::hours;
using std::chrono::seconds;

using handler = std::function<void(std::shared_ptr<answer_keeper>, std::function<void(answer)>)>;

inline answer created(const std::string &id) {
  answer a;
  a.status = 201;
  a.body = "{\"id\":\"" + id + "\"}";
  a.etag = "1";
  a.location = "/things/" + id;
  return a;
}

// What became of a call.
struct seen_call {
  std::optional<idempotency::served> out;
  int status() const { return out ? out->given.status : 0; }
  std::string code() const { return out ? out->given.code : "unanswered"; }
  std::string body() const { return out ? out->given.body : "unanswered"; }
  bool replayed() const { return out && out->replayed; }
};

// A store that commits, or reads, and then says that nobody knows: as when a connection ends at the wrong moment.
class unsure_store final : public record_store {
 public:
  explicit unsure_store(record_store &inner) : inner_(inner) {}
  int lost_commits = 0;   // so many of the next ones happen, and are `unavailable`
  int failing_reads = 0;  // so many of the next gets do nothing

  void get(get_request request, time_point deadline, completion<record> done) override {
    if (failing_reads > 0) {
      --failing_reads;
      return done(fault{outcome::unavailable, "", {}});
    }
    inner_.get(std::move(request), deadline, std::move(done));
  }
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override {
    inner_.find(std::move(request), deadline, std::move(done));
  }
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override {
    inner_.count(std::move(request), deadline, std::move(done));
  }
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override {
    if (lost_commits == 0) return inner_.commit(std::move(unit), deadline, std::move(done));
    --lost_commits;
    inner_.commit(std::move(unit), deadline, [done](const result<commit_outcome> &) {
      done(fault{outcome::unavailable, "", {}});
    });
  }
  store_state state() const override { return inner_.state(); }

 private:
  record_store &inner_;
};

class Idempotency : public ::testing::Test {
 protected:
  static kind_ptr thing_kind(const std::string &store) {
    return kind_builder(store, "thing").needs("id", field_type::text, 40).key({"id"}).build();
  }

  std::shared_ptr<idempotency> gateway(const std::string &holder) {
    idempotency_options o;
    o.stores = {{"pluto", &unsure_pluto_}, {"cuba", &unsure_cuba_}};
    o.holder = holder;
    o.alive = [this](std::string_view one) { return dead_.count(std::string(one)) == 0; };
    o.retention = hours(24);
    return std::make_shared<idempotency>(o, clock_);
  }

  record_store &store(const std::string &name) {
    return name == "pluto" ? static_cast<record_store &>(pluto_) : static_cast<record_store &>(cuba_);
  }

  // A handler that inserts a thing in `where` together with its answer.
  handler effect_in(const std::string &where, const std::string &id) {
    return [=, this](std::shared_ptr<answer_keeper> keeper, std::function<void(answer)> done) {
      ++handled_;
      done(take_effect(*keeper, where, id));
    };
  }

  answer take_effect(answer_keeper &keeper, const std::string &where, const std::string &id) {
    change insert;
    insert.what = record(where == "pluto" ? pluto_thing_ : cuba_thing_);
    insert.what["id"] = id;
    unit_of_work unit;
    unit.changes.push_back(insert);
    keeper.keep(where, created(id), unit);
    const auto committed = commit_now(store(where), unit, clock_.now() + seconds(5));
    if (!committed) return http::to_answer(committed.why());
    keeper.kept();
    return created(id);
  }

  handler answer_with(answer a) {
    return [this, a](auto, auto done) {
      ++handled_;
      done(a);
    };
  }

  // A handler that waits in `held_` for what it is to answer.
  handler hold() {
    return [this](auto keeper, auto done) {
      ++handled_;
      held_.push_back({keeper, done});
    };
  }

  std::shared_ptr<seen_call> begin(const std::shared_ptr<idempotency> &at, handler h, const std::string &key = "k",
                                   const std::string &hash = "h", const std::string &home = "pluto") {
    idempotency::keyed_call call;
    call.caller = "PSO001";
    call.key = key;
    call.body_hash = hash;
    call.home_store = home;
    call.deadline = clock_.now() + seconds(10);
    call.runs_on = runs_on_;
    call.handler = std::move(h);
    call.problem_body = [](const answer &a) { return http::problem_body(a, "r-1"); };
    auto seen = std::make_shared<seen_call>();
    start(at->serve(std::move(call)), [seen](std::optional<idempotency::served> out, std::exception_ptr thrown) {
      EXPECT_FALSE(thrown);
      seen->out = std::move(out);
    });
    runs_on_->run();
    return seen;
  }

  seen_call ask(const std::shared_ptr<idempotency> &at, handler h, const std::string &key = "k",
                const std::string &hash = "h", const std::string &home = "pluto") {
    return *begin(at, std::move(h), key, hash, home);
  }

  std::size_t things() {
    find_request all;
    all.limit = 1000;
    all.order = {0};
    all.kind = pluto_thing_;
    auto here = count_now(pluto_, all, clock_.now());
    all.kind = cuba_thing_;
    auto there = count_now(cuba_, all, clock_.now());
    return std::size_t(*here + *there);
  }

  std::string state_of(const std::string &where, const std::string &key = "k") {
    const auto row = get_now(store(where), {idempotency_kind(where), {std::string("PSO001"), key}}, clock_.now());
    if (!row) return row.why().what == outcome::not_found ? "none" : "fault";
    return std::string(text_of((*row)["state"])) + " " + std::string(text_of((*row)["holder"]));
  }

  stepped_clock clock_;
  const std::shared_ptr<key_maker> keys_ = std::make_shared<key_maker>([this] { return clock_.now(); }, 1);
  const kind_ptr pluto_thing_ = thing_kind("pluto");
  const kind_ptr cuba_thing_ = thing_kind("cuba");
  memory_store pluto_{{idempotency_kind("pluto"), pluto_thing_}, keys_};
  memory_store cuba_{{idempotency_kind("cuba"), cuba_thing_}, keys_};
  unsure_store unsure_pluto_{pluto_}, unsure_cuba_{cuba_};  // what the gateways see
  const std::shared_ptr<causeway::testing::pumped_executor> runs_on_ =
      std::make_shared<causeway::testing::pumped_executor>();
  std::set<std::string> dead_;
  std::atomic<int> handled_{0};
  std::vector<std::pair<std::shared_ptr<answer_keeper>, std::function<void(answer)>>> held_;
};

}  // namespace causeway::http::test
