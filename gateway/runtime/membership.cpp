// A step writes one row and reads all of them. Everything that is judged is judged from what the steps have seen and
// from this machine's monotonic clock.
#include "runtime/membership.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/log.hpp"
#include "store/fault_point.hpp"
#include "store/key_maker.hpp"
#include "store/kind_builder.hpp"

namespace causeway {

namespace {

constexpr unsigned slots = key_maker::gateways;

// Far more than gateways that have gone and left something behind; to forget them costs one more look each.
constexpr std::size_t most_unseen = 10'000;

enum : std::size_t { at_slot, at_holder, at_beat };

}  // namespace

kind_ptr gateway_kind(const std::string &store) {
  return kind_builder(store, "gateway")
      .needs("slot", field_type::integer)
      .needs("holder", field_type::text, 36)
      .needs("beat", field_type::integer)
      .key({"slot"})
      .versioned()
      .build();
}

// The last beat may have been read a tenth late, the silence is noticed at a read a tenth late, and acted upon a tenth
// after that: a tenth is left for the writes.
membership_options taken_over_within(std::chrono::milliseconds takeover) {
  membership_options options;
  options.beat_every = takeover / 10;
  options.dead_after = takeover * 6 / 10;
  return options;
}

std::chrono::milliseconds lease_look(std::chrono::milliseconds takeover) { return takeover / 10; }

membership::membership(record_store &store, kind_ptr kind, const clock &time, membership_options options)
    : store_(store),
      kind_(std::move(kind)),
      time_(time),
      options_(options),
      id_(key_maker([&time] { return time.now(); }, 0).uuid()) {}

membership::~membership() { stop(); }

void membership::start() {
  step();
  thread_ = std::thread([this] {
    std::unique_lock lock(thread_mutex_);
    while (!wake_.wait_for(lock, options_.beat_every, [this] { return stopping_; })) {
      lock.unlock();
      step();
      lock.lock();
    }
  });
}

void membership::stop() {
  {
    const std::lock_guard lock(thread_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();

  unit_of_work leave;
  {
    const std::lock_guard lock(mutex_);
    if (!joined_) return;
    joined_ = false;
    // Only while the row is still this gateway's.
    leave.changes.push_back({change_type::require, row_of(slot_, beat_), version_});
    leave.changes.push_back({change_type::erase, row_of(slot_, beat_), 0});
  }
  const auto left = commit_now(store_, std::move(leave), deadline());
  CAUSEWAY_FAULT_POINT("membership.left");
  if (!left)
    log(log_level::info, "The gateway's slot could not be given back; it is free once the others take it for dead.",
        {{"slot", std::to_string(slot_)}});
}

void membership::step() {
  if (joined()) {
    beat();
    const auto begun = time_.elapsed();
    if (const auto rows = read()) see(*rows, begun);
    return;
  }
  const auto begun = time_.elapsed();
  const auto rows = read();
  if (!rows) return;
  see(*rows, begun);
  if (adopt(*rows))
    beat();
  else
    join(*rows);
}

result<std::vector<record>> membership::read() {
  find_request all;
  all.kind = kind_;
  all.order = {at_slot};
  all.limit = slots;
  return find_now(store_, std::move(all), deadline());
}

void membership::see(const std::vector<record> &rows, std::chrono::milliseconds begun) {
  const auto now = time_.elapsed();
  const std::lock_guard lock(mutex_);
  // Nobody was watched while this gateway could not read, and perhaps nobody could count up either.
  const bool was_blind = !has_read_ || now - last_read_ > options_.dead_after / 2;
  has_read_ = true;
  last_read_ = now;
  read_begun_ = begun;
  std::map<std::string, sightings, std::less<>> seen;
  for (const record &row : rows) {
    std::string holder(text_of(row.values[at_holder]));
    if (holder == id_) continue;
    const auto slot = unsigned(std::get<std::int64_t>(row.values[at_slot]));
    sighting one{std::get<std::int64_t>(row.values[at_beat]), now};
    const auto known = others_.find(holder);
    if (known != others_.end() && !was_blind) {
      const auto before = known->second.find(slot);
      if (before != known->second.end() && before->second.beat == one.beat) one.changed = before->second.changed;
    }
    unseen_.erase(holder);
    seen[std::move(holder)].emplace(slot, one);
  }
  others_ = std::move(seen);
}

// Whether one of them is this gateway's own: an earlier attempt to take it was written, and its outcome was lost. It
// has yet to count up before it is known that the others have not taken it for dead meanwhile.
bool membership::adopt(const std::vector<record> &rows) {
  const auto own = std::find_if(rows.begin(), rows.end(),
                                [this](const record &row) { return text_of(row.values[at_holder]) == id_; });
  if (own == rows.end()) return false;
  const auto slot = unsigned(std::get<std::int64_t>(own->values[at_slot]));
  if (options_.takes) options_.takes(slot);
  const std::lock_guard lock(mutex_);
  joined_ = true;
  slot_ = slot;
  beat_ = std::get<std::int64_t>(own->values[at_beat]);
  version_ = own->version;
  last_beat_ = time_.elapsed() - options_.dead_after;
  return true;
}

void membership::join(const std::vector<record> &rows) {
  unsigned free = 0;
  for (const record &row : rows)
    if (std::get<std::int64_t>(row.values[at_slot]) == free) ++free;
  change take{change_type::insert, row_of(free, 1), 0};
  if (free == slots || options_.sole) {
    const std::lock_guard lock(mutex_);
    const auto dead = std::find_if(rows.begin(), rows.end(), [this](const record &row) { return is_dead(row); });
    if (dead != rows.end()) {
      take = {change_type::update, row_of(unsigned(std::get<std::int64_t>(dead->values[at_slot])), 1), dead->version};
    } else if (free == slots) {
      return;  // one of them must be seen dead first
    }
  }
  const auto begun = time_.elapsed();
  const auto slot = unsigned(std::get<std::int64_t>(take.what.values[at_slot]));
  unit_of_work unit;
  unit.changes.push_back(std::move(take));
  CAUSEWAY_FAULT_POINT("membership.joining");
  const auto taken = commit_now(store_, std::move(unit), deadline());
  // Somebody else was first, or the store is away: the next step tries again, with the row of this one where it was
  // written after all.
  if (!taken) return;
  CAUSEWAY_FAULT_POINT("membership.joined");
  if (options_.takes) options_.takes(slot);
  const std::lock_guard lock(mutex_);
  joined_ = true;
  slot_ = slot;
  beat_ = 1;
  version_ = taken->front().version;
  last_beat_ = begun;
}

void membership::beat() {
  const auto begun = time_.elapsed();
  unit_of_work unit;
  {
    const std::lock_guard lock(mutex_);
    unit.changes.push_back({change_type::update, row_of(slot_, beat_ + 1), version_});
  }
  CAUSEWAY_FAULT_POINT("membership.beating");
  const auto counted = commit_now(store_, std::move(unit), deadline());
  if (counted) {
    CAUSEWAY_FAULT_POINT("membership.beaten");
    const std::lock_guard lock(mutex_);
    ++beat_;
    version_ = counted->front().version;
    last_beat_ = begun;
    return;
  }
  if (counted.why().what != outcome::stale) return;
  // Either the slot is another's, or an earlier write of this gateway's arrived after it was given up for lost.
  get_request mine{kind_, {std::int64_t(slot())}};
  const auto standing = get_now(store_, std::move(mine), deadline());
  const bool gone = standing ? text_of(standing->values[at_holder]) != id_ : standing.why().what == outcome::not_found;
  const std::lock_guard lock(mutex_);
  if (gone) {
    joined_ = false;
    log(log_level::warning, "Another gateway has taken this one for dead and its slot; a new slot is taken.",
        {{"slot", std::to_string(slot_)}});
  } else if (standing) {
    version_ = standing->version;
    beat_ = std::get<std::int64_t>(standing->values[at_beat]);
  }
}

bool membership::is_alive(const sighting &of) const {
  if (options_.sole) return false;
  // What happened since the last read is not known; only where reading goes on as it should is silence told by now.
  const auto now = time_.elapsed();
  const auto known_until = now - last_read_ > 2 * options_.beat_every ? last_read_ : now;
  return known_until - of.changed <= options_.dead_after;
}

bool membership::is_alive(const sightings &of) const {
  return std::any_of(of.begin(), of.end(), [this](const auto &row) { return is_alive(row.second); });
}

// Of another's row as it was last seen. One row of a holder may be dead, and its slot free, while the holder lives.
bool membership::is_dead(const record &row) const {
  const auto holder = others_.find(text_of(row.values[at_holder]));
  if (holder == others_.end()) return true;
  const auto seen = holder->second.find(unsigned(std::get<std::int64_t>(row.values[at_slot])));
  return seen == holder->second.end() || !is_alive(seen->second);
}

bool membership::joined() const {
  const std::lock_guard lock(mutex_);
  return joined_;
}

unsigned membership::slot() const {
  const std::lock_guard lock(mutex_);
  return slot_;
}

bool membership::alive(std::string_view id) const {
  if (id == id_) return true;
  if (options_.sole) return false;
  const std::lock_guard lock(mutex_);
  // Before the first read nobody is known, and so nobody is known to be dead.
  if (!has_read_) return true;
  if (const auto seen = others_.find(id); seen != others_.end()) return is_alive(seen->second);
  if (unseen_.size() == most_unseen) unseen_.clear();
  return unseen_.try_emplace(std::string(id), time_.elapsed()).first->second >= read_begun_;
}

std::size_t membership::size() const {
  const std::lock_guard lock(mutex_);
  return 1 + std::size_t(std::count_if(others_.begin(), others_.end(),
                                       [this](const auto &other) { return is_alive(other.second); }));
}

bool membership::fenced() const {
  const std::lock_guard lock(mutex_);
  // A beat earlier than the others count: their last read may be one beat old when they judge.
  return !joined_ || time_.elapsed() - last_beat_ > options_.dead_after - options_.beat_every;
}

time_point membership::deadline() const { return time_.steady() + options_.dead_after; }

record membership::row_of(unsigned slot, std::int64_t beat) const {
  record row(kind_);
  row.values[at_slot] = std::int64_t(slot);
  row.values[at_holder] = id_;
  row.values[at_beat] = beat;
  return row;
}

}  // namespace causeway
