// What stands in the outboxes is told without hammering the store and without waiting for it.
#include "relay/backlog.hpp"

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

// Keeps every request to itself, as a store behind a network that swallows everything.
class silent_store final : public record_store {
 public:
  void get(get_request, time_point, completion<record> done) override {
    kept.push_back([done] { done(away); });
  }
  void find(find_request, time_point, completion<std::vector<record>> done) override {
    kept.push_back([done] { done(away); });
  }
  void count(find_request, time_point, completion<std::int64_t> done) override {
    kept.push_back([done] { done(std::int64_t(7)); });
  }
  void commit(unit_of_work, time_point, completion<commit_outcome> done) override {
    kept.push_back([done] { done(away); });
  }
  store_state state() const override { return store_state::serving; }

  std::vector<std::function<void()>> kept;

 private:
  inline static const fault away{outcome::unavailable, "away", {}};
};

struct Backlog : ::testing::Test, two_stores {
  backlog of_pluto{routes, {{"pluto", &pluto}}, time};
  unsigned looks = 0;

  void SetUp() override {
    pluto.before_find = [this](const find_request &) { ++looks; };
  }
};

TEST_F(Backlog, tells_what_is_pending_and_for_how_long) {
  post("000000001", "first");
  time.at += 3s;
  post("000000002", "second");
  post_note("000000001", "x", "a note");
  const auto &routes_now = of_pluto.look();
  ASSERT_EQ(routes_now.size(), 2u);
  EXPECT_EQ(routes_now[0].route, "communications");
  EXPECT_EQ(routes_now[0].pending, 2);
  EXPECT_EQ(routes_now[0].dead, 0);
  EXPECT_DOUBLE_EQ(routes_now[0].oldest_pending, 3.0);
  EXPECT_EQ(routes_now[1].route, "notes");
  EXPECT_EQ(routes_now[1].pending, 1);
  EXPECT_DOUBLE_EQ(routes_now[1].oldest_pending, 0.0);
}

TEST_F(Backlog, asks_the_store_no_more_than_every_five_seconds) {
  of_pluto.look();
  const auto once = looks;
  EXPECT_GT(once, 0u);
  post("000000001", "first");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(of_pluto.look()[0].pending, 0);
  EXPECT_EQ(looks, once);
  time.at += 5s;
  EXPECT_EQ(of_pluto.look()[0].pending, 1);
  EXPECT_EQ(looks, 2 * once);
}

TEST_F(Backlog, leaves_out_what_a_store_does_not_tell_in_time) {
  silent_store silent;
  backlog of(routes, {{"pluto", &silent}}, time, {5'000ms, 20ms});
  EXPECT_TRUE(of.look().empty());
  EXPECT_EQ(silent.kept.size(), 3 * routes.size());
  EXPECT_TRUE(of.look().empty());
  EXPECT_EQ(silent.kept.size(), 3 * routes.size()) << "and does not ask it again and again";
  for (const auto &late : silent.kept) late();
  EXPECT_TRUE(of.look().empty()) << "what comes late is not told";
}

TEST_F(Backlog, may_be_gone_before_its_answers_come) {
  silent_store silent;
  { backlog(routes, {{"pluto", &silent}}, time, {5'000ms, 1ms}).look(); }
  for (const auto &late : silent.kept) late();
  SUCCEED();
}

}  // namespace
}  // namespace causeway
