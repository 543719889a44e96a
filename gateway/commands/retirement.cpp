// The desk is shared by all who hold something, so that who lets go last always finds it.
#include "commands/retirement.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace causeway {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_looks{20};
// Nobody waits for it any more; what it still does, it does for the record.
constexpr std::chrono::seconds until_given_up{30};

}  // namespace

struct retirement::desk {
  struct held {
    std::weak_ptr<retiree> one;
    std::optional<steady::time_point> due;
  };
  struct left {
    std::unique_ptr<retiree> one;
    steady::time_point given_up;
  };

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<held> in_use;   // under the mutex
  std::vector<left> waiting;  // under the mutex
  bool stopped = false;       // under the mutex
  std::thread thread;

  void let_go(std::unique_ptr<retiree> one) {
    {
      const std::lock_guard lock(mutex);
      std::erase_if(in_use, [](const held &h) { return h.one.expired(); });
      if (!stopped) waiting.push_back({std::move(one), steady::now() + until_given_up});
    }
    changed.notify_all();
  }

  void run() {
    std::unique_lock lock(mutex);
    while (!stopped) {
      auto next = steady::time_point::max();
      for (const auto &h : in_use)
        if (h.due) next = std::min(next, *h.due);
      if (!waiting.empty()) next = std::min(next, steady::now() + between_looks);
      if (next == steady::time_point::max())
        changed.wait(lock);
      else
        changed.wait_until(lock, next);

      const auto now = steady::now();
      std::vector<std::shared_ptr<retiree>> overdue;
      for (auto &h : in_use)
        if (h.due && *h.due <= now) {
          h.due.reset();
          if (auto one = h.one.lock()) overdue.push_back(std::move(one));
        }
      std::vector<left> done;
      for (auto &l : waiting)
        if (l.one->is_idle() || l.given_up <= now) done.push_back(std::move(l));
      std::erase_if(waiting, [](const left &l) { return !l.one; });
      lock.unlock();
      for (const auto &one : overdue) one->end();
      overdue.clear();
      for (const auto &l : done) l.one->end();
      done.clear();
      lock.lock();
    }
  }
};

retirement::retirement() : desk_(std::make_shared<desk>()) {
  desk_->thread = std::thread([d = desk_.get()] { d->run(); });
}

retirement::~retirement() { stop(); }

std::shared_ptr<retiree> retirement::take(std::unique_ptr<retiree> one) {
  std::shared_ptr<retiree> shared(one.release(),
                                  [at = desk_](retiree *last) { at->let_go(std::unique_ptr<retiree>(last)); });
  const std::lock_guard lock(desk_->mutex);
  desk_->in_use.push_back({shared, std::nullopt});
  return shared;
}

void retirement::retire(const std::shared_ptr<retiree> &one, std::chrono::milliseconds grace) {
  {
    const std::lock_guard lock(desk_->mutex);
    // Without holding any of them for a moment: the last to let go of one must not have the mutex.
    for (auto &h : desk_->in_use)
      if (!h.one.owner_before(one) && !one.owner_before(h.one)) h.due = steady::now() + grace;
  }
  desk_->changed.notify_all();
}

void retirement::end_all() {
  std::vector<std::shared_ptr<retiree>> held;
  {
    const std::lock_guard lock(desk_->mutex);
    for (auto &h : desk_->in_use)
      if (auto one = h.one.lock()) held.push_back(std::move(one));
    for (auto &l : desk_->waiting) l.given_up = steady::now();
  }
  desk_->changed.notify_all();
  for (const auto &one : held) one->end();
}

void retirement::stop() {
  std::vector<desk::left> waiting;
  {
    const std::lock_guard lock(desk_->mutex);
    desk_->stopped = true;
    waiting.swap(desk_->waiting);
  }
  desk_->changed.notify_all();
  if (desk_->thread.joinable()) desk_->thread.join();
  for (const auto &l : waiting) l.one->end();
}

}  // namespace causeway
