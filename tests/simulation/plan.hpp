// What a schedule is made of: everything that its seed decides before it begins. Each kind of fault is in some
// schedules and not in others, because many at once hide what one alone would show.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "relay/copier.hpp"
#include "tests/simulation/agenda.hpp"

namespace causeway::simulation {

// Faults that meet single requests of the gateways, each in ten thousand. Requests that carry or settle copies meet
// them several times as often as those of leases and beats.
struct message_faults {
  unsigned lost_request = 0;  // nothing happens, and the caller waits until its deadline
  unsigned lost_answer = 0;   // it happens, and the caller waits until its deadline, or learns of a broken connection
  unsigned slow_request = 0;  // it happens late, perhaps long after the caller has given it up
  unsigned slow_answer = 0;
  unsigned crash = 0;  // before it is sent, while it is under way, or when its answer comes
  unsigned stall = 0;  // the whole process stands still: before it is sent, or before its answer is seen
};

struct plan {
  explicit plan(dice &chance);

  unsigned gateways = 1;
  moment faults_end{};  // from here on the world is calm
  message_faults messages;
  unsigned cuts = 0;          // times when one gateway cannot reach one store
  unsigned aways = 0;         // times when a store serves nobody
  unsigned clock_jumps = 0;   // of one gateway's wall clock
  unsigned late_commits = 0;  // in ten thousand: clients' transactions that stay open for long
  unsigned aborts = 0;        // and those that come to nothing, their ids with them
  unsigned refusals = 0;      // in ten thousand: records that the target refuses a few times
  bool poison = false;        // the target refuses one customer's record for ever, or until it is mended
  bool mended = false;        // and it is, and an operator replays what is dead
  std::vector<std::string> customers;
  unsigned records = 0;  // that clients post, in all
  relay_options relay;
};

}  // namespace causeway::simulation
