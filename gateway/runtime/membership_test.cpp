// Gateways that share one store, on a clock that only the test moves.
#include "runtime/membership.hpp"

#include <gtest/gtest.h>

#include "store/kind_builder.hpp"
#include "store/memory_store.hpp"

namespace causeway {
namespace {

using namespace std::chrono_literals;

struct stepped_clock final : clock {
  std::chrono::milliseconds at{1'000};
  std::chrono::milliseconds wall{0};  // by which the wall clock has jumped
  time_point now() const override { return time_point(at + wall); }
  std::chrono::milliseconds elapsed() const override { return at; }
  time_point steady() const override { return time_point(at); }
};

// Commits, and then says that nobody knows whether it did; or commits only when told to.
struct forgetful_store final : record_store {
  record_store &inner;
  bool loses = false;
  bool delays = false;
  std::vector<unit_of_work> on_the_way;

  explicit forgetful_store(record_store &of) : inner(of) {}
  void get(get_request request, time_point deadline, completion<record> done) override {
    inner.get(std::move(request), deadline, std::move(done));
  }
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override {
    inner.find(std::move(request), deadline, std::move(done));
  }
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override {
    inner.count(std::move(request), deadline, std::move(done));
  }
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override {
    if (delays) {
      on_the_way.push_back(std::move(unit));
      return done(fault{outcome::deadline, "", {}});
    }
    if (!loses) return inner.commit(std::move(unit), deadline, std::move(done));
    inner.commit(std::move(unit), deadline, [done](const result<commit_outcome> &) {
      done(fault{outcome::unavailable, "", {}});
    });
  }
  store_state state() const override { return inner.state(); }
};

struct Membership : testing::Test {
  stepped_clock time;
  kind_ptr kind = gateway_kind("pluto");
  memory_store store{{kind}, std::make_shared<key_maker>([] { return time_point(1s); }, 0u)};

  // Time passes, and those who live take their steps.
  void pass(std::chrono::milliseconds how_long, std::vector<membership *> living) {
    for (auto passed = 0ms; passed < how_long; passed += 500ms) {
      time.at += 500ms;
      if ((time.at / 500ms) % 2 == 0)
        for (auto *one : living) one->step();
    }
  }
  std::int64_t rows() {
    find_request all;
    all.kind = kind;
    return *count_now(store, all, time_point::max());
  }
};

TEST_F(Membership, gives_each_gateway_a_slot_of_its_own) {
  membership a(store, kind, time), b(store, kind, time);
  EXPECT_TRUE(a.fenced());
  a.step();
  b.step();
  EXPECT_TRUE(a.joined());
  EXPECT_FALSE(a.fenced());
  EXPECT_NE(a.slot(), b.slot());
  EXPECT_NE(a.id(), b.id());
  a.step();
  EXPECT_EQ(a.size(), 2u);
  EXPECT_EQ(b.size(), 2u);
  EXPECT_TRUE(a.alive(a.id()));
  EXPECT_TRUE(a.alive(b.id()));
}

TEST_F(Membership, takes_nobody_for_dead_who_came_after_it_looked) {
  membership a(store, kind, time);
  a.step();
  time.at += 100ms;
  membership b(store, kind, time);
  b.step();
  EXPECT_TRUE(a.alive(b.id()));
  time.at += 100ms;
  EXPECT_TRUE(a.alive(b.id())) << "not looked at yet";
  a.step();
  EXPECT_TRUE(a.alive(b.id()));
}

TEST_F(Membership, takes_an_id_for_dead_that_nobody_holds_when_it_has_looked) {
  membership a(store, kind, time);
  a.step();
  a.alive("nobody");
  time.at += 100ms;
  a.step();
  EXPECT_FALSE(a.alive("nobody"));
}

TEST_F(Membership, frees_what_a_dead_gateway_held_within_five_seconds) {
  membership a(store, kind, time), b(store, kind, time);
  pass(5s, {&a, &b});
  ASSERT_TRUE(a.alive(b.id()));
  pass(3s, {&a});
  EXPECT_TRUE(a.alive(b.id())) << "a hiccup is not a death";
  pass(2s, {&a});
  EXPECT_FALSE(a.alive(b.id()));
  EXPECT_EQ(a.size(), 1u);
  EXPECT_TRUE(b.fenced()) << "who cannot count up knows it first";
}

TEST_F(Membership, takes_nobody_for_dead_because_a_wall_clock_jumps) {
  memory_store punctual{
      {kind}, std::make_shared<key_maker>([] { return time_point(1s); }, 0u), [this] { return time.steady(); }};
  membership a(punctual, kind, time), b(punctual, kind, time);
  pass(5s, {&a, &b});
  for (const auto jump : {1h, -2h, 24h, -23h}) {
    time.wall += jump;
    pass(5s, {&a, &b});
    EXPECT_TRUE(a.alive(b.id()) && b.alive(a.id()));
    EXPECT_FALSE(a.fenced() || b.fenced());
  }
  time.wall += 1h;
  pass(5s, {&a});
  EXPECT_FALSE(a.alive(b.id())) << "and somebody dead is found out in time";
}

TEST_F(Membership, frees_what_a_dead_gateway_held_within_the_time_that_is_set) {
  for (const auto takeover : {500ms, 1'000ms, 5'000ms}) {
    const auto options = taken_over_within(takeover);
    ASSERT_LT(options.beat_every, options.dead_after / 2);
    membership a(store, kind, time, options);
    a.step();
    time.at += options.beat_every - 1ms;
    membership b(store, kind, time, options);
    b.step();  // and dies
    auto since = 0ms;
    for (auto next = 1ms; a.alive(b.id()) || since == 0ms; next = options.beat_every) {
      time.at += next;
      since += next;
      a.step();
      ASSERT_LE(since, takeover);
    }
    EXPECT_GE(since, takeover / 2) << "a hiccup is not a death";
    EXPECT_LE(since + lease_look(takeover), takeover * 9 / 10);
  }
}

TEST_F(Membership, sees_a_gateway_again_that_had_only_slept) {
  membership a(store, kind, time), b(store, kind, time);
  pass(2s, {&a, &b});
  pass(6s, {&a});
  ASSERT_FALSE(a.alive(b.id()));
  pass(2s, {&a, &b});
  EXPECT_TRUE(a.alive(b.id()));
  EXPECT_FALSE(b.fenced());
}

TEST_F(Membership, takes_nobody_for_dead_while_the_store_was_away_from_all) {
  membership a(store, kind, time), b(store, kind, time);
  pass(2s, {&a, &b});
  store.set_away(true);
  pass(20s, {&a, &b});
  EXPECT_TRUE(a.fenced());
  EXPECT_TRUE(a.alive(b.id())) << "nothing was seen, so nothing is known";
  store.set_away(false);
  a.step();
  EXPECT_TRUE(a.alive(b.id()));
  EXPECT_FALSE(a.fenced());
  pass(3s, {&a});
  EXPECT_TRUE(a.alive(b.id()));
  pass(2s, {&a});
  EXPECT_FALSE(a.alive(b.id()));
}

TEST_F(Membership, gives_its_slot_back_when_it_stops) {
  membership a(store, kind, time);
  a.step();
  {
    membership b(store, kind, time);
    b.step();
    a.step();
    EXPECT_EQ(a.size(), 2u);
  }
  a.step();
  EXPECT_EQ(a.size(), 1u);
  EXPECT_EQ(rows(), 1);
}

TEST_F(Membership, takes_a_dead_slot_when_all_have_been_used) {
  unit_of_work full;
  for (std::int64_t slot = 0; slot < 1024; ++slot) {
    record row(kind);
    row.values = {slot, "holder" + std::to_string(slot), std::int64_t(7)};
    full.changes.push_back({change_type::insert, row, 0});
  }
  ASSERT_TRUE(commit_now(store, full, time_point::max()));
  membership a(store, kind, time);
  a.step();
  EXPECT_FALSE(a.joined()) << "none of them is known to be dead yet";
  pass(5s, {&a});
  EXPECT_TRUE(a.joined());
  EXPECT_EQ(rows(), 1024);
}

TEST_F(Membership, takes_another_slot_when_its_own_was_taken) {
  membership a(store, kind, time);
  a.step();
  record thief(kind);
  thief.values = {std::int64_t(a.slot()), "thief", std::int64_t(1)};
  ASSERT_TRUE(commit_now(store, {{{change_type::put, thief, 0}}}, time_point::max()));
  const unsigned before = a.slot();
  a.step();
  EXPECT_TRUE(a.fenced());
  a.step();
  EXPECT_FALSE(a.fenced());
  EXPECT_NE(a.slot(), before);
}

// The slot is part of every key that is made.
TEST_F(Membership, tells_of_each_slot_that_it_takes) {
  std::vector<unsigned> told;
  membership_options options;
  options.takes = [&told](unsigned slot) { told.push_back(slot); };
  membership a(store, kind, time, options);
  a.step();
  EXPECT_EQ(told, std::vector<unsigned>{0});
  record thief(kind);
  thief.values = {std::int64_t(0), "thief", std::int64_t(1)};
  ASSERT_TRUE(commit_now(store, {{{change_type::put, thief, 0}}}, time_point::max()));
  pass(2s, {&a});
  EXPECT_EQ(told, (std::vector<unsigned>{0, 1}));
}

TEST_F(Membership, goes_on_when_the_answer_to_a_beat_was_lost) {
  membership a(store, kind, time);
  a.step();
  auto row = *get_now(store, {kind, {std::int64_t(a.slot())}}, time_point::max());
  row["beat"] = std::int64_t(2);
  ASSERT_TRUE(commit_now(store, {{{change_type::update, row, row.version}}}, time_point::max()));
  a.step();
  a.step();
  EXPECT_TRUE(a.joined());
  EXPECT_FALSE(a.fenced());
}

TEST_F(Membership, takes_no_second_slot_when_the_outcome_of_the_first_was_lost) {
  forgetful_store lossy(store);
  membership a(lossy, kind, time);
  lossy.loses = true;
  a.step();
  EXPECT_FALSE(a.joined());
  EXPECT_EQ(rows(), 1);
  lossy.loses = false;
  pass(1s, {&a});
  EXPECT_TRUE(a.joined());
  EXPECT_FALSE(a.fenced());
  EXPECT_EQ(rows(), 1);
  pass(2s, {&a});
  EXPECT_FALSE(a.fenced());
  a.stop();
  EXPECT_EQ(rows(), 0);
}

TEST_F(Membership, takes_nobody_for_dead_who_counts_up_in_one_of_two_slots) {
  forgetful_store slow(store);
  membership watch(store, kind, time);
  pass(2s, {&watch});
  membership other(store, kind, time);
  membership a(slow, kind, time);
  slow.delays = true;
  a.step();
  ASSERT_EQ(slow.on_the_way.size(), 1u);
  slow.delays = false;
  // The slot it asked for goes to another one, and it takes the next; then the other one leaves, and the first insert
  // arrives after all.
  other.step();
  a.step();
  ASSERT_TRUE(a.joined());
  other.stop();
  ASSERT_TRUE(commit_now(store, slow.on_the_way[0], time_point::max()));
  EXPECT_EQ(rows(), 3);
  pass(8s, {&watch, &a});
  EXPECT_TRUE(watch.alive(a.id()));
  EXPECT_FALSE(a.fenced());
  EXPECT_EQ(watch.size(), 2u);
  pass(5s, {&watch});
  EXPECT_FALSE(watch.alive(a.id()));
}

TEST_F(Membership, alone_by_construction_everyone_else_is_dead_at_once) {
  {
    record row(kind);
    row.values = {std::int64_t(0), "the last run, killed", std::int64_t(9)};
    ASSERT_TRUE(commit_now(store, {{{change_type::insert, row, 0}}}, time_point::max()));
  }
  membership_options options;
  options.sole = true;
  membership a(store, kind, time, options);
  a.step();
  EXPECT_TRUE(a.joined());
  EXPECT_EQ(a.slot(), 0u);
  EXPECT_FALSE(a.alive("the last run, killed"));
  EXPECT_EQ(a.size(), 1u);
  EXPECT_EQ(rows(), 1);
}

TEST_F(Membership, beats_on_a_thread_of_its_own) {
  system_clock real;
  membership_options options;
  options.beat_every = 5ms;
  membership a(store, kind, real, options);
  a.start();
  for (int tries = 0; tries < 400; ++tries) {
    const auto row = get_now(store, {kind, {std::int64_t(a.slot())}}, time_point::max());
    if (row && std::get<std::int64_t>((*row)["beat"]) > 3) break;
    ASSERT_LT(tries, 399) << "no beat in two seconds";
    std::this_thread::sleep_for(5ms);
  }
  a.stop();
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace causeway
