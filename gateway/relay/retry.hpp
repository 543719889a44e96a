// When to try again, and whether to. Pure.
#pragma once

#include <chrono>

#include "causeway/result.hpp"

namespace causeway {

struct retry_policy {
  std::chrono::milliseconds first{200};    // before the second attempt
  std::chrono::milliseconds most{60'000};  // between any two
  // After this many attempts of one row that found the stores in order, the row is dead. A store that is away costs
  // no attempts.
  unsigned attempts = 16;

  bool operator==(const retry_policy &) const = default;
};

// How long to wait after the n-th attempt (from 1) has failed: doubled each time up to the most, the upper half of it
// by chance, so that those who failed together do not come back together. `random` is in [0, 1).
std::chrono::milliseconds backoff(const retry_policy &policy, unsigned attempt, double random);

enum class fault_class {
  transient,  // the store's business, not the row's: all wait, none is blamed
  fenced,     // somebody else has the lease, or the row was changed: let go and look again
  permanent,  // the same again for ever: the row is dead
  unclear,    // a defect of the store: this row waits, and is dead after its attempts
};

// Of a fault that a unit of copies met at the target.
fault_class classify(outcome what);

// What of a fault may stand in a dead letter: its outcome, and the fields and codes, never a detail.
std::string reason_of(const fault &why);
// The same in other words, with the fault's fields and codes.
std::string with_inputs(std::string reason, const fault &why);

}  // namespace causeway
