#include "http/engine.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace causeway::http {

engine::engine(unsigned threads) : thread_count_(threads == 0 ? 1 : threads), loop_(int(thread_count_)) {}

void engine::begin() {
  for (unsigned i = 0; i < thread_count_; ++i)
    threads_.emplace_back([this, guard = boost::asio::make_work_guard(loop_)] { loop_.run(); });
}

void engine::end() {
  loop_.stop();
  for (auto &thread : threads_) thread.join();
  threads_.clear();
  loop_.restart();
  for (;;) {
    loop_.poll();
    const std::lock_guard lock(gate_);
    // What was posted while the loop was being emptied still runs there, before anything runs elsewhere.
    if (open_ == 0) {
      ended_ = true;
      break;
    }
    loop_.restart();
  }
}

bool engine::post(const strand &where, std::function<void()> &work) {
  const std::lock_guard lock(gate_);
  if (ended_) return false;
  ++open_;
  if (thread_count_ > 1) {
    boost::asio::post(where, [this, work = std::move(work)]() mutable {
      work();
      work = nullptr;
      --open_;
    });
    return true;
  }
  inbox_.push_back({where, std::move(work)});
  if (inbox_.size() == 1) boost::asio::post(loop_, [this] { empty_inbox(); });
  return true;
}

void engine::empty_inbox() {
  std::vector<posted> all;
  {
    const std::lock_guard lock(gate_);
    all.swap(inbox_);
  }
  for (auto &[where, what] : all) {
    boost::asio::dispatch(where, [this, work = std::move(what)]() mutable {
      work();
      work = nullptr;
      --open_;
    });
  }
}

void strand_executor::post(std::function<void()> work) {
  if (engine_->post(strand_, work)) return;
  std::unique_lock lock(mutex_);
  late_.push_back(std::move(work));
  if (running_late_) return;
  running_late_ = true;
  while (!late_.empty()) {
    auto next = std::move(late_.front());
    late_.pop_front();
    lock.unlock();
    next();
    next = nullptr;
    lock.lock();
  }
  running_late_ = false;
}

}  // namespace causeway::http
