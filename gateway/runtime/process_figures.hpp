// What the process itself uses, as the kernel tells it.
#pragma once

#include <cstdint>

namespace causeway {

struct process_figures {
  double cpu_seconds = 0;
  double start_time = 0;  // seconds since 1970
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t most_open_files = 0;
  std::uint64_t threads = 0;
};

// Any thread. Zero for what /proc does not tell.
process_figures look_at_process();

class metrics;
// process_cpu_seconds_total and so on, by the names that Prometheus clients share.
void add_process_figures(metrics &to);

}  // namespace causeway
