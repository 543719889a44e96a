// Claiming pages on past what is held, so a customer with a thousand parked copies does not keep the others waiting;
// the cursor goes on where it was with the next batch, and the customers held stay held until the pass is over, because
// what frees them may lie behind the cursor.
//
// Ids are given before commits become visible: a copy with a low id can come to light behind the cursor, and its
// customer's next one before it. So a pass that left nothing behind begins anew from the oldest instead of going on,
// and one that goes on looks behind the cursor again before it lets anything go.
#include "relay/claims.hpp"

#include <limits>
#include <set>
#include <utility>

namespace causeway {

namespace {

constexpr std::size_t pages_a_batch = 20;
// A store answers 10,000 at most, and while it reads a page others wait for it.
constexpr std::size_t rows_a_page = 2'000;

// Often there is nothing to be passed, and the first row lies behind already.
constexpr std::size_t first_rows = 10;
// Between what is known, that are looked into one by one.
constexpr std::size_t most_ranges = 4;

constexpr std::int64_t to_the_end = std::numeric_limits<std::int64_t>::max();

}  // namespace

claims::claims(const copy_route &route, record_store &source, const clock &time, claim_options options)
    : route_(route.name),
      after_(route.after),
      source_(source),
      time_(time),
      options_(options),
      outbox_(outbox_kind(route.map->from()->store)),
      id_(*outbox_->find_field("id")),
      partition_(*outbox_->find_field("partition")),
      csid_(*outbox_->find_field("csid")) {}

bool claims::walk(const std::string &route, copy_state state, std::int64_t after, std::int64_t up_to,
                  const std::function<void(const passed &)> &see) {
  for (std::size_t limit = first_rows;; limit = rows_a_page) {
    auto request = copies_in_state(outbox_, route, state, after, limit);
    request.only = {id_, partition_, csid_};
    if (up_to != to_the_end) request.up_to = {up_to};
    const auto rows = find_now(source_, std::move(request), deadline());
    if (!rows) return false;
    for (const record &row : *rows) {
      const auto id = std::get<std::int64_t>(row.values[id_]);
      after = id;
      see({id, unsigned(std::get<std::int64_t>(row.values[partition_])), text_of(row.values[csid_])});
    }
    if (rows->size() < limit || after == up_to) return true;
  }
}

bool claims::begin() {
  if (under_way_) return true;
  std::set<std::string> parked;
  if (!walk(route_, copy_state::dead, 0, to_the_end, [&](const passed &dead) { parked.emplace(dead.csid); }))
    return false;
  order_ = pass_order(std::move(parked), options_.longest_wait);
  cursor_ = 0;
  left_behind_ = false;
  overtaken_ = false;
  under_way_ = true;
  return true;
}

void claims::look_ahead(std::size_t most) {
  if (!under_way_) return;
  ahead_.emplace(page_ahead{cursor_, std::min(most, rows_a_page)});
  source_.find(copies_in_state(outbox_, route_, copy_state::pending, cursor_, ahead_->limit), deadline(),
               ahead_->rows.completion_of(0));
}

result<std::vector<record>> claims::read_page(std::size_t limit) {
  auto asked = std::exchange(ahead_, std::nullopt);
  if (asked && asked->cursor == cursor_ && asked->limit == limit) return std::move(asked->rows.wait().front());
  return find_now(source_, copies_in_state(outbox_, route_, copy_state::pending, cursor_, limit), deadline());
}

bool claims::claim(const held_leases &held, std::size_t most, std::vector<parcel> &parcels) {
  std::int64_t walked = 0;  // up to here before the last page that gave anything
  for (std::size_t page = 0; page < pages_a_batch && parcels.size() < most; ++page) {
    const std::size_t limit = std::min(most - parcels.size(), rows_a_page);
    const auto rows = read_page(limit);
    if (!rows) return false;
    const std::int64_t begun_at = cursor_;
    const auto now = time_.now();
    std::optional<earlier_copies> earlier;
    for (const record &row : *rows) {
      copy_row copy = read_copy(row);
      cursor_ = copy.id;
      known_.add(copy.id);
      if (!held.of.contains(copy.partition) || !order_.admit(copy, now)) {
        left_behind_ = true;
        continue;
      }
      if (!earlier) {
        // After the page: what its copies refer to was asked for before them, and so is seen now if it still waits.
        earlier.emplace();
        const std::int64_t last = read_copy(rows->back()).id;
        if (!after_.empty() && !walk(after_, copy_state::pending, 0, last,
                                     [&](const passed &first) { earlier->add(first.csid, first.id); }))
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
      under_way_ = false;
      break;
    }
  }
  return walked == 0 || leave_overtaken(held, walked, parcels);
}

// What waits behind the cursor and was met is either on its way, or was held when the pass met it, and then nothing of
// its customer is in the batch behind it. What was not met was not to be seen yet.
bool claims::leave_overtaken(const held_leases &held, std::int64_t up_to, std::vector<parcel> &parcels) {
  earlier_copies behind;
  const auto see = [&](const passed &copy) {
    if (known_.contains(copy.id)) return;
    behind.add(copy.csid, copy.id);
    left_behind_ = true;
    if (held.of.contains(copy.partition)) order_.hold(std::string(copy.csid));
  };
  for (const auto &range : known_.unknown(up_to, most_ranges))
    if (!walk(route_, copy_state::pending, range.after, range.up_to, see)) return false;
  if (std::erase_if(parcels, [&](const parcel &p) { return !behind.clear(p.row.csid, p.row.id); }) > 0)
    overtaken_ = true;
  return true;
}

void claims::end() {
  under_way_ = false;
  known_.clear();
}

void claims::back_to(place there) {
  cursor_ = there.cursor;
  under_way_ = there.under_way;
}

}  // namespace causeway
