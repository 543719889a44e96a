// Whether requests wait so long in their sockets, before anybody reads them, that some are better refused.
#pragma once

#include <chrono>
#include <cstddef>

namespace causeway::http {

// A thread that serves connections and has more to do than it can takes up each request later than the one before, and
// no count of requests under way tells: what waits has not been read. So some that are read are asked how long they
// have waited. Once that is more than `wait` on the average, and not only for a moment after which all is caught up
// with, whoever has waited more than half of it is refused: for as long as more is asked than can be answered, that
// takes away just what is too much, and the thread never rests meanwhile. It is over when the average is below an
// eighth. What was sent ahead of an answer is not asked, since nobody knows when it came.
//
// Of one event loop, on its thread.
class lateness {
 public:
  using time = std::chrono::nanoseconds;  // of a clock that only goes forward

  static constexpr std::size_t few = 128;
  static constexpr time patience = std::chrono::milliseconds(100);
  static constexpr unsigned every = 8;   // is asked while nobody is refused: to ask a socket costs a call of the kernel
  static constexpr unsigned let_in = 8;  // one of so many who are late is: refusing alone may cost more than there is

  // Whether the request that has just been read is to be asked.
  bool asks() { return crowded_ || count_++ % every == 0; }
  // Whether the request that has waited so long is to be refused. `connections`: how many are open. A few callers who
  // wait for their answers are served however late: it is not them who ask for too much.
  bool refuses(time waited, time now, time wait, std::size_t connections);

 private:
  unsigned count_ = 0;
  unsigned late_ = 0;
  bool crowded_ = false;
  time mean_{0};        // of how long they have waited; whoever asks again at once may be read before all others
  time late_since_{0};  // 0: nobody is late
};

// How long the newest bytes that came to a TCP socket have been there; 0 where that is not known.
lateness::time waited_in(int socket);

}  // namespace causeway::http
