// What a worker does with what it took: reads and units of work, as few statements as can be.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"
#include "sql/job.hpp"

namespace causeway::sql {

// What the batches need of their store.
struct batch_context {
  std::function<time_point()> now;
  // The operator's log: codes and names only, never SQL or values.
  std::function<void(std::string_view event, std::string_view detail)> report;
  // Where versions are kept that have no column; null where no kind needs it.
  const table *versions = nullptr;
};

// Answers reads (gets, finds, counts). Throws database_failure{lost} when the connection is gone; what is then not
// answered may be run again on another.
void run_reads(connection &on, std::span<const job_ptr> jobs, const batch_context &context);

// Answers units of work: all in one transaction if that works, else in halves, so that a bad unit fails alone. Throws
// as run_reads does; units whose commit may have happened are answered `unavailable` before.
void run_writes(connection &on, std::span<const job_ptr> jobs, const batch_context &context);

// One statement of a transaction: changes with the same text, none touching what another of them touches.
struct write_step {
  struct place {
    std::size_t unit;
    std::size_t change;
  };
  std::vector<place> places;
};
// The order in which the changes of these units are run. Within a unit their order stays; units that touch the same
// records do not interleave. No step has more than `most` changes.
std::vector<write_step> plan_writes(std::span<commit_job *const> units, std::size_t most);

// The fault that a failure is answered with.
fault fault_of(const database_failure &failure, const batch_context &context, std::string_view doing);
}  // namespace causeway::sql
