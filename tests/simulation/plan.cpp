#include "tests/simulation/plan.hpp"

namespace causeway::simulation {

using namespace std::chrono_literals;

namespace {

// In half of all schedules none, in the others from `least` to `most`.
unsigned perhaps(dice &chance, unsigned least, unsigned most) {
  if (chance.below(2) == 0) return 0;
  return least + unsigned(chance.below(most - least + 1));
}

}  // namespace

plan::plan(dice &chance) {
  const std::uint64_t size = chance.below(10);
  gateways = size < 3 ? 1 : size < 9 ? 2 : 3;
  faults_end = chance.between(4s, 9s);
  messages.lost_request = perhaps(chance, 10, 150);
  messages.lost_answer = perhaps(chance, 10, 200);
  messages.slow_request = perhaps(chance, 10, 150);
  messages.slow_answer = perhaps(chance, 10, 100);
  messages.crash = perhaps(chance, 20, 300);
  messages.stall = perhaps(chance, 20, 300);
  cuts = chance.below(3) == 0 ? 1 + unsigned(chance.below(2)) : 0;
  aways = chance.below(4) == 0 ? 1 : 0;
  clock_jumps = chance.below(4) == 0 ? 1 + unsigned(chance.below(3)) : 0;
  late_commits = perhaps(chance, 500, 4'000);
  aborts = perhaps(chance, 200, 1'500);
  refusals = perhaps(chance, 500, 3'000);
  poison = chance.below(4) == 0;
  mended = chance.below(2) == 0;
  const std::uint64_t customers_of_plan = 1 + chance.below(3);
  for (std::uint64_t n = 0; n < customers_of_plan; ++n)
    customers.push_back("00000000" + std::to_string(1 + 3 * n + chance.below(3)));
  records = 2 + unsigned(chance.below(7));
  const std::size_t batches[] = {1, 2, 3, 500};
  relay.batch = batches[chance.below(4)];
  const std::size_t batches_a_step[] = {1, 2, 64};
  relay.batches = batches_a_step[chance.below(3)];
  relay.poll = 1s;
  relay.patience = chance.below(2) == 0 ? 2s : 10s;
  relay.retry.first = 200ms;
  relay.retry.most = 4s;
  relay.retry.attempts = 8;
}

}  // namespace causeway::simulation
