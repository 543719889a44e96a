// A hundred thousand schedules in which everything goes wrong that can, each from its seed. And whether they would
// notice: with a rule of the relay broken on purpose they do.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>
#include <string>
#include <string_view>

#include "runtime/log.hpp"
#include "tests/simulation/schedule.hpp"

namespace causeway::simulation {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t usual_schedules = 3'000;
#else
constexpr std::uint64_t usual_schedules = 100'000;
#endif
#endif

struct totals {
  std::uint64_t schedules = 0, records = 0, crashes = 0, takeovers = 0, dead = 0, failed = 0;
  double simulated = 0;
  std::string failures;  // what failed, and how to see it again
};

// Stops at the third that fails: the first may be a hard one to read.
totals run_schedules(std::uint64_t from, std::uint64_t how_many, broken_rule rule) {
  totals sum;
  for (std::uint64_t seed = from; seed < from + how_many && sum.failed < 3; ++seed) {
    const schedule_report report = run_schedule(seed, {false, rule});
    ++sum.schedules;
    sum.records += report.records;
    sum.crashes += report.crashes;
    sum.takeovers += report.takeovers;
    sum.dead += report.dead;
    sum.simulated += report.seconds;
    if (!report.broken) continue;
    ++sum.failed;
    sum.failures += "seed " + std::to_string(seed) + ": " + *report.broken + "\n  " + replay_of(seed, rule) + "\n";
  }
  return sum;
}

std::ostream &operator<<(std::ostream &out, const totals &t) {
  return out << t.schedules << " schedules, " << t.failed << " failed: " << t.records << " records, " << t.crashes
             << " crashes, " << t.takeovers << " takeovers, " << t.dead << " dead letters, "
             << std::int64_t(t.simulated / 3600) << " hours of simulated time";
}

TEST(RelaySimulation, holds_every_rule_in_every_schedule) {
  const auto begun = std::chrono::steady_clock::now();
  const totals all = run_schedules(1, usual_schedules, broken_rule::none);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << all << ", in " << took.count() << " s" << std::endl;
  EXPECT_EQ(all.failed, 0u) << all.failures;
  // A simulation in which nothing happens would prove nothing.
  EXPECT_GT(all.records, 2 * all.schedules);
  EXPECT_GT(all.crashes, all.schedules / 4);
  EXPECT_GT(all.takeovers, all.schedules);
  EXPECT_GT(all.dead, all.schedules / 20);
}

TEST(RelaySimulation, tells_the_same_story_from_the_same_seed) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
    const auto first = run_schedule(seed, {true, broken_rule::none});
    const auto again = run_schedule(seed, {true, broken_rule::none});
    EXPECT_GT(first.story.size(), 1'000u);
    EXPECT_EQ(first.story, again.story) << "seed " << seed;
  }
  EXPECT_NE(run_schedule(1, {true, broken_rule::none}).story, run_schedule(2, {true, broken_rule::none}).story);
}

struct sabotage {
  broken_rule rule;
  std::uint64_t within;  // seeds
  const char *found;     // in what it says
};

struct BrokenRule : ::testing::TestWithParam<sabotage> {};

TEST_P(BrokenRule, is_found_and_the_seed_finds_it_again) {
  const auto [rule, within, found] = GetParam();
  for (std::uint64_t seed = 1; seed <= within; ++seed) {
    const auto report = run_schedule(seed, {false, rule});
    if (!report.broken || report.broken->find(found) == std::string::npos) continue;
    std::cout << "seed " << seed << ": " << *report.broken << "\n  " << replay_of(seed, rule) << std::endl;
    const auto again = run_schedule(seed, {true, rule});
    EXPECT_EQ(again.broken, report.broken);
    EXPECT_NE(again.story.find(*report.broken), std::string::npos);
    return;
  }
  FAIL() << "not found within " << within << " schedules";
}

INSTANTIATE_TEST_SUITE_P(Each, BrokenRule,
                         ::testing::Values(sabotage{broken_rule::settle_before_apply, 100, "settled before it stood"},
                                           sabotage{broken_rule::skip_the_fence, 2'000, "when the fence"},
                                           sabotage{broken_rule::cursor, 2'000, "are not settled"},
                                           sabotage{broken_rule::forget, 100, "left the outbox"}),
                         [](const auto &info) { return std::string(name_of(info.param.rule)); });

// --seed=N [--trace] [--break=RULE], or --schedules=N [--from=SEED] [--break=RULE]; without either the tests are run.
int run_by_hand(int count, char **words) {
  std::uint64_t seed = 0, schedules = 0, from = 1;
  schedule_options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    const auto after = [&](std::string_view name) { return std::string(word.substr(name.size())); };
    if (word.starts_with("--seed=")) {
      seed = std::strtoull(after("--seed=").c_str(), nullptr, 10);
    } else if (word.starts_with("--schedules=")) {
      schedules = std::strtoull(after("--schedules=").c_str(), nullptr, 10);
    } else if (word.starts_with("--from=")) {
      from = std::strtoull(after("--from=").c_str(), nullptr, 10);
    } else if (word == "--trace") {
      options.traced = true;
    } else if (const auto rule = word.starts_with("--break=") ? rule_named(after("--break=")) : std::nullopt) {
      options.rule = *rule;
    } else {
      std::cerr << "unknown: " << word
                << "; there are --seed=N --trace --schedules=N --from=SEED --break=settle|fence|cursor|forget\n";
      return 2;
    }
  }
  if (seed > 0) {
    const auto report = run_schedule(seed, options);
    std::cout << report.story << "seed " << seed << ": " << report.broken.value_or("every rule held") << std::endl;
    return report.broken ? 1 : 0;
  }
  const totals all = run_schedules(from, schedules, options.rule);
  std::cout << all.failures << all << std::endl;
  return all.failed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace causeway::simulation

int main(int count, char **words) {
  causeway::set_log_level(causeway::log_level::none);
  ::testing::InitGoogleTest(&count, words);
  return count > 1 ? causeway::simulation::run_by_hand(count, words) : RUN_ALL_TESTS();
}
