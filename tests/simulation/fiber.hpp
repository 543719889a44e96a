// Threads of simulated gateways that are no threads: fibers, of which one runs at a time, and only where the simulation
// lets it. What blocks a thread (waiting on a condition variable, locking a mutex) suspends a fiber instead;
// waiting.cpp sees to that, so the code under test waits as it always does.
#pragma once

#include <functional>
#include <memory>

namespace causeway::simulation {

// One thread for all of them.
class fiber {
 public:
  fiber();
  ~fiber();  // it must be at its end
  fiber(const fiber &) = delete;
  fiber &operator=(const fiber &) = delete;

  // To be called once, before the first `resume`. `body` must not throw.
  void begin(std::function<void()> body);
  // From outside of any fiber: goes on inside until it suspends itself or its body ends. Nothing at its end.
  void resume();
  bool ended() const;
  // Whether it was suspended because another one has the mutex that it wants.
  bool wants_mutex() const { return wants_mutex_; }

  // The one that runs; null outside.
  static fiber *current();
  // From inside: until it is resumed, for whatever reason; so a condition must be looked at again.
  static void suspend(bool for_mutex = false);

 private:
  struct stack;
  bool wants_mutex_ = false;
  std::unique_ptr<stack> on_;
};

}  // namespace causeway::simulation
