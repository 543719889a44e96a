// One process of the gateway: the real membership, leases and relay, each of their threads a fiber, on a clock and a
// network of the simulation. It is as the relay's own threads drive them (relay.cpp, membership.cpp); only who waits
// and for how long is the simulation's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "relay/relay.hpp"
#include "runtime/membership.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/sabotage.hpp"
#include "tests/simulation/world.hpp"

namespace causeway::simulation {

class gateway_process {
 public:
  // `died` is called, at most once, when it has.
  gateway_process(world &in, std::string name, broken_rule rule, cursors &shared, std::function<void()> died);
  ~gateway_process();

  // Where nothing is left of it but requests that are under way.
  void crash();
  bool dead() const { return process_->dead; }
  // Of the route by that name: something waits in its outbox.
  void signal(const std::string &route);
  process &as_seen_by_the_network() { return *process_; }

 private:
  struct own_clock;
  struct task;

  task &task_of(const std::string &name);
  void begin(task &t, moment first, std::function<moment(task &)> step);
  void wake(task &t);
  void sleep(task &t, moment for_this_long);

  world &world_;
  const std::shared_ptr<process> process_;
  const std::unique_ptr<own_clock> clock_;
  link to_pluto_, to_cuba_;
  sabotaged_stores stores_;
  dice chance_;
  const std::function<void()> died_;
  std::unique_ptr<membership> members_;
  std::unique_ptr<relay> copies_;
  std::vector<std::unique_ptr<task>> tasks_;
};

}  // namespace causeway::simulation
