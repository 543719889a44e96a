#include "sql/job_queue.hpp"

#include <algorithm>
#include <bit>

namespace causeway::sql {

job_queue::accepted job_queue::push(job_ptr &j) {
  const lane into = lane_of(*j);
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return accepted::closed;
    if (lanes_[0].size() + lanes_[1].size() >= capacity_) return accepted::full;
    auto &to = lanes_[std::size_t(into)];
    to.push_back({next_++, std::move(j)});
    // A worker is woken for the first of a batch; who comes before it takes is taken along. Where a worker has the
    // lane, it will come back, and somebody watches whether it does.
    if (to.size() > 1) return accepted::yes;
    if (held_[std::size_t(into)].turn != 0 && bell_of(into).watched) return accepted::yes;
  }
  bell_of(into).rung.notify_one();
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

void job_queue::wait(std::unique_lock<std::mutex> &lock, lane_choice lanes, clock::time_point until) {
  bell &here = bell_of(lanes);
  const std::uint64_t before = turns_;
  const bool watches = !here.watched && waits(lanes);
  if (!watches) {
    here.rung.wait_until(lock, until);
    return;
  }
  // As long as turns are taken the watch goes on: to fall asleep and be woken for each of them would cost more.
  here.watched = true;
  for (std::uint64_t seen = before;; seen = turns_) {
    here.rung.wait_until(lock, std::min(until, clock::now() + turn_));
    if (closed_ || ready(lanes, clock::now()) || (turns_ == seen && !waits(lanes)) || clock::now() >= until) break;
  }
  here.watched = false;
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
      const bool call = waits(lanes) && !bell_of(lanes).watched;
      lock.unlock();
      if (call) bell_of(lanes).rung.notify_one();
      return batch;
    }
    taken nothing;
    nothing.closed = closed_ && !waits(lanes);
    if (nothing.closed || clock::now() >= until) return nothing;
    wait(lock, lanes, until);
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
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  for (auto &b : bells_) b.rung.notify_all();
}

}  // namespace causeway::sql
