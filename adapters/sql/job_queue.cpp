#include "sql/job_queue.hpp"

#include <algorithm>
#include <bit>

namespace causeway::sql {

job_queue::accepted job_queue::push(job_ptr &j) {
  const lane into = lane_of(*j);
  sleeper *next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return accepted::closed;
    if (lanes_[0].size() + lanes_[1].size() >= capacity_) return accepted::full;
    auto &to = lanes_[std::size_t(into)];
    to.push_back({next_++, std::move(j)});
    // A worker is woken for the first of a batch; who comes before it takes is taken along. Where a worker has the
    // lane, it will come back, and somebody watches whether it does.
    if (to.size() > 1) return accepted::yes;
    if (held_[std::size_t(into)].turn != 0 && crew_of(into).watched) return accepted::yes;
    next = next_to_wake(crew_of(into));
  }
  wake(next);
  return accepted::yes;
}

std::deque<job_queue::waiting> *job_queue::ready(lane_choice lanes, clock::time_point now) {
  const auto is_ready = [&](std::size_t which) {
    return !lanes_[which].empty() && (held_[which].turn == 0 || closed_ || now - held_[which].since >= turn_);
  };
  const bool read = lanes.read && is_ready(0);
  const bool write = lanes.write && is_ready(1);
  if (!read && !write) return nullptr;
  if (!write) return &lanes_[0];
  return read && lanes_[0].front().number < lanes_[1].front().number ? &lanes_[0] : &lanes_[1];
}

job_queue::sleeper *job_queue::next_to_wake(crew &of) {
  if (of.asleep.empty()) return nullptr;
  sleeper *next = of.asleep.back();
  of.asleep.pop_back();
  next->rung = true;
  return next;
}

void job_queue::sleep(std::unique_lock<std::mutex> &lock, lane_choice lanes, clock::time_point until) {
  if (unused_.empty()) unused_.push_back(&sleepers_.emplace_back());
  sleeper &me = *unused_.back();
  unused_.pop_back();
  me.rung = false;
  const auto rung = [&] { return me.rung || closed_; };
  crew &mine = crew_of(lanes);
  const bool watches = !mine.watched && waits(lanes);
  // Who watches is the last to be taken away from it.
  mine.asleep.insert(watches ? mine.asleep.begin() : mine.asleep.end(), &me);
  if (!watches) {
    me.bell.wait_until(lock, until, rung);
  } else {
    // As long as turns are taken the watch goes on: to fall asleep and be woken for each of them would cost more.
    mine.watched = true;
    for (std::uint64_t seen = turns_;; seen = turns_) {
      if (me.bell.wait_until(lock, std::min(until, clock::now() + turn_), rung)) break;
      if (ready(lanes, clock::now()) || (turns_ == seen && !waits(lanes)) || clock::now() >= until) break;
    }
    mine.watched = false;
  }
  std::erase(mine.asleep, &me);
  unused_.push_back(&me);
}

job_queue::taken job_queue::take_from(std::size_t which, std::size_t most) {
  taken batch;
  auto &from = lanes_[which];
  while (!from.empty() && batch.jobs.size() < most) {
    batch.jobs.push_back(std::move(from.front().what));
    from.pop_front();
  }
  auto &counted = taken_[which];
  const auto size = std::size_t(std::bit_width(batch.jobs.size() - 1));
  ++counted.batches[std::min(size, lane_figures::sizes - 1)];
  counted.requests += batch.jobs.size();
  batch.turn = ++turns_;
  // What is too much for one batch need not wait for it.
  held_[which] = {from.empty() ? batch.turn : 0, clock::now()};
  return batch;
}

job_queue::taken job_queue::take(lane_choice lanes, std::size_t most, std::chrono::milliseconds patience,
                                 std::uint64_t last) {
  const auto until = clock::now() + patience;
  std::unique_lock lock(mutex_);
  for (auto &held : held_)
    if (last != 0 && held.turn == last) held.turn = 0;
  for (;;) {
    if (auto *from = ready(lanes, clock::now())) {
      taken batch = take_from(std::size_t(from - lanes_.data()), most);
      crew &others = crew_of(lanes);
      sleeper *next = waits(lanes) && !others.watched ? next_to_wake(others) : nullptr;
      lock.unlock();
      wake(next);
      return batch;
    }
    taken nothing;
    nothing.closed = closed_ && !waits(lanes);
    if (nothing.closed || clock::now() >= until) return nothing;
    sleep(lock, lanes, until);
  }
}

std::vector<job_ptr> job_queue::drain(lane from) {
  std::vector<job_ptr> all;
  const std::lock_guard lock(mutex_);
  auto &waiting = lanes_[std::size_t(from)];
  for (auto &w : waiting) all.push_back(std::move(w.what));
  waiting.clear();
  return all;
}

lane_figures job_queue::figures(lane of) const {
  const std::lock_guard lock(mutex_);
  lane_figures out = taken_[std::size_t(of)];
  out.waiting = lanes_[std::size_t(of)].size();
  return out;
}

void job_queue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (auto &s : sleepers_) s.bell.notify_one();
}

}  // namespace causeway::sql
