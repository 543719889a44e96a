// A free list of slots under one lock, held for a few instructions.
#include "host/call_table.hpp"

#include <algorithm>
#include <utility>

#include "host/border.hpp"

namespace causeway {

open_call::open_call(std::uint32_t operation, std::shared_ptr<const call> asked, std::function<void(answer)> done)
    : asked_(std::move(asked)), done_(std::move(done)) {
  const call &c = *asked_;
  for (const auto &role : c.caller.roles) {
    if (!roles_.empty()) roles_ += ' ';
    roles_ += role;
  }
  values_.reserve(c.path.size() + c.query.size() + c.body.size());
  for (const auto *members : {&c.path, &c.query, &c.body})
    for (const auto &v : *members) values_.push_back(lend(v));
  request_.size = sizeof request_;
  request_.operation = operation;
  request_.request_id = lend(std::string_view(c.request_id));
  request_.principal = lend(std::string_view(c.caller.name));
  request_.roles = lend(std::string_view(roles_));
  request_.if_match = lend(std::string_view(c.if_match));
  request_.cursor = lend(std::string_view(c.cursor));
  request_.limit = c.limit;
  request_.deadline = c.deadline.time_since_epoch().count();
  request_.path = values_.data();
  request_.query = request_.path + c.path.size();
  request_.body = request_.query + c.query.size();
}

void open_call::finish(answer &&with) {
  const auto done = std::exchange(done_, nullptr);
  done(std::move(with));
}

cw_call call_table::open(std::shared_ptr<open_call> what) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    if (slots_.size() == most) return 0;
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  slot &s = slots_[number];
  s.holds = std::move(what);
  return (++s.uses << 20) | number;
}

const call_table::slot *call_table::at(cw_call id) const {
  const std::size_t number = id & (most - 1);
  if (number >= slots_.size()) return nullptr;
  const slot &s = slots_[number];
  return s.holds && s.uses == id >> 20 ? &s : nullptr;
}

std::shared_ptr<open_call> call_table::find(cw_call id) const {
  const std::lock_guard lock(mutex_);
  const slot *s = at(id);
  return s ? s->holds : nullptr;
}

std::shared_ptr<open_call> call_table::close(cw_call id) {
  const std::lock_guard lock(mutex_);
  if (!at(id)) return nullptr;
  free_.push_back(static_cast<std::uint32_t>(id & (most - 1)));
  return std::exchange(slots_[id & (most - 1)].holds, nullptr);
}

std::vector<std::shared_ptr<open_call>> call_table::close_all() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<open_call>> all;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].holds) continue;
    all.push_back(std::exchange(slots_[i].holds, nullptr));
    free_.push_back(static_cast<std::uint32_t>(i));
  }
  return all;
}

std::size_t call_table::size() const {
  const std::lock_guard lock(mutex_);
  return slots_.size() - free_.size();
}

std::size_t call_table::overdue(time_point now) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      slots_.begin(), slots_.end(), [now](const slot &s) { return s.holds && s.holds->asked()->deadline < now; }));
}

}  // namespace causeway
