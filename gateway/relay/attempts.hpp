// What was tried with a copy, and what an operator did about it: one row each, written in the same unit of work as the
// change of the outbox row that it tells of. A copy that succeeds at the first attempt costs no row: the row
// of what was copied tells all there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "relay/outbox.hpp"

namespace causeway {

enum class attempt_outcome {
  copied,     // settled: it stands in the target, or is no more there
  waiting,    // failed for now
  dead,       // failed for good
  replayed,   // an operator had it tried again
  discarded,  // an operator gave it up; or a gateway a repair that had nothing to repair any more
};
std::string_view to_string(attempt_outcome outcome);  // "COPIED", "WAITING", "DEAD", "REPLAYED", "DISCARDED"

// Of one copy so many are kept, the first and the newest: between them something was tried for days, each time the
// same.
constexpr std::int64_t first_attempts_kept = 20;
constexpr std::int64_t last_attempts_kept = 80;

// causeway.attempt of a store, in causeway_attempt: outboxId, number (key), at, outcome, gateway?, mapping?, reason?,
// doneBy?.
kind_ptr attempt_kind(const std::string &store);

struct attempt {
  std::int64_t number = 0;  // in the copy's life, from 1; over replays
  time_point at{};
  attempt_outcome outcome = attempt_outcome::copied;
  std::string gateway;  // that tried; empty: an operator's doing
  std::string mapping;  // the version it used
  std::string reason;   // codes and names of fields, nothing of the record
  std::string by;       // the operator
};

// Makes `settlement`, a change of `row`, tell of this attempt, whose number does not count; gives the changes of
// attempt_kind to be committed with it, behind it.
std::vector<change> tell_of(const kind_ptr &attempts, const copy_row &row, change &settlement, const attempt &what);

// Finds the attempts of this copy that are kept, the oldest first.
find_request attempts_of(const kind_ptr &attempts, std::int64_t outbox_id);

// `rows` as found, none with what the outbox row tells by itself.
std::vector<attempt> read_attempts(const copy_row &of, const std::vector<record> &rows);

}  // namespace causeway
