// The threads and the event loop that sessions share, and the executor that a call runs on. Inside gateway/http only.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/executor.hpp"

namespace causeway::http {

using strand = boost::asio::strand<boost::asio::io_context::executor_type>;

// Calls may outlive the server: a store completes when it completes. So the loop lives as long as anyone holds it, but
// nothing is given to it after `end`.
class engine {
 public:
  explicit engine(unsigned threads);

  boost::asio::io_context &loop() { return loop_; }
  strand make_strand() { return strand(loop_.get_executor()); }

  void begin();
  // Ends the threads, runs what is left, then takes no more. Once, not on one of the threads.
  void end();

  // Runs `work` on `where` later, and says so; false after `end`, and `work` is untouched.
  bool post(const strand &where, std::function<void()> &work);

 private:
  struct posted {
    strand where;
    std::function<void()> what;
  };
  void empty_inbox();

  const unsigned thread_count_;
  boost::asio::io_context loop_;
  std::vector<std::thread> threads_;
  std::mutex gate_;
  bool ended_ = false;
  // One thread is woken once for all that comes before it looks: a store answers many requests at a time.
  std::vector<posted> inbox_;
  std::atomic<std::size_t> open_{0};  // of what was posted, what has not been done
};

// A strand as an executor. After the engine's end, work runs on the thread that posts it, still one piece at a time.
class strand_executor final : public executor {
 public:
  strand_executor(std::shared_ptr<engine> of, strand where) : engine_(std::move(of)), strand_(std::move(where)) {}
  void post(std::function<void()> work) override;

 private:
  const std::shared_ptr<engine> engine_;
  const strand strand_;
  std::mutex mutex_;
  std::deque<std::function<void()>> late_;
  bool running_late_ = false;
};

}  // namespace causeway::http
