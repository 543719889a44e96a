// Which of the copies that wait may go now. Pure: the relay walks through a route's pending copies from the oldest on
// (a pass) and asks here about each.
//
// What holds: per customer and route strictly in order; whoever may not go holds its own customer and nobody else.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "relay/outbox.hpp"

namespace causeway {

// The customers that are held during one pass. A customer once held stays so until the next pass begins from the oldest
// copy again: what changed meanwhile may lie behind.
class pass_order {
 public:
  // `parked`: customers with a dead copy of this route. `longest_wait`: that was ever asked for; a copy that is to wait
  // longer may go, for the clock that gave it its time was ahead or has gone back since.
  explicit pass_order(std::set<std::string> parked = {},
                      std::chrono::milliseconds longest_wait = std::chrono::milliseconds::max())
      : longest_wait_(longest_wait), held_(std::move(parked)) {}

  // Whether this copy may go at `now`; holds its customer where it may not, as one that waits for its time, or that a
  // later version asked for and this one does not know how to carry. To be asked in the order of ids.
  bool admit(const copy_row &row, time_point now);
  // The customer's later copies must not go in this pass.
  void hold(const std::string &csid) { held_.insert(csid); }
  // When the first of those that wait for their time may go.
  std::optional<time_point> soonest() const { return soonest_; }

 private:
  std::chrono::milliseconds longest_wait_;
  std::set<std::string> held_;
  std::optional<time_point> soonest_;
};

// The pending copies that others must not overtake: of the route to go after, or of the own route where it was walked
// past already. Holds one id per customer, however many wait.
class earlier_copies {
 public:
  // To be called in the order of ids.
  void add(std::string_view csid, std::int64_t id) { oldest_.try_emplace(std::string(csid), id); }
  // Whether the customer has none before this id.
  bool clear(const std::string &csid, std::int64_t id) const;

 private:
  std::map<std::string, std::int64_t, std::less<>> oldest_;
};

}  // namespace causeway
