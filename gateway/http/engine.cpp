#include "http/engine.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace causeway::http {

engine::engine(unsigned threads) {
  for (unsigned i = 0; i < std::max(threads, 1u); ++i) loops_.push_back(std::make_unique<event_loop>());
}

void engine::begin() {
  for (const auto &loop : loops_)
    threads_.emplace_back(
        [&context = loop->context_, guard = boost::asio::make_work_guard(loop->context_)] { context.run(); });
}

void engine::end() {
  for (const auto &loop : loops_) loop->context_.stop();
  for (auto &thread : threads_) thread.join();
  threads_.clear();
  for (;;) {
    for (const auto &loop : loops_) {
      loop->context_.restart();
      loop->context_.poll();
    }
    const std::lock_guard lock(gate_);
    // What was posted while the loops were being emptied still runs there, before anything runs elsewhere.
    if (open_ == 0) {
      ended_ = true;
      break;
    }
  }
}

bool engine::post(event_loop &where, std::function<void()> &work) {
  const std::lock_guard lock(gate_);
  if (ended_) return false;
  ++open_;
  where.inbox_.push_back(std::move(work));
  if (where.inbox_.size() == 1) boost::asio::post(where.context_, [this, &where] { empty_inbox(where); });
  return true;
}

void engine::empty_inbox(event_loop &of) {
  {
    const std::lock_guard lock(gate_);
    of.taken_.swap(of.inbox_);
  }
  for (auto &work : of.taken_) {
    work();
    work = nullptr;
  }
  open_ -= of.taken_.size();
  of.taken_.clear();
}

void loop_executor::post(std::function<void()> work) {
  if (engine_->post(where_, work)) return;
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
