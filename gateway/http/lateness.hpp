// Whether requests wait so long in their sockets, before anybody reads them, that some are better refused.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace causeway::http {

// A thread that serves connections and has more to do than it can takes up each request later than the one before, and
// no count of requests under way tells: what waits has not been read. So of some that are read it is asked how long
// they have waited. Once that has been more than `wait` for a while, and not only for a moment after which all is
// caught up with, a share of the requests is refused. The share is moved as PIE does (RFC 8033): by how far the waiting
// is from `target`, and by how it has changed. So those who are let in come as steadily as they can be served. Any
// thread.
class lateness {
 public:
  using time = std::chrono::nanoseconds;  // of a clock that only goes forward

  static constexpr std::size_t few = 128;
  static constexpr time target = std::chrono::milliseconds(50);
  static constexpr time patience = std::chrono::milliseconds(100);
  static constexpr time window = std::chrono::milliseconds(20);  // between two moves of the share
  static constexpr unsigned every = 8;                           // to ask a socket costs a call of the kernel

  // Whether the request that has just been read is to be asked.
  bool asks() { return count_.fetch_add(1, std::memory_order_relaxed) % every == 0; }
  // `connections`: how many are open. A few callers who wait for their answers are served however late: it is not them
  // who ask for too much.
  void tell(time waited, time now, time wait, std::size_t connections);
  // Whether the request is to be refused: of many, as many as the share says, evenly. Where the many are gone there is
  // nobody left by whom the share could be moved.
  bool refuses(std::size_t connections) {
    if (connections <= few) return false;
    const auto share = share_.load(std::memory_order_relaxed);
    return share != 0 && sum_.fetch_add(share, std::memory_order_relaxed) + std::uint64_t(share) > UINT32_MAX;
  }

 private:
  // `mutex_` is held.
  void move_share(double waited);

  std::atomic<unsigned> count_{0};
  std::atomic<std::uint32_t> share_{0};  // of 2^32
  std::atomic<std::uint32_t> sum_{0};    // refused is who makes it overflow

  std::mutex mutex_;
  time late_since_{0};  // 0: nobody is late
  time begin_{0};       // of the window
  double waited_ = 0;   // seconds, of all who were asked in it
  unsigned asked_ = 0;
  double before_ = 0;  // the mean of the window before
  double refused_ = 0;
};

// How long the newest bytes that came to a TCP socket have been there; 0 where that is not known.
lateness::time waited_in(int socket);

}  // namespace causeway::http
