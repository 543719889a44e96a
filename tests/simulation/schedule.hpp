// One schedule: a world from its seed, gateways and clients in it, faults for some seconds, then calm until everything
// is settled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/simulation/sabotage.hpp"

namespace causeway::simulation {

struct schedule_options {
  bool traced = false;
  broken_rule rule = broken_rule::none;
};

// What happened in it, of what kind and how often.
struct schedule_report {
  std::uint64_t seed = 0;
  std::optional<std::string> broken;  // the first rule that did not hold
  std::string story;                  // where it was traced
  unsigned records = 0, crashes = 0, takeovers = 0, dead = 0;
  double seconds = 0;  // of simulated time
};

schedule_report run_schedule(std::uint64_t seed, schedule_options options = {});

// The command that runs it again and tells what happens.
std::string replay_of(std::uint64_t seed, broken_rule rule);

}  // namespace causeway::simulation
