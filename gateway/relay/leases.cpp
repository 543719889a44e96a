// A step is one read and, where something changes, three rounds of writes that run together for all partitions: the
// lease rows, a look at the fences, the fences. A partition is held only when its fence stands.
#include "relay/leases.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "relay/outbox.hpp"
#include "relay/together.hpp"
#include "runtime/log.hpp"
#include "store/fault_point.hpp"
#include "store/kind_builder.hpp"

namespace causeway {

kind_ptr lease_kind(const std::string &source) {
  return kind_builder(source, "lease")
      .needs("target", field_type::text, 64)
      .needs("partition", field_type::integer)
      .maybe("holder", field_type::text, 36)
      .needs("fence", field_type::integer)
      .key({"target", "partition"})
      .versioned()
      .build();
}

kind_ptr fence_kind(const std::string &target) {
  return kind_builder(target, "fence")
      .needs("source", field_type::text, 64)
      .needs("partition", field_type::integer)
      .needs("fence", field_type::integer)
      .key({"source", "partition"})
      .versioned()
      .build();
}

lease_keeper::lease_keeper(record_store &source, kind_ptr lease, record_store &target, kind_ptr fence,
                           const membership &members, const clock &time, std::chrono::milliseconds patience)
    : source_(source),
      lease_kind_(std::move(lease)),
      target_(target),
      fence_kind_(std::move(fence)),
      members_(members),
      time_(time),
      patience_(patience) {}

void lease_keeper::step() {
  const std::lock_guard one_at_a_time(stepping_);
  if (members_.fenced()) return;
  find_request all;
  all.kind = lease_kind_;
  all.conditions = {{*lease_kind_->find_field("target"), fence_kind_->store}};
  all.order = {*lease_kind_->find_field("partition")};
  all.limit = partitions;
  const auto rows = find_now(source_, std::move(all), deadline());
  if (!rows) return;

  std::map<unsigned, const record *> standing;
  for (const record &row : *rows) standing[unsigned(std::get<std::int64_t>(row["partition"]))] = &row;

  std::vector<unsigned> lost;
  std::map<unsigned, lease> mine = [this] {
    const std::lock_guard lock(mutex_);
    return held_.of;
  }();
  for (const auto &[partition, how] : mine) {
    const auto row = standing.find(partition);
    if (row == standing.end() || row->second->version != how.lease_version) lost.push_back(partition);
  }
  forget(lost, &lease_changes::lost);
  for (const unsigned partition : lost) mine.erase(partition);

  const std::size_t living = members_.size();
  const std::size_t share = (partitions + living - 1) / living;
  std::map<unsigned, lease> surplus;
  while (mine.size() > share) surplus.insert(mine.extract(std::prev(mine.end())));

  std::vector<candidate> wanted;
  for (unsigned partition = 0; partition < partitions && mine.size() + wanted.size() < share; ++partition) {
    if (mine.contains(partition) || surplus.contains(partition)) continue;
    const auto row = standing.find(partition);
    if (row == standing.end()) {
      wanted.push_back({partition, seen_fence_[partition] + 1, 0});
      continue;
    }
    const auto holder = text_of((*row->second)["holder"]);
    if (!holder.empty() && holder != members_.id() && members_.alive(holder)) continue;
    const auto fence = std::max(std::get<std::int64_t>((*row->second)["fence"]), seen_fence_[partition]) + 1;
    wanted.push_back({partition, fence, row->second->version});
  }
  // This gateway's by the row and not held: its fence was not put up, or was lost, or the row was written after it had
  // been given up. The others respect it for as long as this gateway lives, so it goes back unless it is taken again.
  for (const auto &[partition, row] : standing) {
    const bool taken = mine.contains(partition) || std::any_of(wanted.begin(), wanted.end(), [&](const candidate &c) {
                         return c.partition == partition;
                       });
    if (!taken && text_of((*row)["holder"]) == members_.id()) surplus.insert({partition, {row->version, 0}});
  }
  if (!surplus.empty()) give_back(surplus);
  if (!wanted.empty()) take(std::move(wanted));
}

void lease_keeper::take(std::vector<candidate> wanted) {
  CAUSEWAY_FAULT_POINT("lease.taking");
  together<commit_outcome> leases(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const candidate &c = wanted[i];
    change mine{c.lease_version == 0 ? change_type::insert : change_type::update, lease_row(c.partition),
                c.lease_version};
    mine.what["holder"] = members_.id();
    mine.what["fence"] = c.fence;
    source_.commit({{std::move(mine)}}, deadline(), leases.completion_of(i));
  }
  const auto leased = leases.wait();
  CAUSEWAY_FAULT_POINT("lease.taken");

  together<record> looks(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    target_.get({fence_kind_, {lease_kind_->store, std::int64_t(wanted[i].partition)}}, deadline(),
                looks.completion_of(i));
  const auto fences = looks.wait();

  together<commit_outcome> fencing(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    change up{change_type::insert, fence_row(wanted[i].partition), 0};
    up.what["fence"] = wanted[i].fence;
    bool refused = !leased[i];
    if (fences[i]) {
      // A higher number: the lease was taken over before this fence was put up.
      const auto stands = std::get<std::int64_t>((*fences[i])["fence"]);
      refused = refused || stands >= wanted[i].fence;
      seen_fence_[wanted[i].partition] = stands;
      up.type = change_type::update;
      up.version = fences[i]->version;
    } else if (fences[i].why().what != outcome::not_found) {
      refused = true;
    }
    if (refused)
      fencing.completion_of(i)(fault{outcome::stale, "the lease was not taken", {}});
    else
      target_.commit({{std::move(up)}}, deadline(), fencing.completion_of(i));
  }
  const auto fenced = fencing.wait();
  CAUSEWAY_FAULT_POINT("lease.fenced");

  std::size_t taken = 0;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!fenced[i]) continue;
      held_.of[wanted[i].partition] = {leased[i]->front().version, fenced[i]->front().version};
      ++taken;
    }
    if (taken > 0) ++held_.generation;
    changes_.taken += taken;
  }
  if (taken > 0)
    log(log_level::info, "This gateway copies more partitions of customers now.",
        {{"from", lease_kind_->store}, {"to", fence_kind_->store}, {"taken", std::to_string(taken)}});
}

void lease_keeper::give_back(const std::map<unsigned, lease> &which) {
  std::vector<unsigned> given_up;
  for (const auto &[partition, how] : which) given_up.push_back(partition);
  forget(given_up, &lease_changes::given);
  CAUSEWAY_FAULT_POINT("lease.returning");
  together<commit_outcome> given(which.size());
  std::size_t place = 0;
  for (const auto &[partition, how] : which) {
    change free{change_type::update, lease_row(partition), how.lease_version};
    free.what["holder"] = null();
    source_.commit({{std::move(free)}}, deadline(), given.completion_of(place++));
  }
  // What could not be given back is by the next step, or is free once this gateway is dead.
  given.wait();
  CAUSEWAY_FAULT_POINT("lease.returned");
}

void lease_keeper::forget(const std::vector<unsigned> &which, std::uint64_t lease_changes::*counted) {
  if (which.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const unsigned partition : which) changes_.*counted += held_.of.erase(partition);
  ++held_.generation;
}

void lease_keeper::distrust(const std::map<unsigned, lease> &which) {
  const std::lock_guard lock(mutex_);
  const auto gone = std::erase_if(held_.of, [&](const auto &one) {
    const auto found = which.find(one.first);
    return found != which.end() && found->second == one.second;
  });
  changes_.lost += gone;
  if (gone > 0) ++held_.generation;
}

void lease_keeper::release() {
  const std::lock_guard one_at_a_time(stepping_);
  give_back([this] {
    const std::lock_guard lock(mutex_);
    return held_.of;
  }());
}

const std::string &lease_keeper::holder() const { return members_.id(); }

held_leases lease_keeper::held() const {
  const bool may_be_dead = members_.fenced();
  const std::lock_guard lock(mutex_);
  if (may_be_dead) return {held_.generation, {}};
  return held_;
}

lease_changes lease_keeper::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

change lease_keeper::require_fence(unsigned partition, const lease &by) const {
  return {change_type::require, fence_row(partition), by.fence_version};
}

change lease_keeper::require_lease(unsigned partition, const lease &by) const {
  return {change_type::require, lease_row(partition), by.lease_version};
}

record lease_keeper::lease_row(unsigned partition) const {
  record row(lease_kind_);
  row["target"] = fence_kind_->store;
  row["partition"] = std::int64_t(partition);
  return row;
}

record lease_keeper::fence_row(unsigned partition) const {
  record row(fence_kind_);
  row["source"] = lease_kind_->store;
  row["partition"] = std::int64_t(partition);
  return row;
}

time_point lease_keeper::deadline() const { return time_.steady() + patience_; }

}  // namespace causeway
