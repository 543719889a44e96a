// Hangs up on databases that do not answer. A network that swallows everything, or a server that has stopped, tells
// nobody: who waits for the answer waits for ever unless somebody else ends the connection.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace causeway::sql {

// A thread that looks several times a second. Any thread.
class overdue_watch {
 public:
  overdue_watch();
  ~overdue_watch();
  overdue_watch(const overdue_watch &) = delete;
  overdue_watch &operator=(const overdue_watch &) = delete;

  // One socket, for as long as this lives; the socket must stay open until then. One thread, the one that waits there.
  class line {
   public:
    // Without a watch nothing is ever hung up.
    line(std::shared_ptr<overdue_watch> by, int socket);
    ~line();
    line(const line &) = delete;
    line &operator=(const line &) = delete;

    // From now on an answer is expected within `limit`; after that the socket is shut down for both directions, and
    // who waits there finds it closed. A later call replaces an earlier one.
    void expect(std::chrono::milliseconds limit);
    void expect_nothing() { due_.store(0, std::memory_order_relaxed); }
    bool hung_up() const { return hung_up_.load(std::memory_order_acquire); }

   private:
    friend class overdue_watch;
    const std::shared_ptr<overdue_watch> by_;
    const int socket_;
    std::atomic<std::int64_t> due_{0};  // milliseconds of the steady clock; 0: nothing is expected
    std::atomic<bool> hung_up_{false};
  };

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::set<line *> lines_;
  std::thread thread_;
};

}  // namespace causeway::sql
