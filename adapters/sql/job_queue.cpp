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
    // A worker is woken for the first of a batch; who comes before it takes is taken along.
    if (to.size() > 1) return accepted::yes;
  }
  bell(into).notify_one();
  return accepted::yes;
}

job_queue::taken job_queue::take(lane_choice lanes, std::size_t most, std::chrono::milliseconds patience) {
  auto &reads = lanes_[0], &writes = lanes_[1];
  taken batch;
  std::unique_lock lock(mutex_);
  auto &bell_here = bell(lanes.read ? lane::read : lane::write);
  const auto ready = [&] { return (lanes.read && !reads.empty()) || (lanes.write && !writes.empty()) || closed_; };
  if (!bell_here.wait_for(lock, patience, ready)) return batch;
  const bool read = lanes.read && !reads.empty();
  const bool write = lanes.write && !writes.empty();
  if (!read && !write) {
    batch.closed = true;
    return batch;
  }
  auto &from = !write || (read && reads.front().number < writes.front().number) ? reads : writes;
  while (!from.empty() && batch.jobs.size() < most) {
    batch.jobs.push_back(std::move(from.front().what));
    from.pop_front();
  }
  auto &counted = taken_[&from == &reads ? 0 : 1];
  const auto size = std::size_t(std::bit_width(batch.jobs.size() - 1));
  ++counted.batches[std::min(size, lane_figures::sizes - 1)];
  counted.requests += batch.jobs.size();
  const bool more = !from.empty();
  lock.unlock();
  if (more) bell_here.notify_one();
  return batch;
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
  for (auto &b : something_) b.notify_all();
}

}  // namespace causeway::sql
