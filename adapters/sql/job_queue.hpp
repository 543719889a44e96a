// The bounded queue of one store, with a lane for reads and one for writes.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "sql/job.hpp"
#include "store/store_figures.hpp"

namespace causeway::sql {

enum class lane : std::size_t { read = 0, write = 1 };
inline lane lane_of(const job &j) { return j.what == verb::commit ? lane::write : lane::read; }

// Which lanes a worker takes from.
struct lane_choice {
  bool read = false;
  bool write = false;
};

// Any thread.
class job_queue {
 public:
  // `split`: each lane has workers of its own; otherwise every worker takes from both.
  job_queue(std::size_t capacity, bool split) : capacity_(capacity), split_(split) {}

  enum class accepted { yes, full, closed };
  // Takes `j` only when it answers yes.
  accepted push(job_ptr &j);

  struct taken {
    std::vector<job_ptr> jobs;  // all of one lane, in the order they came
    bool closed = false;        // and nothing more will come
  };
  // Waits until something waits in one of these lanes, and takes all that does, up to `most`; of two lanes the one
  // that has waited longer. Empty and not closed after `patience`.
  taken take(lane_choice lanes, std::size_t most, std::chrono::milliseconds patience);
  // Everything that waits in the lane, without waiting.
  std::vector<job_ptr> drain(lane from);
  // What waits in the lane and what was taken from it; connections are not its business.
  lane_figures figures(lane of) const;
  // Nothing more is accepted; what waits is still given out.
  void close();

 private:
  struct waiting {
    std::uint64_t number;
    job_ptr what;
  };
  mutable std::mutex mutex_;
  std::array<std::condition_variable, 2> something_;
  std::array<std::deque<waiting>, 2> lanes_;
  std::condition_variable &bell(lane of) { return something_[split_ ? std::size_t(of) : 0]; }

  const std::size_t capacity_;
  const bool split_;
  std::array<lane_figures, 2> taken_{};  // but for what waits
  std::uint64_t next_ = 0;
  bool closed_ = false;
};

}  // namespace causeway::sql
