// A step claims at most one batch. Claiming pages on past what is held, so a customer with a thousand parked copies
// does not keep the others waiting; the cursor goes on where it was in the next step, and the customers held stay held
// until the pass is over, because what frees them may lie behind the cursor.
//
// Ids are given before commits become visible: a copy with a low id can come to light behind the cursor, and its
// customer's next one before it. So a pass that left nothing behind begins anew from the oldest instead of going on,
// and one that goes on looks behind the cursor again before it lets anything go.
#include "relay/copier.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "relay/attempts.hpp"
#include "runtime/log.hpp"
#include "store/fault_point.hpp"

namespace causeway {

namespace {

constexpr std::size_t pages_a_step = 20;
// A store answers 10,000 at most, and while it reads a page others wait for it.
constexpr std::size_t rows_a_page = 1'000;
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

constexpr std::int64_t to_the_end = std::numeric_limits<std::int64_t>::max();

}  // namespace

copier::copier(copy_route route, record_store &source, record_store &target, std::vector<kind_ptr> target_kinds,
               lease_keeper &leases, const clock &time, relay_options options, std::function<double()> random)
    : route_(route),
      source_(source),
      leases_(leases),
      time_(time),
      options_(options),
      random_(std::move(random)),
      outbox_(outbox_kind(route.map->from()->store)),
      attempts_(attempt_kind(route.map->from()->store)),
      carrier_(std::move(route), source, target, std::move(target_kinds), leases, time, options.patience) {}

step_report copier::step(bool news) {
  step_report report;
  report.wait = options_.poll;
  if (not_before_) {
    const auto now = time_.elapsed();
    if (now < *not_before_ && !(news && one_customer_)) {
      report.away = times_away_ > 0;
      report.one_customer = one_customer_;
      report.wait = *not_before_ - now;
      return report;
    }
    not_before_.reset();
  }
  const held_leases held = leases_.held();
  if (held.of.empty()) {
    pass_ = pass_state::over;
    return report;
  }
  if (held.generation != generation_) {
    generation_ = held.generation;
    pass_ = pass_state::over;
  }
  if (pass_ == pass_state::over && !begin_pass()) return back_off(report);

  std::vector<parcel> parcels;
  if (!claim(held, parcels)) return back_off(report);
  if (parcels.empty()) {
    report.more = pass_ == pass_state::under_way || overtaken_;
    if (const auto next = order_.soonest(); next && *next > time_.now())
      report.wait = std::min(report.wait, *next - time_.now());
    times_away_ = 0;
    return report;
  }

  CAUSEWAY_FAULT_POINT("relay.claimed");
  const carried how = carrier_.carry(parcels, held);
  for (const parcel &p : parcels) {
    if (p.now == fate::copied || p.now == fate::moot) continue;
    order_.hold(p.row.csid);
    if (p.now != fate::dead) left_behind_ = true;
  }
  one_customer_ = std::all_of(parcels.begin(), parcels.end(),
                              [&](const parcel &p) { return p.row.csid == parcels.front().row.csid; });
  const carried settled = settle(parcels, held, report);
  if (how == carried::fenced || settled == carried::fenced) {
    if (how == carried::fenced) {
      // Which of them it was, and whether another gateway has it or the target forgot it, the next taking tells.
      std::map<unsigned, lease> of_batch;
      for (const parcel &p : parcels)
        if (const auto by = held.of.find(p.row.partition); by != held.of.end()) of_batch.insert(*by);
      leases_.distrust(of_batch);
    }
    leases_.step();
    return look_anew(report);
  }
  if (how == carried::away || settled == carried::away) {
    report.one_customer = one_customer_;
    return back_off(report);
  }
  times_away_ = 0;
  times_fenced_ = 0;
  // A pass that ended with nothing but copies that must wait would only meet them again.
  report.more = pass_ == pass_state::under_way || report.copied > 0 || overtaken_;
  if (!left_behind_) pass_ = pass_state::over;
  if (report.waiting > 0) report.wait = std::min(report.wait, options_.retry.first);
  return report;
}

bool copier::walk(const std::string &route, copy_state state, std::int64_t up_to,
                  const std::function<void(const copy_row &)> &see) {
  for (std::int64_t after = 0;;) {
    const auto rows = find_now(source_, copies_in_state(outbox_, route, state, after, rows_a_page), deadline());
    if (!rows) return false;
    for (const record &row : *rows) {
      const copy_row copy = read_copy(row);
      if (copy.id > up_to) return true;
      after = copy.id;
      see(copy);
    }
    if (rows->size() < rows_a_page || after == up_to) return true;
  }
}

bool copier::begin_pass() {
  std::set<std::string> parked;
  if (!walk(route_.name, copy_state::dead, to_the_end, [&](const copy_row &dead) { parked.insert(dead.csid); }))
    return false;
  order_ = pass_order(std::move(parked), options_.retry.most);
  cursor_ = 0;
  left_behind_ = false;
  overtaken_ = false;
  pass_ = pass_state::under_way;
  return true;
}

bool copier::claim(const held_leases &held, std::vector<parcel> &parcels) {
  std::int64_t walked = 0;  // up to here before the last page that gave anything
  for (std::size_t page = 0; page < pages_a_step && parcels.size() < options_.batch; ++page) {
    const std::size_t limit = std::min(options_.batch - parcels.size(), rows_a_page);
    const auto rows =
        find_now(source_, copies_in_state(outbox_, route_.name, copy_state::pending, cursor_, limit), deadline());
    if (!rows) return false;
    const std::int64_t begun_at = cursor_;
    const auto now = time_.now();
    std::optional<earlier_copies> earlier;
    for (const record &row : *rows) {
      copy_row copy = read_copy(row);
      cursor_ = copy.id;
      if (!held.of.contains(copy.partition) || !order_.admit(copy, now)) {
        left_behind_ = true;
        continue;
      }
      if (!earlier) {
        // After the page: what its copies refer to was asked for before them, and so is seen now if it still waits.
        earlier.emplace();
        const std::int64_t last = read_copy(rows->back()).id;
        if (!route_.after.empty() &&
            !walk(route_.after, copy_state::pending, last, [&](const copy_row &first) { earlier->add(first); }))
          return false;
      }
      if (!earlier->clear(copy.csid, copy.id)) {
        order_.hold(copy.csid);
        left_behind_ = true;
        continue;
      }
      walked = begun_at;
      parcel p;
      p.row = std::move(copy);
      parcels.push_back(std::move(p));
    }
    if (rows->size() < limit) {
      pass_ = pass_state::over;
      break;
    }
  }
  return walked == 0 || leave_overtaken(held, walked, parcels);
}

// What waits behind the cursor and is not in this batch was either held when the pass met it, and then nothing of its
// customer is in the batch behind it, or was not to be seen yet.
bool copier::leave_overtaken(const held_leases &held, std::int64_t up_to, std::vector<parcel> &parcels) {
  earlier_copies behind;
  auto claimed = parcels.begin();
  const bool seen = walk(route_.name, copy_state::pending, up_to, [&](const copy_row &copy) {
    while (claimed != parcels.end() && claimed->row.id < copy.id) ++claimed;
    if (claimed != parcels.end() && claimed->row.id == copy.id) return;
    behind.add(copy);
    left_behind_ = true;
    if (held.of.contains(copy.partition)) order_.hold(copy.csid);
  });
  if (!seen) return false;
  if (std::erase_if(parcels, [&](const parcel &p) { return !behind.clear(p.row.csid, p.row.id); }) > 0)
    overtaken_ = true;
  return true;
}

void copier::settle(const parcel &p, unit_of_work &unit, std::vector<change> &told, step_report &did) {
  const auto now = time_.now();
  const auto tried = unsigned(p.row.attempts) + 1;
  attempt this_one{0, now, attempt_outcome::copied, leases_.holder(), route_.mapping_version, p.reason, {}};
  change settled;
  if (p.now == fate::copied) {
    ++did.copied;
    this_one.reason.clear();
    settled = settle_copied(outbox_, p.row, p.target_id, now);
  } else if (p.now == fate::moot) {
    this_one.outcome = attempt_outcome::discarded;
    settled = settle_moot(outbox_, p.row, p.reason, now);
  } else if (p.now == fate::dead || tried >= options_.retry.attempts) {
    ++did.dead;
    this_one.outcome = attempt_outcome::dead;
    settled = settle_dead(outbox_, p.row, p.reason, now);
  } else {
    ++did.waiting;
    this_one.outcome = attempt_outcome::waiting;
    settled = settle_waiting(outbox_, p.row, p.reason, now + backoff(options_.retry, tried, random_()), now);
  }
  for (change &c : tell_of(attempts_, p.row, settled, this_one)) told.push_back(std::move(c));
  unit.changes.push_back(std::move(settled));
}

carried copier::settle(const std::vector<parcel> &parcels, const held_leases &held, step_report &report) {
  unit_of_work unit;
  std::vector<change> told;
  std::set<unsigned> guarded;
  step_report did;
  for (const parcel &p : parcels) {
    if (!has_news(p)) continue;
    guarded.insert(p.row.partition);
    settle(p, unit, told, did);
  }
  if (unit.changes.empty()) return carried::through;
  for (const unsigned partition : guarded) {
    const auto how = held.of.find(partition);
    if (how != held.of.end()) unit.changes.push_back(leases_.require_lease(partition, how->second));
  }
  std::move(told.begin(), told.end(), std::back_inserter(unit.changes));
  CAUSEWAY_FAULT_POINT("relay.settling");
  const auto done = commit_now(source_, std::move(unit), deadline());
  if (!done) {
    // They stay pending; the next claim finds them standing in the target and settles them then.
    pass_ = pass_state::over;
    return classify(done.why().what) == fault_class::fenced ? carried::fenced : carried::away;
  }
  CAUSEWAY_FAULT_POINT("relay.settled");
  for (const parcel &p : parcels)
    if (p.row.origin == copy_origin::repair && has_news(p)) tell_of_repair(route_.name, p);
  report.copied += did.copied;
  report.dead += did.dead;
  report.waiting += did.waiting;
  if (did.dead > 0)
    log(log_level::error,
        "Copies cannot succeed and wait for an operator; their customers' later copies wait with them.",
        {{"route", route_.name}, {"dead", std::to_string(did.dead)}});
  return carried::through;
}

step_report copier::back_off(step_report so_far) {
  pass_ = pass_state::over;
  ++times_away_;
  if (times_away_ == 1)
    log(log_level::warning, "A store cannot serve the copies now; they wait for it.", {{"route", route_.name}});
  so_far.away = true;
  so_far.more = false;
  so_far.wait = backoff(options_.retry, times_away_, random_());
  not_before_ = time_.elapsed() + so_far.wait;
  return so_far;
}

step_report copier::look_anew(step_report so_far) {
  pass_ = pass_state::over;
  times_away_ = 0;
  if (++times_fenced_ == 1)
    log(log_level::warning, "Partitions of customers were another gateway's, or copies were changed; looking anew.",
        {{"route", route_.name}});
  so_far.more = false;
  so_far.wait = backoff(options_.retry, times_fenced_, random_());
  not_before_ = time_.elapsed() + so_far.wait;
  return so_far;
}

time_point copier::deadline() const { return time_.steady() + options_.patience; }

}  // namespace causeway
