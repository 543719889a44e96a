// The bounded queue of one store, with a lane for reads and one for writes.
//
// A lane is served by one worker at a time for as long as it comes back soon: what arrives meanwhile becomes its next
// batch, and no other worker is woken to take it away in pieces. Once it has been gone for a turn, another takes over.
// Of the workers that sleep the last to fall asleep is woken first: what it works with is in the processor's cache yet.
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
  // After so long the worker that has a lane is not waited for: about as long as a large batch of small statements
  // takes, so that a slow statement holds up nobody for longer.
  static constexpr std::chrono::microseconds usual_turn{2000};

  // `split`: each lane has workers of its own; otherwise every worker takes from both.
  job_queue(std::size_t capacity, bool split, std::chrono::microseconds turn = usual_turn)
      : capacity_(capacity), split_(split), turn_(turn) {}

  enum class accepted { yes, full, closed };
  // Takes `j` only when it answers yes.
  accepted push(job_ptr &j);

  struct taken {
    std::vector<job_ptr> jobs;  // all of one lane, in the order they came
    bool closed = false;        // and nothing more will come
    std::uint64_t turn = 0;     // to be given back by the next `take`
  };
  // Waits until something waits in one of these lanes that no other worker will soon come back for, and takes all that
  // does, up to `most`; of two lanes the one that has waited longer. Empty and not closed after `patience`. `last`: the
  // turn that this worker had before, which is over with this call; 0: it had none.
  taken take(lane_choice lanes, std::size_t most, std::chrono::milliseconds patience, std::uint64_t last = 0);
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
  using clock = std::chrono::steady_clock;

  struct sleeper {
    std::condition_variable bell;
    bool rung = false;
  };
  // Those that serve the same lanes.
  struct crew {
    std::vector<sleeper *> asleep;  // the next to be woken last
    // One of them looks after a lane that another has, until that one's turn is over.
    bool watched = false;
  };
  crew &crew_of(lane_choice lanes) { return crews_[split_ && !lanes.read ? 1 : 0]; }
  crew &crew_of(lane of) { return crews_[split_ ? std::size_t(of) : 0]; }
  // Whose bell is to be rung when `mutex_`, which is held, is free again; null: all are awake.
  sleeper *next_to_wake(crew &of);
  static void wake(sleeper *who) {
    if (who) who->bell.notify_one();
  }

  // The lane to take from, of those in which something waits; null: another will come back for it, or nothing waits.
  std::deque<waiting> *ready(lane_choice lanes, clock::time_point now);
  // Until the bell is rung, or there may be something to take over. `mutex_` is held.
  void sleep(std::unique_lock<std::mutex> &lock, lane_choice lanes, clock::time_point until);
  taken take_from(std::size_t which, std::size_t most);
  bool waits(lane_choice lanes) const {
    return (lanes.read && !lanes_[0].empty()) || (lanes.write && !lanes_[1].empty());
  }

  mutable std::mutex mutex_;
  std::deque<sleeper> sleepers_;  // one may be woken late, when another sleeps in its place: it looks, and sleeps on
  std::vector<sleeper *> unused_;
  std::array<crew, 2> crews_;
  std::array<std::deque<waiting>, 2> lanes_;
  struct holder {
    std::uint64_t turn = 0;  // 0: nobody has the lane
    clock::time_point since{};
  };
  std::array<holder, 2> held_{};
  std::uint64_t turns_ = 0;

  const std::size_t capacity_;
  const bool split_;
  const std::chrono::microseconds turn_;
  std::array<lane_figures, 2> taken_{};  // but for what waits
  std::uint64_t next_ = 0;
  bool closed_ = false;
};

}  // namespace causeway::sql
