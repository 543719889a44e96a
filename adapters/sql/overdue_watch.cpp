// Looking now and then costs nothing where statements are many: expecting an answer is one store into an atomic.
#include "sql/overdue_watch.hpp"

#include <sys/socket.h>
#include <utility>

namespace causeway::sql {

namespace {

constexpr std::chrono::milliseconds between_looks{200};

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

overdue_watch::overdue_watch() : thread_([this] { run(); }) {}

overdue_watch::~overdue_watch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void overdue_watch::run() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, between_looks, [this] { return stopping_; })) {
    const auto now = steady_ms();
    for (line *one : lines_) {
      auto due = one->due_.load(std::memory_order_relaxed);
      // What was answered a moment ago is not hung up.
      if (due == 0 || now < due || !one->due_.compare_exchange_strong(due, 0)) continue;
      one->hung_up_.store(true, std::memory_order_release);
      ::shutdown(one->socket_, SHUT_RDWR);
    }
  }
}

overdue_watch::line::line(std::shared_ptr<overdue_watch> by, int socket) : by_(std::move(by)), socket_(socket) {
  if (!by_) return;
  const std::lock_guard lock(by_->mutex_);
  by_->lines_.insert(this);
}

overdue_watch::line::~line() {
  if (!by_) return;
  // Behind this, nobody touches the socket any more.
  const std::lock_guard lock(by_->mutex_);
  by_->lines_.erase(this);
}

void overdue_watch::line::expect(std::chrono::milliseconds limit) {
  due_.store(steady_ms() + limit.count(), std::memory_order_relaxed);
}

}  // namespace causeway::sql
