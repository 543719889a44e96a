// A step carries a backlog batch by batch. While a batch is on its way into the target, the one before is settled and
// the next is claimed, read and mapped; then the page behind that is asked for. The next goes only if all of this one
// got across: whatever a failure means for copies behind it is decided with nothing of them written. What was read
// ahead in vain is simply claimed again.
//
// Batches grow as long as all goes well, and are small again after a failure, because one that the target refuses is
// tried copy by copy.
#include "relay/copier.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/log.hpp"
#include "store/fault_point.hpp"

namespace causeway {

namespace {

constexpr std::size_t first_size = 250;
// Whoever waits for a step (a shutdown, the routes that go after) does not wait for a whole backlog.
constexpr std::chrono::milliseconds longest_step{1'000};

}  // namespace

copier::copier(copy_route route, record_store &source, record_store &target, std::vector<kind_ptr> target_kinds,
               lease_keeper &leases, const clock &time, relay_options options, std::function<double()> random)
    : route_(route),
      leases_(leases),
      time_(time),
      options_(options),
      random_(std::move(random)),
      claims_(route_, source, time, {options.patience, options.retry.most}),
      carrier_(std::move(route), source, target, std::move(target_kinds), leases, time, options.patience),
      settler_(route_, source, leases, time, options.retry, options.patience, random_),
      size_(std::min(options.batch, first_size)) {}

step_report copier::step(bool news) {
  try {
    return carry(news);
  } catch (...) {
    // What was claimed lies behind the cursor and would count as met, and what was begun may come about later than what
    // the next step finds: under these leases it must not.
    claims_.end();
    leases_.distrust(leases_.held().of);
    throw;
  }
}

step_report copier::carry(bool news) {
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
    claims_.end();
    return report;
  }
  if (held.generation != generation_) {
    generation_ = held.generation;
    claims_.end();
  }
  claims_.forget_ahead();
  batch now;
  if (!claims_.begin() || !claims_.claim(held, size_, now.parcels)) return back_off(report);
  if (now.parcels.empty()) {
    report.more = claims_.under_way() || claims_.overtaken();
    if (const auto next = claims_.soonest(); next && *next > time_.now())
      report.wait = std::min(report.wait, *next - time_.now());
    times_away_ = 0;
    return report;
  }

  const auto begun = time_.elapsed();
  if (begun < doubt_until_ &&
      std::all_of(now.parcels.begin(), now.parcels.end(), [](const parcel &p) { return p.row.attempts > 0; })) {
    for (const parcel &p : now.parcels) claims_.hold(p.row.csid);
    claims_.leave_behind();
    report.more = claims_.under_way();
    report.wait = std::min(report.wait, doubt_until_ - begun);
    return report;
  }
  settled_copies did;
  carried how = carried::through, settled = carried::through;
  std::map<unsigned, lease> of_batch;
  std::vector<parcel> across_before;
  for (std::size_t n = 1;; ++n) {
    CAUSEWAY_FAULT_POINT("relay.claimed");
    if (!now.ready) how = carrier_.prepare(now.parcels);
    if (how == carried::through) carrier_.begin(now.parcels, held);
    settler_.begin(std::move(across_before), held);
    batch next;
    const auto here = claims_.here();
    if (how == carried::through) {
      const bool goes_on =
          claims_.under_way() && n < options_.batches && time_.elapsed() - begun < longest_step && still_holds(held);
      if (goes_on) next = read_ahead(held);
      how = carrier_.finish(now.parcels, held);
    }
    settled = settler_.finish(did);
    const bool across = all_across(now.parcels);
    if (how == carried::fenced)
      for (const parcel &p : now.parcels)
        if (const auto by = held.of.find(p.row.partition); by != held.of.end()) of_batch.insert(*by);
    one_customer_ = std::all_of(now.parcels.begin(), now.parcels.end(),
                                [&](const parcel &p) { return p.row.csid == now.parcels.front().row.csid; });
    size_ = across ? std::min(2 * size_, options_.batch) : std::min(options_.batch, first_size);
    const bool stops = !across || how != carried::through || settled != carried::through;
    if (stops) claims_.back_to(here);
    if (stops || next.parcels.empty()) {
      settler_.begin(std::move(now.parcels), held);
      break;
    }
    across_before = std::move(now.parcels);
    now = std::move(next);
  }
  if (const auto last = settler_.finish(did); settled == carried::through) settled = last;
  report.copied = did.copied;
  report.dead = did.dead;
  report.waiting = did.waiting;

  if (report.copied > 0) {
    times_away_ = 0;
    times_in_doubt_ = 0;
    doubt_until_ = {};
  }
  if (how == carried::in_doubt) doubt_until_ = time_.elapsed() + backoff(options_.retry, ++times_in_doubt_, random_());
  // What the source did not confirm may come about yet, a dead letter behind the look that the next pass takes at
  // those. Under leases that were taken anew it cannot.
  if (settled == carried::away) {
    leases_.distrust(held.of);
    leases_.step();
  }
  if (how == carried::fenced || settled == carried::fenced) {
    // Which of them it was, and whether another gateway has it or the target forgot it, the next taking tells.
    if (how == carried::fenced) leases_.distrust(of_batch);
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
  report.more = claims_.under_way() || report.copied > 0 || claims_.overtaken();
  if (!claims_.left_behind()) claims_.begin_anew();
  if (report.waiting > 0) report.wait = std::min(report.wait, options_.retry.first);
  return report;
}

copier::batch copier::read_ahead(const held_leases &held) {
  batch next;
  const auto here = claims_.here();
  const std::size_t most = std::min(2 * size_, options_.batch);
  if (!claims_.claim(held, most, next.parcels)) {
    // The next step finds out whether it is away.
    claims_.back_to(here);
    return {};
  }
  if (next.parcels.empty()) return next;
  next.ready = carrier_.prepare(next.parcels) == carried::through && carrier::holds_good(next.parcels);
  claims_.look_ahead(std::min(2 * most, options_.batch));  // as many as the next batch is to have
  if (next.ready) return next;
  for (parcel &p : next.parcels) {
    parcel again;
    again.row = std::move(p.row);
    p = std::move(again);
  }
  return next;
}

bool copier::still_holds(const held_leases &held) const {
  const held_leases now = leases_.held();
  return !now.of.empty() && now.generation == held.generation;
}

bool copier::all_across(const std::vector<parcel> &parcels) {
  bool all = true;
  for (const parcel &p : parcels) {
    if (p.now == fate::copied || p.now == fate::moot) continue;
    claims_.hold(p.row.csid);
    if (p.now != fate::dead) claims_.leave_behind();
    all = false;
  }
  return all;
}

step_report copier::back_off(step_report so_far) {
  claims_.end();
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
  claims_.end();
  times_away_ = 0;
  if (++times_fenced_ == 1)
    log(log_level::warning, "Partitions of customers were another gateway's, or copies were changed; looking anew.",
        {{"route", route_.name}});
  so_far.more = false;
  so_far.wait = backoff(options_.retry, times_fenced_, random_());
  not_before_ = time_.elapsed() + so_far.wait;
  return so_far;
}

}  // namespace causeway
