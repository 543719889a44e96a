#include "relay/settler.hpp"

#include <iterator>
#include <set>
#include <utility>

#include "relay/attempts.hpp"
#include "runtime/log.hpp"
#include "store/fault_point.hpp"

namespace causeway {

namespace {

// Who had what repaired, and what became of it; the outbox tells the same.
void tell_of_repair(const std::string &route, const parcel &p) {
  if (p.now == fate::waiting) return;
  log(p.now == fate::copied ? log_level::info : log_level::warning,
      p.now == fate::copied ? "A repair was carried out." : "A repair was not carried out.",
      {{"route", route},
       {"id", std::to_string(p.row.id)},
       {"action", std::string(to_string(p.row.action))},
       {"fields", p.row.fields},
       {"by", p.row.requested_by},
       {"reason", p.reason}});
}

// Tried again it would be refused again, for something that one of the parcels has.
bool is_refused(const fault &why) {
  const auto what = classify(why.what);
  return what == fault_class::permanent || what == fault_class::unclear;
}

carried unsettled(const fault &why) {
  return classify(why.what) == fault_class::fenced ? carried::fenced : carried::away;
}

}  // namespace

settler::settler(const copy_route &route, record_store &source, const lease_keeper &leases, const clock &time,
                 retry_policy retry, std::chrono::milliseconds patience, std::function<double()> random)
    : route_(route.name),
      mapping_version_(route.mapping_version),
      source_(source),
      leases_(leases),
      time_(time),
      retry_(retry),
      patience_(patience),
      random_(std::move(random)),
      outbox_(outbox_kind(route.map->from()->store)),
      copied_(copied_kind(route.map->from()->store)),
      attempts_(attempt_kind(route.map->from()->store)) {}

void settler::settle(const parcel &p, settlement &all) {
  const auto now = time_.now();
  const auto tried = unsigned(p.row.attempts) + 1;
  attempt this_one{0, now, attempt_outcome::copied, leases_.holder(), mapping_version_, p.reason, {}};
  change settled;
  if (p.now == fate::copied) {
    ++doing_.copied;
    this_one.reason.clear();
    settled = settle_copied(copied_, p.row, p.target_id, now);
    all.gone.push_back(leave_outbox(outbox_, p.row));
  } else if (p.now == fate::moot) {
    this_one.outcome = attempt_outcome::discarded;
    settled = settle_moot(outbox_, p.row, p.reason, now);
  } else if (p.now == fate::dead || tried >= retry_.attempts) {
    ++doing_.dead;
    this_one.outcome = attempt_outcome::dead;
    settled = settle_dead(outbox_, p.row, p.reason, now);
  } else {
    ++doing_.waiting;
    this_one.outcome = attempt_outcome::waiting;
    settled = settle_waiting(outbox_, p.row, p.reason, now + backoff(retry_, tried, random_()), now);
  }
  for (change &c : tell_of(attempts_, p.row, settled, this_one)) all.told.push_back(std::move(c));
  all.settled.push_back(std::move(settled));
}

unit_of_work settler::settling(std::span<const parcel> some) {
  settlement all;
  std::set<unsigned> guarded;
  doing_ = {};
  for (const parcel &p : some) {
    if (!has_news(p)) continue;
    guarded.insert(p.row.partition);
    settle(p, all);
  }
  unit_of_work unit{std::move(all.settled)};
  const auto add = [&](std::vector<change> &more) {
    std::move(more.begin(), more.end(), std::back_inserter(unit.changes));
  };
  add(all.gone);
  for (const unsigned partition : guarded) {
    const auto how = under_.find(partition);
    if (how != under_.end()) unit.changes.push_back(leases_.require_lease(partition, how->second));
  }
  add(all.told);
  return unit;
}

void settler::begin(std::vector<parcel> parcels, const held_leases &held) {
  written_.reset();  // of a batch that was given up in the middle
  parcels_ = std::move(parcels);
  under_ = held.of;
  auto unit = settling(parcels_);
  if (unit.changes.empty()) return;
  CAUSEWAY_FAULT_POINT("relay.settling");
  written_.emplace(1);
  source_.commit(std::move(unit), time_.steady() + patience_, written_->completion_of(0));
}

carried settler::finish(settled_copies &did) {
  if (!written_) return carried::through;
  const auto done = std::move(written_->wait().front());
  written_.reset();
  if (!done) return is_refused(done.why()) ? one_by_one(did) : unsettled(done.why());
  CAUSEWAY_FAULT_POINT("relay.settled");
  tell(parcels_, did);
  return carried::through;
}

carried settler::one_by_one(settled_copies &did) {
  for (parcel &p : parcels_) {
    if (!has_news(p)) continue;
    const auto settle_it = [&] { return commit_now(source_, settling({&p, 1}), time_.steady() + patience_); };
    auto done = settle_it();
    if (!done && is_refused(done.why())) {
      p.reason = with_inputs("what became of it cannot be kept in the source", done.why());
      p.now = fate::dead;
      done = settle_it();
    }
    if (!done) return unsettled(done.why());
    tell({&p, 1}, did);
  }
  return carried::through;
}

void settler::tell(std::span<const parcel> some, settled_copies &did) const {
  for (const parcel &p : some)
    if (p.row.origin == copy_origin::repair && has_news(p)) tell_of_repair(route_, p);
  did.copied += doing_.copied;
  did.dead += doing_.dead;
  did.waiting += doing_.waiting;
  if (doing_.dead > 0)
    log(log_level::error,
        "Copies cannot succeed and wait for an operator; their customers' later copies wait with them.",
        {{"route", route_}, {"dead", std::to_string(doing_.dead)}});
}

}  // namespace causeway
