// A relay that takes up other routes while it works: nothing is lost, twice or out of order, and what does not change
// is not disturbed.
#include <algorithm>
#include <atomic>
#include <thread>

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;
using strings = std::vector<std::string>;

struct RelayAdoption : ::testing::Test, two_stores {
  // The same routes, but for what the first one's mapping does with the subject.
  std::vector<copy_route> with_subject(const std::string &constant) const {
    field_rule subject;
    subject.target = "subject";
    subject.constant = constant;
    mapping_declaration first;
    first.fields = {rule("sourceId", "communicationId"), rule("csid", "csid"), subject};
    auto all = make_routes();
    all.front() = {"communications", compiled(first, communication, cuba_communication), "", constant};
    return all;
  }
  static void nothing() {}
  static std::uint64_t copied(const relay &by, const std::string &route) {
    for (const auto &status : by.status())
      if (status.name == route) return status.copied;
    return 0;
  }
  template <class Condition>
  static bool eventually(Condition holds) {
    for (int i = 0; i < 20'000 && !holds(); ++i) std::this_thread::sleep_for(1ms);
    return holds();
  }
};

TEST_F(RelayAdoption, carries_what_waits_by_the_mapping_that_it_has_by_then) {
  gateway one(*this, {}, alone());
  post("000000001", "first");
  one.drain("communications");
  post("000000001", "second");
  one.copies.adopt({}, stores(), with_subject("changed"), nothing);
  one.drain("communications");
  EXPECT_EQ(subjects(), (strings{"first", "changed"}));
  EXPECT_EQ(copied(one.copies, "communications"), 2u) << "counts on";
}

TEST_F(RelayAdoption, leaves_what_waits_of_a_route_that_is_gone_and_carries_it_when_it_is_back) {
  gateway one(*this, {}, alone());
  post("000000001", "waits");
  one.copies.adopt({}, stores(), {}, nothing);
  EXPECT_TRUE(one.copies.status().empty());
  EXPECT_TRUE(one.copies.leases().empty());
  EXPECT_THROW(one.copies.step("communications"), std::out_of_range);
  for (const record &lease : all(pluto_memory, lease_kind("pluto")))
    EXPECT_EQ(lease["holder"], value(null())) << "given back";
  EXPECT_EQ(outbox(copy_state::pending).size(), 1u);
  one.copies.adopt({}, stores(), routes, nothing);
  one.copies.step_leases();
  one.drain("communications");
  EXPECT_EQ(subjects(), strings{"waits"});
}

TEST_F(RelayAdoption, keeps_its_leases) {
  gateway one(*this, {}, alone());
  const auto before = one.copies.leases().at(0);
  one.copies.adopt({}, stores(), with_subject("changed"), nothing);
  const auto after = one.copies.leases().at(0);
  EXPECT_EQ(after.held, before.held);
  EXPECT_EQ(after.changes.taken, before.changes.taken);
  EXPECT_EQ(after.changes.given, 0u);
}

TEST_F(RelayAdoption, changes_nothing_for_routes_that_cannot_work) {
  gateway one(*this, {}, alone());
  bool rested = false;
  auto faulty = routes;
  faulty.back().after = "nowhere";
  EXPECT_THROW(one.copies.adopt({}, stores(), faulty, [&] { rested = true; }), std::invalid_argument);
  EXPECT_FALSE(rested);
  post("000000001", "still");
  one.drain("communications");
  EXPECT_EQ(subjects(), strings{"still"});
}

// A copier that has found a store away backs off; one that is not made anew goes on doing so.
TEST_F(RelayAdoption, does_not_disturb_a_route_that_stays_as_it_is) {
  gateway one(*this, {}, alone());
  post("000000001", "waits");
  cuba_memory.set_away(true);
  EXPECT_TRUE(one.copies.step("communications").away);
  cuba_memory.set_away(false);
  one.copies.adopt({}, stores(), make_routes(), nothing);
  EXPECT_TRUE(one.copies.step("communications").away) << "not yet tried again";
  one.copies.adopt({}, stores(), with_subject("changed"), nothing);
  EXPECT_EQ(one.copies.step("communications").copied, 1u);
}

TEST_F(RelayAdoption, rests_while_what_posts_changes_hands) {
  gateway one(*this, {}, alone());
  std::atomic<bool> at_rest{false}, written_at_rest{false};
  std::atomic<int> writes{0};
  cuba.refuse = [&](const unit_of_work &unit) -> std::optional<fault> {
    for (const change &c : unit.changes)
      if (c.what.kind->name == "cuba.communication") {
        ++writes;
        if (at_rest) written_at_rest = true;
      }
    return std::nullopt;
  };
  one.copies.start();
  for (int n = 0; n < 20; ++n) {
    post("000000001", std::to_string(n));
    one.copies.signal("communications");
    one.copies.adopt({}, stores(), with_subject(std::to_string(n)), [&] {
      at_rest = true;
      std::this_thread::sleep_for(1ms);
      at_rest = false;
    });
  }
  EXPECT_TRUE(eventually([&] { return subjects().size() == 20; }));
  EXPECT_FALSE(written_at_rest);
  one.copies.stop();
}

TEST_F(RelayAdoption, loses_and_repeats_nothing_and_keeps_the_order_under_way) {
  gateway one(*this, {.batch = 3, .poll = 5ms, .look = 5ms, .patience = 10s, .retry = {}}, alone());
  front.on_copy([&](const std::string &route) { one.copies.signal(route); });
  one.copies.start();
  constexpr int customers = 4, each = 100;
  std::atomic<bool> posted{false};
  std::thread poster([&] {
    for (int n = 0; n < each; ++n)
      for (int customer = 0; customer < customers; ++customer) {
        const std::string csid = "00000000" + std::to_string(customer);
        post_note(csid, post(csid, std::to_string(n)), std::to_string(n));
      }
    posted = true;
  });
  // The same mapping under other names of its version, so that order can be told by what was written; now and then
  // other options, and no notes at all.
  int turns = 0;
  while (!posted || turns < 20) {
    ++turns;
    auto changed = make_routes();
    changed.front().mapping_version = std::to_string(turns);
    if (turns % 5 == 0) changed.pop_back();
    relay_options options;
    options.batch = std::size_t(2 + turns % 3);
    options.poll = 5ms;
    one.copies.adopt(options, stores(), changed, nothing);
  }
  poster.join();
  one.copies.adopt({.batch = 50, .poll = 5ms, .look = 5ms, .patience = 10s, .retry = {}}, stores(), routes, nothing);
  EXPECT_TRUE(eventually([&] { return outbox(copy_state::pending).empty(); }));
  one.copies.stop();
  EXPECT_EQ(notes().size(), std::size_t(customers * each));
  strings in_order;
  for (int n = 0; n < each; ++n) in_order.push_back(std::to_string(n));
  for (int customer = 0; customer < customers; ++customer)
    EXPECT_EQ(subjects("00000000" + std::to_string(customer)), in_order);
  EXPECT_EQ(copied(one.copies, "communications"), std::uint64_t(customers * each));
}

}  // namespace
}  // namespace causeway
