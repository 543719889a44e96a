#include "tests/simulation/gateway_process.hpp"

#include <algorithm>
#include <utility>

namespace causeway::simulation {

using namespace std::chrono_literals;

struct gateway_process::own_clock final : clock {
  own_clock(const world &of, const process &where) : in(of), at(where) {}
  time_point now() const override { return in.wall() + at.wall_offset; }
  moment elapsed() const override { return in.events.now() + 1h; }
  const world &in;
  const process &at;
};

struct gateway_process::task {
  explicit task(std::string known_as) : name(std::move(known_as)) {}
  const std::string name;
  fiber thread;
  std::uint64_t sleeps = 0;  // so that only the sleep that an alarm was set for is ended by it
  bool asleep = false;
  bool told = false;
  bool heeds = true;  // what it is told
};

gateway_process::gateway_process(world &in, std::string name, broken_rule rule, cursors &shared,
                                 std::function<void()> died)
    : world_(in),
      process_(std::make_shared<process>()),
      clock_(std::make_unique<own_clock>(in, *process_)),
      to_pluto_(in, process_, store_server::source),
      to_cuba_(in, process_, store_server::target),
      stores_(rule, to_pluto_, to_cuba_, shared, *in.keys),
      chance_(in.chance.next()),
      died_(std::move(died)) {
  process_->name = std::move(name);
  process_->simulated = true;
  process_->kill = [this] { crash(); };
  world_.story.note([&] { return process_->name + " starts"; });

  const testing::two_stores &site = world::site();
  members_ = std::make_unique<membership>(stores_.source(), gateway_kind("pluto"), *clock_);
  copies_ = std::make_unique<relay>(
      in.what.relay,
      std::map<std::string, relay_store>{{"pluto", {&stores_.source(), {site.communication, site.note}}},
                                         {"cuba", {&stores_.target(), {site.cuba_communication, site.notepad}}}},
      site.routes, *members_, *clock_, [this] { return chance_.fraction(); });

  tasks_.push_back(std::make_unique<task>("members"));
  tasks_.push_back(std::make_unique<task>("leases"));
  for (const copy_route &route : site.routes) tasks_.push_back(std::make_unique<task>(route.name));
  for (const auto &t : tasks_) process_->fibers.push_back(&t->thread);

  const auto soon = [this] { return chance_.between(1ms, 60ms); };
  begin(*tasks_[0], 0ms, [this](task &) {
    members_->step();
    return membership_options().beat_every;
  });
  begin(*tasks_[1], soon(), [this](task &) {
    const auto before = copies_->status();
    copies_->step_leases();
    const auto now = copies_->status();
    for (std::size_t i = 0; i < now.size(); ++i)
      if (now[i].partitions > before[i].partitions) signal(now[i].name);
    return world_.what.relay.poll;
  });
  for (const copy_route &route : site.routes) {
    begin(task_of(route.name), soon(), [this, &route](task &t) {
      const step_report report = copies_->step(route.name);
      if (report.copied > 0)
        for (const copy_route &other : world::site().routes)
          if (other.after == route.name) signal(other.name);
      t.heeds = !report.away;
      return report.more ? 0ms : std::max(report.wait, 1ms);
    });
  }
}

gateway_process::~gateway_process() { crash(); }

void gateway_process::begin(task &t, moment first, std::function<moment(task &)> step) {
  t.thread.begin([this, &t, first, step = std::move(step)] {
    for (moment pause = first; !process_->dead; pause = step(t)) {
      if (pause > 0ms) sleep(t, pause);
      if (process_->dead) break;
    }
  });
  t.thread.resume();
}

void gateway_process::sleep(task &t, moment for_this_long) {
  if (t.told && t.heeds) {
    t.told = false;
    return;
  }
  t.asleep = true;
  const std::uint64_t number = ++t.sleeps;
  world_.events.in(for_this_long, [this, &t, number] {
    if (t.sleeps == number) wake(t);
  });
  while (t.asleep) fiber::suspend();
  t.told = false;
}

void gateway_process::wake(task &t) {
  if (!t.asleep) return;
  const moment now = world_.events.now();
  if (!process_->dead && process_->stands_still_until > now) {
    world_.events.in(process_->stands_still_until - now, [this, &t, number = t.sleeps] {
      if (t.sleeps == number) wake(t);
    });
    return;
  }
  t.asleep = false;
  process_->go_on(t.thread);
}

void gateway_process::signal(const std::string &route) {
  task &t = task_of(route);
  t.told = true;
  if (t.asleep && t.heeds)
    world_.events.in(0ms, [this, &t, number = t.sleeps] {
      if (t.sleeps == number) wake(t);
    });
}

gateway_process::task &gateway_process::task_of(const std::string &name) {
  return **std::find_if(tasks_.begin(), tasks_.end(), [&](const auto &t) { return t->name == name; });
}

void gateway_process::crash() {
  if (process_->dead) return;
  process_->dead = true;
  world_.story.note([&] { return process_->name + " is dead"; });
  to_pluto_.break_off();
  to_cuba_.break_off();
  for (const auto &t : tasks_) wake(*t);
  copies_.reset();
  members_.reset();
  if (died_) died_();
}

}  // namespace causeway::simulation
