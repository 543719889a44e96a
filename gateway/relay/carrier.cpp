// Requests that do not depend on each other are issued together; the store runs them as one. A batch that the target
// refuses is tried parcel by parcel, to find the one that is at fault. Repairs go with the copies, in their order, but
// look at the copy that stands first.
//
// A target that is away and a copy that makes it look so are told apart by trials: a batch that met such a fault is
// tried one by one too, and what failed before goes alone, once the others have gone.
#include "relay/carrier.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "relay/agreement.hpp"
#include "relay/repair.hpp"
#include "store/fault_point.hpp"

namespace causeway {

namespace {

using rows = std::vector<record>;

// This parcel goes no further, and none of its customer's later ones.
void stop(std::vector<parcel> &parcels, std::size_t at, fate now, std::string reason) {
  parcels[at].now = now;
  parcels[at].reason = std::move(reason);
  for (std::size_t later = at + 1; later < parcels.size(); ++later)
    if (parcels[later].now == fate::going && parcels[later].row.csid == parcels[at].row.csid)
      parcels[later].now = fate::dropped;
}

carried give_up(std::vector<parcel> &parcels, carried as) {
  for (parcel &p : parcels)
    if (p.now == fate::going) p.now = fate::dropped;
  return as;
}

std::string question(const pending_lookup &lookup) { return key_text({lookup.kind, lookup.by, lookup.equals}); }

void make_moot(parcel &p, std::string reason) {
  p.now = fate::moot;
  p.reason = std::move(reason);
}

bool is_going(const parcel &p) { return p.now == fate::going; }

bool is_away(const fault &why) { return classify(why.what) == fault_class::transient; }

}  // namespace

bool has_news(const parcel &p) {
  switch (p.now) {
    case fate::copied:
      return !p.target_id.empty() || p.row.action == copy_action::remove;
    case fate::dead:
    case fate::waiting:
    case fate::moot:
      return true;
    case fate::going:
    case fate::parked:
    case fate::dropped:
      break;
  }
  return false;
}

carrier::carrier(copy_route route, record_store &source, record_store &target, std::vector<kind_ptr> target_kinds,
                 const lease_keeper &leases, const clock &time, std::chrono::milliseconds patience)
    : route_(std::move(route)),
      source_(source),
      target_(target),
      target_kinds_(std::move(target_kinds)),
      leases_(leases),
      time_(time),
      patience_(patience),
      outbox_(outbox_kind(route_.map->from()->store)),
      source_id_(source_id_field(*route_.map->to()).value()) {}

carried carrier::prepare(std::vector<parcel> &parcels) {
  std::vector<std::vector<pending_lookup>> lookups(parcels.size());
  if (const auto how = read_and_map(parcels, lookups); how != carried::through) return how;
  if (const auto how = look_up(parcels, lookups); how != carried::through) return how;
  return look_at_copies(parcels);
}

// A record that crosses is final, and so is what a lookup found; what was not found may have come since, and a copy to
// be repaired may have changed.
bool carrier::holds_good(const std::vector<parcel> &parcels) {
  return std::all_of(parcels.begin(), parcels.end(),
                     [](const parcel &p) { return p.now == fate::going && p.row.action == copy_action::copy; });
}

carried carrier::finish(std::vector<parcel> &parcels, const held_leases &held) {
  if (const auto how = apply(parcels, held); how != carried::through) return how;
  return find_standing(parcels);
}

carried carrier::read_and_map(std::vector<parcel> &parcels, std::vector<std::vector<pending_lookup>> &lookups) {
  bool away = false;
  each_together<record>(
      parcels.size(),
      [&](std::size_t i, record_store::completion<record> done) {
        source_.get({route_.map->from(), {parcels[i].row.source_key}}, deadline(), std::move(done));
      },
      [&](std::size_t i, const result<record> &read) {
        away = away || (!read && is_away(read.why()));
        if (!away && parcels[i].now == fate::going) map(parcels, i, read, lookups[i]);
      });
  CAUSEWAY_FAULT_POINT("relay.mapped");
  return away ? give_up(parcels, carried::away) : carried::through;
}

void carrier::map(std::vector<parcel> &parcels, std::size_t at, const result<record> &read,
                  std::vector<pending_lookup> &lookups) {
  parcel &p = parcels[at];
  if (!read) {
    if (read.why().what == outcome::not_found) {
      if (p.row.action == copy_action::copy) stop(parcels, at, fate::dead, "the record to be copied is gone");
      if (p.row.action == copy_action::replace) make_moot(p, "the record to be copied is gone");
    } else
      stop(parcels, at, fate::waiting, "the record to be copied could not be read");
    return;
  }
  if (p.row.action == copy_action::remove) {
    const auto decided = decide_remove(true, nullptr, {});
    make_moot(p, decided.reason);
    return;
  }
  auto mapped = route_.map->apply(*read);
  if (!mapped) return stop(parcels, at, fate::dead, reason_of(mapped.why()));
  p.target = std::move(mapped->target);
  lookups = std::move(mapped->lookups);
  if (!has_content(p.target.values[source_id_]))
    stop(parcels, at, fate::dead, "the mapping leaves " + route_.map->to()->fields[source_id_].name + " empty");
}

carried carrier::look_up(std::vector<parcel> &parcels, const std::vector<std::vector<pending_lookup>> &lookups) {
  // Many notes ask for the same record: each is looked for once.
  std::map<std::string, std::size_t> places;
  std::vector<find_request> requests;
  for (std::size_t i = 0; i < parcels.size(); ++i) {
    if (parcels[i].now != fate::going) continue;
    for (const pending_lookup &lookup : lookups[i]) {
      if (!places.try_emplace(question(lookup), requests.size()).second) continue;
      const auto kind = std::find_if(target_kinds_.begin(), target_kinds_.end(),
                                     [&](const kind_ptr &known) { return known->name == lookup.kind; });
      find_request request;
      request.kind = kind == target_kinds_.end() ? nullptr : *kind;
      const auto by = request.kind ? request.kind->find_field(lookup.by) : std::nullopt;
      if (by) {
        request.conditions = {{*by, lookup.equals}};
        request.order = request.kind->key;
        request.limit = 1;
      } else {
        request.kind = nullptr;
      }
      requests.push_back(std::move(request));
    }
  }
  if (requests.empty()) return carried::through;
  const auto found = all_together<rows>(requests.size(), [&](std::size_t i, record_store::completion<rows> done) {
    if (requests[i].kind)
      target_.find(std::move(requests[i]), deadline(), std::move(done));
    else
      done(fault{outcome::internal, "the lookup names what the target does not have", {}});
  });
  CAUSEWAY_FAULT_POINT("relay.looked-up");
  for (const auto &answer : found)
    if (!answer && is_away(answer.why())) return give_up(parcels, carried::away);

  for (std::size_t i = 0; i < parcels.size(); ++i) {
    for (const pending_lookup &lookup : lookups[i]) {
      if (parcels[i].now != fate::going) break;
      const auto &answer = found[places.at(question(lookup))];
      if (!answer) {
        stop(parcels, i, fate::waiting, "the lookup of " + lookup.kind + " failed");
      } else if (answer->empty()) {
        std::string reason;
        const fate then = fate_without(lookup, reason);
        if (then == fate::dropped) return give_up(parcels, carried::away);
        stop(parcels, i, then, std::move(reason));
      } else {
        parcels[i].target.values[lookup.target_field] = answer->front()[lookup.take];
      }
    }
  }
  return carried::through;
}

// What the copy that it refers to says: on its way or dead (then this one waits with it), or never to come by itself.
fate carrier::fate_without(const pending_lookup &missing, std::string &reason) {
  reason = "the " + missing.kind + " that it belongs to is not in the target";
  if (route_.after.empty()) return fate::waiting;
  find_request request;
  request.kind = outbox_;
  request.conditions = {{*outbox_->find_field("sourceKey"), missing.equals}};
  request.order = {*outbox_->find_field("id")};
  const auto found = find_now(source_, std::move(request), deadline());
  if (!found) return is_away(found.why()) ? fate::dropped : fate::waiting;
  for (const record &row : *found) {
    const copy_row copy = read_copy(row);
    if (copy.route != route_.after || copy.action != copy_action::copy) continue;
    if (copy.state == copy_state::pending || copy.state == copy_state::dead) return fate::parked;
    // Copied between the lookup and now: found next time.
  }
  return fate::waiting;
}

carried carrier::look_at_copies(std::vector<parcel> &parcels) {
  std::vector<std::size_t> repairs;
  for (std::size_t i = 0; i < parcels.size(); ++i)
    if (parcels[i].now == fate::going && parcels[i].row.action != copy_action::copy) repairs.push_back(i);
  if (repairs.empty()) return carried::through;
  auto found = all_together<rows>(repairs.size(), [&](std::size_t i, record_store::completion<rows> done) {
    target_.find(by_unique_field(route_.map->to(), source_id_, parcels[repairs[i]].row.source_key), deadline(),
                 std::move(done));
  });
  for (const auto &answer : found)
    if (!answer && is_away(answer.why())) return give_up(parcels, carried::away);
  for (std::size_t i = 0; i < repairs.size(); ++i) {
    parcel &p = parcels[repairs[i]];
    if (p.now != fate::going) continue;
    if (!found[i]) {
      stop(parcels, repairs[i], fate::waiting, "the copy to be repaired could not be read");
      continue;
    }
    const record *standing = found[i]->empty() ? nullptr : &found[i]->front();
    const auto decided = p.row.action == copy_action::remove ? decide_remove(false, standing, p.row.seen)
                                                             : decide_replace(p.target, standing, p.row.seen);
    if (standing) p.target_id = key_text(key_of(*standing));
    if (decided.what == repair_verdict::done) p.now = fate::copied;
    if (decided.what == repair_verdict::moot) make_moot(p, decided.reason);
    if (decided.what == repair_verdict::write) p.standing = *standing;
  }
  return carried::through;
}

result<carrier::cargo> carrier::load(const std::vector<parcel *> &some, const held_leases &held) const {
  cargo all;
  std::vector<change> &changes = all.unit.changes;
  std::set<unsigned> fences;
  for (const parcel *p : some) fences.insert(p->row.partition);
  for (const unsigned partition : fences) {
    const auto how = held.of.find(partition);
    if (how == held.of.end()) return fault{outcome::stale, "the partition is not held", {}};
    changes.push_back(leases_.require_fence(partition, how->second));
  }
  changes.reserve(changes.size() + some.size());
  all.last_of.reserve(some.size());
  for (const parcel *p : some) {
    switch (p->row.action) {
      case copy_action::copy:
        changes.push_back({change_type::insert_absent, p->target, 0});
        break;
      case copy_action::replace:
        for (change &c : replacing(p->target, *p->standing)) changes.push_back(std::move(c));
        break;
      case copy_action::remove:
        for (change &c : removing(*p->standing)) changes.push_back(std::move(c));
        break;
    }
    all.last_of.push_back(changes.size() - 1);
  }
  return all;
}

// One outcome for each parcel.
result<commit_outcome> carrier::one_for_each(result<commit_outcome> done, const std::vector<std::size_t> &last_of) {
  if (!done) return done;
  commit_outcome each;
  each.reserve(last_of.size());
  for (const std::size_t last : last_of) each.push_back(std::move((*done)[last]));
  return each;
}

result<commit_outcome> carrier::commit(const std::vector<parcel *> &some, const held_leases &held) {
  auto loaded = load(some, held);
  if (!loaded) return loaded.why();
  return one_for_each(commit_now(target_, std::move(loaded->unit), deadline()), loaded->last_of);
}

void carrier::begin(std::vector<parcel> &parcels, const held_leases &held) {
  written_.reset();  // of a batch that was given up in the middle
  together_.clear();
  std::set<std::string_view> doubted;
  for (parcel &p : parcels) {
    if (p.now != fate::going) continue;
    if (p.row.attempts > 0) doubted.insert(p.row.csid);
    if (!doubted.contains(p.row.csid)) together_.push_back(&p);
  }
  if (together_.empty()) return;
  CAUSEWAY_FAULT_POINT("relay.target.committing");
  written_.emplace(1);
  auto loaded = load(together_, held);
  if (!loaded) return written_->completion_of(0)(loaded.why());
  last_of_ = std::move(loaded->last_of);
  target_.commit(std::move(loaded->unit), deadline(), written_->completion_of(0));
}

carried carrier::apply(std::vector<parcel> &parcels, const held_leases &held) {
  if (!written_) return apply_each(parcels, held, target_showed::nothing);
  const auto done = one_for_each(std::move(written_->wait().front()), last_of_);
  written_.reset();
  if (!done) {
    switch (classify(done.why().what)) {
      case fault_class::transient:
        return std::count_if(parcels.begin(), parcels.end(), is_going) > 1
                   ? apply_each(parcels, held, target_showed::takes_none)
                   : give_up(parcels, carried::away);
      case fault_class::fenced:
        // Or a copy to be repaired has changed since it was looked at.
        if (std::any_of(together_.begin(), together_.end(), [](const parcel *p) { return p->standing.has_value(); }))
          return apply_each(parcels, held, target_showed::nothing);
        return give_up(parcels, carried::fenced);
      case fault_class::permanent:
      case fault_class::unclear:
        return apply_each(parcels, held, target_showed::nothing);
    }
  }
  CAUSEWAY_FAULT_POINT("relay.target.committed");
  for (std::size_t i = 0; i < together_.size(); ++i) {
    parcel &p = *together_[i];
    p.now = fate::copied;
    if ((*done)[i].applied && p.target_id.empty()) p.target_id = key_text((*done)[i].key);
  }
  return apply_each(parcels, held, target_showed::takes_others);
}

// Those that still go.
carried carrier::apply_each(std::vector<parcel> &parcels, const held_leases &held, target_showed what) {
  std::vector<candidate> all;
  for (std::size_t i = 0; i < parcels.size(); ++i)
    if (is_going(parcels[i])) all.push_back({i, parcels[i].row.id, parcels[i].row.csid, parcels[i].row.attempts > 0});
  for (const candidate &c : trials_.begin(std::move(all), what)) {
    parcel &p = parcels[c.place];
    if (!is_going(p)) continue;
    if (!trials_.goes_on()) break;
    const auto done = commit({&p}, held);
    if (done) {
      CAUSEWAY_FAULT_POINT("relay.target.one.committed");
      trials_.taken();
      p.now = fate::copied;
      if (done->front().applied && p.target_id.empty()) p.target_id = key_text(done->front().key);
      continue;
    }
    switch (classify(done.why().what)) {
      case fault_class::transient:
        stop(parcels, c.place, fate::waiting, reason_of(done.why()));
        trials_.not_taken(c);
        break;
      case fault_class::fenced:
        if (!p.standing) return give_up(parcels, carried::fenced);
        if (const auto how = whose_fault(p, held); how != carried::through) return give_up(parcels, how);
        stop(parcels, c.place, fate::waiting, "the copy was changed while it was repaired");
        break;
      case fault_class::permanent:
        stop(parcels, c.place, fate::dead, reason_of(done.why()));
        break;
      case fault_class::unclear:
        stop(parcels, c.place, fate::waiting, reason_of(done.why()));
        break;
    }
  }
  const auto verdict = trials_.end();
  for (const std::size_t place : trials_.unblamed()) parcels[place].now = fate::dropped;
  if (verdict == trial_verdict::away) return give_up(parcels, carried::away);
  return give_up(parcels, verdict == trial_verdict::fair ? carried::through : carried::in_doubt);
}

// A repair was refused as stale: through, if the fence stands, so that it was the copy itself.
carried carrier::whose_fault(parcel &p, const held_leases &held) {
  const auto how = held.of.find(p.row.partition);
  if (how == held.of.end()) return carried::fenced;
  const auto stands = commit_now(target_, {{leases_.require_fence(p.row.partition, how->second)}}, deadline());
  if (stands) return carried::through;
  return classify(stands.why().what) == fault_class::fenced ? carried::fenced : carried::away;
}

// The keys of those that stood already: an earlier attempt wrote them and was stopped before it could say so.
carried carrier::find_standing(std::vector<parcel> &parcels) {
  std::vector<std::size_t> standing;
  for (std::size_t i = 0; i < parcels.size(); ++i)
    if (parcels[i].now == fate::copied && parcels[i].row.action == copy_action::copy && parcels[i].target_id.empty())
      standing.push_back(i);
  if (standing.empty()) return carried::through;
  const auto found = all_together<rows>(standing.size(), [&](std::size_t i, record_store::completion<rows> done) {
    find_request request;
    request.kind = route_.map->to();
    request.conditions = {{source_id_, parcels[standing[i]].target.values[source_id_]}};
    request.order = request.kind->key;
    request.limit = 1;
    target_.find(std::move(request), deadline(), std::move(done));
  });
  carried how = carried::through;
  for (std::size_t i = 0; i < standing.size(); ++i) {
    parcel &p = parcels[standing[i]];
    if (!found[i]) {
      p.now = fate::dropped;
      how = carried::away;
    } else if (found[i]->empty()) {
      // Another record has the key that was made for this one; the next attempt makes another.
      stop(parcels, standing[i], fate::waiting, reason_of({outcome::conflict, {}, {}}));
    } else {
      std::vector<value> key;
      for (const std::size_t field : p.target.kind->key) key.push_back(found[i]->front().values[field]);
      p.target_id = key_text(key);
    }
  }
  return how;
}

time_point carrier::deadline() const { return time_.steady() + patience_; }

}  // namespace causeway
