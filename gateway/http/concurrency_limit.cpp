#include "http/concurrency_limit.hpp"

#include <algorithm>

namespace causeway::http {

namespace {

// Of the newest window: a store answers in batches, so that one window may hold a batch more than the next.
constexpr double weight = 0.5;

}  // namespace

// A window ends where somebody meets a crowd, not within the answers of a batch: it would have one of them, and the
// next window none.
bool concurrency_limit::is_reached(time now, time wait) {
  const std::lock_guard lock(mutex_);
  if (under_way_ < always) return false;
  look(now, wait);
  return under_way_ >= most_;
}

void concurrency_limit::begun(time now) {
  const std::lock_guard lock(mutex_);
  // With much less to do, what is answered tells what was asked, not what could be done. But a store answers a whole
  // batch in one go, and then there are few for a moment.
  if (under_way_ < always / 2 && now - few_since_ > window) counting_ = false;
  if (++under_way_ < always || counting_) return;
  counting_ = true;
  // What a crowd of long ago was answered says nothing of this one, and a limit that nobody reaches would never widen.
  if (now - since_ > memory) {
    rate_ = 0;
    most_ = std::size_t(-1);
  }
  since_ = now;
  answered_ = 0;
}

void concurrency_limit::ended(time now, bool in_time) {
  const std::lock_guard lock(mutex_);
  if (in_time) ++answered_;
  if (under_way_-- == always / 2) few_since_ = now;
}

void concurrency_limit::look(time now, time wait) {
  const auto passed = now - since_;
  if (!counting_ || passed < window) return;
  const double newest = double(answered_) / double(passed.count());
  rate_ = rate_ == 0 ? newest : weight * newest + (1 - weight) * rate_;
  most_ = std::max(always, std::size_t(rate_ * double(wait.count())));
  since_ = now;
  answered_ = 0;
}

}  // namespace causeway::http
