// How many requests of one operation may be under way: as many as are answered within the time that a caller is to wait
// at most.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace causeway::http {

// By Little's law requests under way = answers a second x seconds that each takes. So from `always` under way
// on the answers are counted, and no more may begin than are answered within `wait`: a queue that is bounded by
// the time it costs, however fast or slow the operation is at the moment. What is refused is refused before any work
// was spent on it.
//
// An operation by itself, so that one whose store hangs leaves no less room to the others. Any thread.
class concurrency_limit {
 public:
  using time = std::chrono::nanoseconds;  // of a clock that only goes forward

  // May be under way however long they take: a slow operation needs some at once to be served at all.
  static constexpr std::size_t always = 128;
  // After so long without a crowd the limit is forgotten.
  static constexpr time memory = std::chrono::seconds(1);
  // For so long at least answers are counted before the limit is set anew.
  static constexpr time window = std::chrono::milliseconds(50);

  // Whether one more had better not begin.
  bool is_reached(time now, time wait);
  // Each `begun` is followed by one `ended`; not `in_time`: nobody was answered, or that the deadline had passed.
  void begun(time now);
  void ended(time now, bool in_time);

 private:
  // `mutex_` is held.
  void look(time now, time wait);

  std::mutex mutex_;
  std::size_t under_way_ = 0;
  std::size_t most_ = std::size_t(-1);  // nothing is known before the first window
  bool counting_ = false;               // `always` have been under way, and never for long less than half of them since
  time few_since_{0};                   // when they became less than half of `always`, where they are
  time since_{0};                       // begin of the window, or of the last there was
  std::uint64_t answered_ = 0;          // since then
  double rate_ = 0;                     // answers in a nanosecond, smoothed; 0: not known
};

}  // namespace causeway::http
