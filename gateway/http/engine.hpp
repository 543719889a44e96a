// The threads that sessions share, each with an event loop of its own, and the executor that a call runs on. Inside
// gateway/http only.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "http/lateness.hpp"
#include "runtime/executor.hpp"

namespace causeway::http {

// An event loop that one thread runs: what runs on it never runs at once, so a connection that stays on one loop needs
// no lock and no strand.
class event_loop {
 public:
  using executor_type = boost::asio::io_context::executor_type;

  executor_type get_executor() { return context_.get_executor(); }
  // Whether this is the loop's own thread, at work in the loop.
  bool runs_here() { return get_executor().running_in_this_thread(); }

  lateness late;  // of what waits in its connections' sockets; on the loop's thread

 private:
  friend class engine;
  boost::asio::io_context context_{1};
  // One thread is woken once for all that comes before it looks: a store answers many requests at a time.
  std::vector<std::function<void()>> inbox_;  // under the engine's gate
  std::vector<std::function<void()>> taken_;  // of the loop's thread; kept for its room
};

// Calls may outlive the server: a store completes when it completes. So the loops live as long as anyone holds the
// engine, but nothing is given to them after `end`.
class engine {
 public:
  explicit engine(unsigned threads);

  // The loop for the next connection, each in its turn. Any thread.
  event_loop &next() { return *loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()]; }

  void begin();
  // Ends the threads, runs what is left, then takes no more. Once, not on one of the threads.
  void end();

  // Runs `work` on `where` later, and says so; false after `end`, and `work` is untouched.
  bool post(event_loop &where, std::function<void()> &work);

 private:
  void empty_inbox(event_loop &of);

  std::vector<std::unique_ptr<event_loop>> loops_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> turn_{0};
  std::mutex gate_;
  bool ended_ = false;
  std::atomic<std::size_t> open_{0};  // of what was posted, what has not been done
};

// A loop as an executor. After the engine's end, work runs on the thread that posts it, still one piece at a time.
class loop_executor final : public executor {
 public:
  loop_executor(std::shared_ptr<engine> of, event_loop &where) : engine_(std::move(of)), where_(where) {}
  void post(std::function<void()> work) override;

 private:
  const std::shared_ptr<engine> engine_;
  event_loop &where_;
  std::mutex mutex_;
  std::deque<std::function<void()>> late_;
  bool running_late_ = false;
};

}  // namespace causeway::http
