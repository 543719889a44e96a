// Order is judged by what clients could see: a record whose transaction began after another one of the customer was
// committed must not stand in the target before it. Records of overlapping transactions may cross in either order.
#include "tests/simulation/ledger.hpp"

#include <algorithm>
#include <set>

namespace causeway::simulation {

namespace {

std::string text_in(const record &row, std::string_view field) { return std::string(text_of(row[field])); }

std::string content_of(const record &row) { return text_in(row, row.kind->find_field("subject") ? "subject" : "text"); }

bool is_copy(const change &c) { return c.what.kind->find_field("sourceId").has_value(); }

}  // namespace

void ledger::source_committed(const unit_of_work &unit, const commit_outcome &outcome, std::uint64_t begun) {
  std::set<std::int64_t> left, told;
  for (std::size_t i = 0; i < unit.changes.size(); ++i) {
    const change &c = unit.changes[i];
    if (c.what.kind->name == "causeway.copied") {
      settled_as(c);
      told.insert(std::get<std::int64_t>(c.what["id"]));
    }
    if (c.what.kind->name != "causeway.outbox") continue;
    if (c.type == change_type::erase_at) left.insert(std::get<std::int64_t>(c.what["id"]));
    if (c.type == change_type::insert) ordered(c, begun, std::get<std::int64_t>(outcome[i].key.front()));
    if (c.type == change_type::update) settled_as(c);
  }
  if (left != told)
    breaks("of " + std::to_string(left.size()) + " copies that left the outbox the same unit of work told of " +
           std::to_string(told.size()));
  for (const change &c : unit.changes) {
    if (c.type != change_type::insert || c.what.kind->name == "causeway.outbox") continue;
    const auto found = records_.find(key_text({c.what.values[c.what.kind->key.front()]}));
    if (found != records_.end()) found->second.content = content_of(c.what);
  }
}

void ledger::ordered(const change &order, std::uint64_t begun, std::int64_t id) {
  committed_record r;
  r.key = text_in(order.what, "sourceKey");
  r.csid = text_in(order.what, "csid");
  r.route = text_in(order.what, "route");
  r.outbox_id = id;
  r.begun = begun;
  r.visible = next();
  of_outbox_[id] = r.key;
  records_[r.key] = std::move(r);
}

void ledger::settled_as(const change &settlement) {
  const auto id = std::get<std::int64_t>(settlement.what["id"]);
  const auto found = of_outbox_.find(id);
  if (found == of_outbox_.end()) return breaks("an outbox row was settled that was never committed");
  committed_record &r = records_.at(found->second);
  const bool copied = settlement.what.kind->name == "causeway.copied";
  const std::string state = copied ? "COPIED" : text_in(settlement.what, "state");
  if (state == "COPIED") {
    r.state = copy_state::copied;
    if (!r.applied)
      breaks(r.key + " was settled before it stood in the target");
    else if (text_in(settlement.what, "targetId") != r.target_key)
      breaks(r.key + " was settled with another key than it has in the target");
  } else if (state == "DEAD") {
    r.state = copy_state::dead;
    r.was_dead = true;
    if (!poisoned_.contains(r.key) && r.refused < attempts_)
      breaks(r.key + " was given up, and the target had refused it " + std::to_string(r.refused) + " times only (" +
             text_in(settlement.what, "reason") + ")");
  } else if (state == "PENDING") {
    r.state = copy_state::pending;
  }
}

void ledger::target_committed(const unit_of_work &unit, const commit_outcome &outcome, const std::string &by) {
  for (std::size_t i = 0; i < unit.changes.size(); ++i) {
    const change &c = unit.changes[i];
    if (c.what.kind->name == "causeway.fence" && c.type != change_type::require) {
      std::string &up = fences_[std::get<std::int64_t>(c.what["partition"])];
      if (!up.empty() && up != by) ++takeovers_;
      up = by;
    }
    if (is_copy(c) && outcome[i].applied) copied(c, key_text(outcome[i].key), by);
  }
}

void ledger::copied(const change &copy, const std::string &target_key, const std::string &by) {
  const std::string key = text_in(copy.what, "sourceId");
  const auto found = records_.find(key);
  if (found == records_.end()) return breaks(key + " stands in the target and was never committed in the source");
  committed_record &r = found->second;
  ++copies_;
  if (r.applied) breaks(key + " stands in the target twice");
  r.applied = true;
  r.target_key = target_key;
  if (content_of(copy.what) != r.content) breaks(key + " stands in the target with another content");
  const auto fence = fences_.find(partition_of(r.csid));
  if (fence == fences_.end() || fence->second != by)
    breaks(key + " was written to the target by " + by + " when the fence of its customers was put up by " +
           (fence == fences_.end() ? "nobody" : fence->second));
  for (const auto &[other_key, earlier] : records_) {
    if (earlier.csid != r.csid || earlier.applied || earlier.visible >= r.begun) continue;
    if (earlier.route == r.route || (r.route == "notes" && !earlier.was_dead))
      breaks(key + " stands in the target before " + other_key + ", which is older, of the same customer");
  }
}

void ledger::refused(const std::string &key, bool for_ever) {
  if (for_ever) poisoned_[key] = true;
  const auto found = records_.find(key);
  if (found != records_.end()) ++found->second.refused;
}

bool ledger::held_by_dead(const committed_record &r) const {
  return std::any_of(records_.begin(), records_.end(), [&](const auto &one) {
    const committed_record &dead = one.second;
    return dead.state == copy_state::dead && dead.csid == r.csid && (dead.route == r.route || r.route == "notes");
  });
}

bool ledger::settled() const {
  return std::all_of(records_.begin(), records_.end(), [&](const auto &one) {
    return one.second.state == copy_state::copied || held_by_dead(one.second);
  });
}

bool ledger::all_copied() const {
  return std::all_of(records_.begin(), records_.end(),
                     [](const auto &one) { return one.second.state == copy_state::copied; });
}

std::string ledger::unsettled() const {
  std::string out;
  for (const auto &[key, r] : records_)
    if (r.state != copy_state::copied && !held_by_dead(r))
      out += (out.empty() ? "" : ", ") + key + (r.applied ? " (in the target)" : " (not in the target)");
  return out;
}

void ledger::compare(const std::vector<copy_row> &asked, const std::vector<record> &copies) {
  for (const copy_row &copy : asked) {
    const auto found = records_.find(copy.source_key);
    if (found == records_.end()) {
      breaks("the outbox has a row that was never committed");
      continue;
    }
    const committed_record &r = found->second;
    if (copy.state != r.state) breaks(r.key + " is in another state in the outbox than it was settled as");
    if (copy.state == copy_state::copied && (!r.applied || copy.target_id != r.target_key))
      breaks(r.key + " is said to be copied under another key than it has");
  }
  if (asked.size() != records_.size()) breaks("the outbox has lost a row, or one stands twice");
  if (copies.size() != copies_) breaks("the target has lost a record");
  for (const record &row : copies) {
    const auto found = records_.find(text_in(row, "sourceId"));
    if (found == records_.end())
      breaks("the target has a record that the source has not");
    else if (text_in(row, "csid") != found->second.csid || content_of(row) != found->second.content)
      breaks(found->first + " differs between the stores");
  }
}

}  // namespace causeway::simulation
