// The calm has a limit: a relay that has not settled everything two minutes after the last fault never will, as far as
// its users are concerned.
#include "tests/simulation/schedule.hpp"

#include <memory>
#include <vector>

#include "tests/simulation/clients.hpp"
#include "tests/simulation/gateway_process.hpp"
#include "tests/simulation/world.hpp"

namespace causeway::simulation {

using namespace std::chrono_literals;

namespace {

constexpr moment longest_calm = 120s;

class schedule {
 public:
  schedule(std::uint64_t seed, schedule_options options) : options_(options), world_(seed, options.traced) {
    seats_.resize(world_.what.gateways);
    for (std::size_t seat = 0; seat < seats_.size(); ++seat)
      world_.events.in(seat == 0 ? 0ms : world_.chance.between(0ms, 2s), [this, seat] { start(seat); });
    posting_ = std::make_unique<clients>(world_, [this](const std::string &route) { signal(route); });
    for (unsigned n = 0; n < world_.what.cuts; ++n) sometime([this] { cut(); });
    for (unsigned n = 0; n < world_.what.aways; ++n) sometime([this] { go_away(); });
    for (unsigned n = 0; n < world_.what.clock_jumps; ++n) sometime([this] { jump(); });
    world_.events.in(world_.what.faults_end, [this] { calm_down(); });
  }

  schedule_report run() {
    while (!over()) {
      if (!world_.events.step()) world_.truth.breaks("nothing happens any more");
    }
    if (!world_.truth.broken()) compare();
    world_.story.note([&] { return world_.truth.broken().value_or("everything is where it must be"); });
    ending_ = true;
    report_.seconds = double(world_.events.now().count()) / 1000;
    report_.records = unsigned(world_.truth.records().size());
    for (const auto &[key, r] : world_.truth.records()) report_.dead += r.was_dead;
    report_.takeovers = world_.truth.takeovers();
    report_.broken = world_.truth.broken();
    report_.story = world_.story.text();
    return report_;
  }

 private:
  bool over() {
    if (world_.truth.broken()) return true;
    if (!world_.calm) return false;
    if (world_.events.now() < quiet_from_) return false;
    if (world_.truth.all_copied()) return true;
    if (world_.truth.settled()) {
      if (!world_.what.mended || mended_) return true;
      mend();
      return false;
    }
    if (world_.events.now() > world_.what.faults_end + longest_calm)
      world_.truth.breaks("after " + std::to_string(longest_calm.count() / 1000) +
                          " s of calm these are not settled: " + world_.truth.unsettled());
    return world_.truth.broken().has_value();
  }

  void start(std::size_t seat) {
    if (ending_) return;
    auto &at = seats_[seat];
    at = std::make_shared<gateway_process>(world_,
                                           "gateway" + std::to_string(seat + 1) + "." + std::to_string(++starts_),
                                           options_.rule, cursors_, [this, seat] { died(seat); });
    ever_.push_back(at);
  }
  void died(std::size_t seat) {
    if (ending_) return;
    ++report_.crashes;
    world_.events.in(world_.chance.between(100ms, 6s), [this, seat] { start(seat); });
  }
  void signal(const std::string &route) {
    // Only the gateway by way of which it was posted knows at once.
    const auto &one = seats_[world_.chance.below(seats_.size())];
    if (one && !one->dead()) one->signal(route);
  }
  gateway_process *somebody() {
    const auto &one = seats_[world_.chance.below(seats_.size())];
    return one && !one->dead() ? one.get() : nullptr;
  }
  void sometime(std::function<void()> what) {
    world_.events.in(world_.chance.between(0ms, world_.what.faults_end - 1ms), std::move(what));
  }

  void cut() {
    gateway_process *one = somebody();
    if (!one) return;
    process &p = one->as_seen_by_the_network();
    const auto side = world_.chance.below(2);
    p.cut_from[side] = true;
    world_.story.note([&] { return p.name + " is cut off from " + (side == 0 ? "pluto" : "cuba"); });
    world_.events.in(world_.chance.between(100ms, 7s), [this, &p, side] {
      p.cut_from[side] = false;
      world_.story.note([&] { return p.name + " is connected again"; });
    });
  }
  void go_away() {
    store_server &one = world_.chance.below(2) == 0 ? world_.pluto : world_.cuba;
    one.away = true;
    world_.story.note([] { return std::string("a store is away"); });
    world_.events.in(world_.chance.between(100ms, 5s), [this, &one] {
      one.away = false;
      world_.story.note([] { return std::string("it is back"); });
    });
  }
  void jump() {
    gateway_process *one = somebody();
    if (!one) return;
    const moment far[] = {2s, 60s, 3'600s, 86'400s};
    const moment by = world_.chance.between(1ms, far[world_.chance.below(4)]);
    process &p = one->as_seen_by_the_network();
    p.wall_offset += world_.chance.below(2) == 0 ? by : -by;
    world_.story.note(
        [&] { return p.name + "'s clock jumps by " + std::to_string(p.wall_offset.count()) + " ms in all"; });
  }
  // What stood still goes on, who is dead comes back, who is cut off is connected: each at its own time, which was
  // drawn when it began and is not long.
  void calm_down() {
    world_.story.note([] { return std::string("from here on it is calm"); });
    world_.calm = true;
    // Clients' last requests, and those that were given up for lost, are still to come.
    quiet_from_ = world_.events.now() + 12s;
  }
  // An operator has the target take what it refused, and replays what is dead.
  void mend() {
    mended_ = true;
    quiet_from_ = world_.events.now();
    world_.cuba.refuse_nothing();
    cursors_.of.clear();  // even who went by a cursor would set it back for this
    const auto outbox = outbox_kind("pluto");
    for (const record &row : world_.all(world_.pluto, outbox)) {
      const copy_row copy = read_copy(row);
      if (copy.state != copy_state::dead) continue;
      world_.story.note([&] { return "an operator replays " + copy.source_key; });
      unit_of_work unit;
      unit.changes.push_back(replay_dead(outbox, copy));
      if (!world_.pluto.commit(std::move(unit), "operator", 0)) world_.truth.breaks("a dead copy cannot be replayed");
    }
  }
  void compare() {
    auto copies = world_.all(world_.cuba, world::site().cuba_communication);
    for (record &note : world_.all(world_.cuba, world::site().notepad)) copies.push_back(std::move(note));
    std::vector<copy_row> asked;
    for (const kind_ptr &kind : {outbox_kind("pluto"), copied_kind("pluto")})
      for (const record &row : world_.all(world_.pluto, kind)) asked.push_back(read_copy(row));
    world_.truth.compare(asked, copies);
  }

  const schedule_options options_;
  schedule_report report_;
  world world_;
  cursors cursors_;
  bool ending_ = false;
  bool mended_ = false;
  moment quiet_from_{0};
  unsigned starts_ = 0;
  std::vector<std::shared_ptr<gateway_process>> seats_;
  std::vector<std::shared_ptr<gateway_process>> ever_;  // also the dead: what they sent is still under way
  std::unique_ptr<clients> posting_;
};

}  // namespace

schedule_report run_schedule(std::uint64_t seed, schedule_options options) {
  schedule_report report = schedule(seed, options).run();
  report.seed = seed;
  return report;
}

std::string replay_of(std::uint64_t seed, broken_rule rule) {
  std::string command = "build/release/tests/relay_simulation_test --seed=" + std::to_string(seed) + " --trace";
  if (rule != broken_rule::none) command.append(" --break=").append(name_of(rule));
  return command;
}

}  // namespace causeway::simulation
