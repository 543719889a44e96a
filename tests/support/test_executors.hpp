// Executors for tests: one that the test's own thread pumps, one with a thread of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "runtime/executor.hpp"

namespace causeway::testing {

// Runs what was posted when it is told to, on the thread that tells it. post: any thread.
class pumped_executor final : public executor {
 public:
  void post(std::function<void()> work) override;
  // Runs everything there is, and what that posts, until there is nothing more.
  void run();

 private:
  std::mutex mutex_;
  std::deque<std::function<void()>> waiting_;
};

// Runs what was posted on one thread of its own; ends it, after what waits, when destroyed.
class threaded_executor final : public executor {
 public:
  threaded_executor();
  ~threaded_executor() override;
  void post(std::function<void()> work) override;

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace causeway::testing
