// Several gateways on the same stores: who copies what, and what becomes of one that does not notice it was given up.
#include <set>

#include "relay/leases.hpp"
#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;

struct Leases : ::testing::Test, two_stores {
  void pass(std::chrono::seconds how_long, std::vector<gateway *> living) {
    for (auto passed = 0s; passed < how_long; passed += 1s) {
      time.at += 1s;
      for (auto *one : living) one->members.step();
      for (auto *one : living) one->copies.step_leases();
    }
  }
  static unsigned held_by(const gateway &one) { return one.copies.status().at(0).partitions; }
  std::string csid_in_partition(unsigned wanted) {
    for (int n = 1;; ++n) {
      std::string csid = std::to_string(n);
      csid.insert(0, 9 - csid.size(), '0');
      if (partition_of(csid) == wanted) return csid;
    }
  }
};

TEST_F(Leases, are_all_one_gateways_while_it_is_alone) {
  gateway one(*this);
  EXPECT_EQ(held_by(one), partitions);
}

TEST_F(Leases, are_shared_by_those_alive) {
  gateway a(*this);
  gateway b(*this);
  EXPECT_EQ(held_by(b), 0u) << "nothing is free yet";
  pass(3s, {&a, &b});
  EXPECT_EQ(held_by(a), partitions / 2);
  EXPECT_EQ(held_by(b), partitions / 2);
  gateway c(*this);
  pass(3s, {&a, &b, &c});
  EXPECT_EQ(held_by(a) + held_by(b) + held_by(c), partitions);
  for (const auto *one : {&a, &b, &c}) EXPECT_GE(held_by(*one), 4u);
  pass(6s, {&a, &c});
  EXPECT_EQ(held_by(b), 0u) << "it knows that the others take it for dead";
  EXPECT_EQ(held_by(a), partitions / 2);
  EXPECT_EQ(held_by(c), partitions / 2);
}

TEST_F(Leases, count_how_they_come_and_go) {
  const auto changes = [](const gateway &of) { return of.copies.leases().at(0).changes; };
  gateway a(*this);
  EXPECT_EQ(a.copies.leases().at(0).from, "pluto");
  EXPECT_EQ(a.copies.leases().at(0).to, "cuba");
  EXPECT_EQ(a.copies.leases().at(0).held, partitions);
  EXPECT_EQ(changes(a).taken, partitions);
  gateway b(*this);
  pass(3s, {&a, &b});
  EXPECT_EQ(changes(a).given, partitions / 2);
  EXPECT_EQ(changes(b).taken, partitions / 2);
  pass(9s, {&a});
  EXPECT_EQ(changes(a).taken, partitions + partitions / 2) << "those of the dead one";
  pass(3s, {&a, &b});
  EXPECT_EQ(changes(b).lost, partitions / 2);
  EXPECT_EQ(changes(a).lost, 0u);
}

TEST_F(Leases, let_two_gateways_copy_everything_once) {
  gateway a(*this);
  gateway b(*this);
  pass(3s, {&a, &b});
  std::vector<std::string> posted;
  for (int n = 0; n < 200; ++n) {
    post("0000000" + std::to_string(10 + n % 40), std::to_string(n));
    posted.push_back(std::to_string(n));
  }
  const auto by_a = a.drain("communications").copied;
  const auto by_b = b.drain("communications").copied;
  EXPECT_EQ(by_a + by_b, 200u);
  EXPECT_GT(by_a, 0u);
  EXPECT_GT(by_b, 0u);
  EXPECT_EQ(subjects().size(), 200u);
  EXPECT_TRUE(outbox(copy_state::pending).empty());
}

// The target was restored from a backup, or lost its fences.
TEST_F(Leases, are_taken_again_when_the_target_has_other_fences) {
  gateway one(*this, {}, alone());
  const auto csid = csid_in_partition(3);
  std::vector<std::string> posted;
  const std::optional<std::int64_t> fences[] = {std::nullopt, 0, 1'000, std::nullopt};
  for (const auto &fence : fences) {
    posted.push_back("before " + std::to_string(posted.size()));
    post(csid, posted.back());
    one.drain("communications");
    change restore{fence ? change_type::put : change_type::erase, record(fence_kind("cuba")), 0};
    restore.what["source"] = std::string("pluto");
    restore.what["partition"] = std::int64_t(3);
    if (fence) restore.what["fence"] = *fence;
    ASSERT_TRUE(commit_now(cuba_memory, {{restore}}, never));
    posted.push_back("after " + std::to_string(posted.size()));
    post(csid, posted.back());
    for (const char *when : {"met", "told meanwhile"}) {
      const auto fenced = one.copies.step("communications");
      EXPECT_EQ(fenced.copied, 0u) << when;
      EXPECT_FALSE(fenced.more) << when;
      EXPECT_FALSE(fenced.away) << when;
      EXPECT_EQ(fenced.wait, 150ms) << when;
    }
    pass(1s, {&one});
    EXPECT_EQ(held_by(one), partitions);
    one.drain("communications");
    EXPECT_EQ(subjects(csid), posted);
  }
  EXPECT_TRUE(outbox(copy_state::pending).empty());
}

TEST_F(Leases, stop_a_gateway_that_slept_between_reading_and_writing) {
  gateway sleeper(*this);
  const auto csid = csid_in_partition(3);
  post(csid, "first");
  post(csid, "second");
  gateway *heir = nullptr;
  std::unique_ptr<gateway> made;
  int applied = 0;
  // At the moment when the sleeper is about to write to the target, the world goes on for ten seconds without it.
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    if (heir || unit.changes.back().what.kind->name != "cuba.communication") return std::nullopt;
    made = std::make_unique<gateway>(*this);
    heir = made.get();
    pass(10s, {heir});
    EXPECT_EQ(held_by(*heir), partitions);
    post(csid, "third");
    applied = int(heir->drain("communications").copied);
    return std::nullopt;
  };
  const auto report = sleeper.copies.step("communications");
  EXPECT_EQ(applied, 3);
  EXPECT_EQ(report.copied, 0u);
  EXPECT_EQ(subjects(), (std::vector<std::string>{"first", "second", "third"}));
  for (const auto &row : outbox()) EXPECT_EQ(row.attempts, 1) << "settled once, by the heir";
}

TEST_F(Leases, stop_a_gateway_that_wakes_up_before_its_heir_has_begun) {
  gateway sleeper(*this);
  post(csid_in_partition(3), "first");
  std::unique_ptr<gateway> heir;
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    if (heir || unit.changes.back().what.kind->name != "cuba.communication") return std::nullopt;
    heir = std::make_unique<gateway>(*this);
    pass(10s, {heir.get()});
    return std::nullopt;
  };
  sleeper.copies.step("communications");
  EXPECT_TRUE(subjects().empty()) << "only the fence keeps it from writing";
  EXPECT_EQ(heir->drain("communications").copied, 1u);
}

TEST_F(Leases, stop_a_gateway_that_slept_between_writing_and_settling) {
  gateway sleeper(*this);
  const auto csid = csid_in_partition(3);
  post(csid, "first");
  std::unique_ptr<gateway> heir;
  pluto.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    if (heir || unit.changes.front().what.kind->name != "causeway.copied") return std::nullopt;
    heir = std::make_unique<gateway>(*this);
    pass(10s, {heir.get()});
    return std::nullopt;
  };
  EXPECT_EQ(sleeper.copies.step("communications").copied, 0u) << "what it would say is the heir's to say";
  EXPECT_EQ(outbox().at(0).state, copy_state::pending);
  EXPECT_EQ(heir->drain("communications").copied, 1u);
  EXPECT_EQ(subjects(), std::vector<std::string>{"first"});
  EXPECT_EQ(outbox().at(0).target_id, text_of(all(cuba_memory, cuba_communication).at(0)["commNo"]));
}

TEST_F(Leases, are_taken_again_when_an_answer_was_lost) {
  int lost = 0;
  cuba.lose_answer = [&](const unit_of_work &unit) {
    return unit.changes.front().what.kind->name == "causeway.fence" && ++lost <= 3;
  };
  gateway one(*this);
  EXPECT_EQ(held_by(one), partitions - 3);
  pass(1s, {&one});
  EXPECT_EQ(held_by(one), partitions);
}

// The lease was taken and its fence was not; and then this gateway's share became less than what it holds already.
TEST_F(Leases, go_to_others_where_their_fences_were_not_put_up) {
  int refused = 0;
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    if (unit.changes.front().what.kind->name != "causeway.fence" || ++refused != 11) return std::nullopt;
    return fault{outcome::unavailable, "the connection was lost", {}};
  };
  gateway a(*this);
  EXPECT_EQ(held_by(a), partitions - 1);
  gateway b(*this);
  pass(5s, {&a, &b});
  EXPECT_EQ(held_by(a), partitions / 2);
  EXPECT_EQ(held_by(b), partitions / 2);
}

TEST_F(Leases, are_taken_although_the_target_remembers_higher_fences) {
  for (unsigned partition = 0; partition < partitions; ++partition) {
    record fence(fence_kind("cuba"));
    fence.values = {"pluto", std::int64_t(partition), std::int64_t(1'000)};
    ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::insert, fence, 0}}}, never));
  }
  gateway one(*this);
  EXPECT_EQ(held_by(one), 0u);
  pass(1s, {&one});
  EXPECT_EQ(held_by(one), partitions) << "a source that was set up anew";
}

TEST_F(Leases, are_given_back_at_the_end) {
  gateway a(*this);
  {
    lease_keeper keeper(pluto, lease_kind("pluto"), cuba, fence_kind("cuba"), a.members, time, 10s);
    keeper.step();
    EXPECT_EQ(keeper.held().of.size(), partitions) << "the same gateway's, taken anew";
    keeper.release();
    EXPECT_TRUE(keeper.held().of.empty());
  }
  for (const record &row : all(pluto_memory, lease_kind("pluto"))) EXPECT_EQ(row["holder"], value(null()));
}

}  // namespace
}  // namespace causeway
