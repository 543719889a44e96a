// Those who post records, through the real outbox: each customer's by one or two clients at a time, who go on when they
// know that the last was committed, and repeat what they do not know.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "relay/outbox_store.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/world.hpp"

namespace causeway::simulation {

class clients {
 public:
  // `told` hears the route of every copy that was asked for.
  clients(world &in, std::function<void(const std::string &route)> told);

 private:
  struct client {
    std::string csid;
    std::vector<std::string> communications;  // that it knows to be committed
  };

  void think(client &c);
  void post(client &c);
  void attempt(client &c, change what, unsigned times);

  struct wall_clock final : clock {
    explicit wall_clock(const world &of) : in(of) {}
    time_point now() const override { return in.wall(); }
    moment elapsed() const override { return in.events.now(); }
    const world &in;
  };

  world &world_;
  wall_clock time_;
  link to_pluto_;
  outbox_store front_;
  std::vector<std::unique_ptr<client>> all_;
  unsigned posted_ = 0;
  bool poisoned_ = false;
};

}  // namespace causeway::simulation
