// Which copies of a route go next: a walk through the pending ones from the oldest on (a pass), a batch at a time, that
// lets nobody overtake.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "relay/carrier.hpp"
#include "relay/known_ids.hpp"
#include "relay/order.hpp"
#include "relay/together.hpp"

namespace causeway {

struct claim_options {
  std::chrono::milliseconds patience{10'000};      // how long to wait for the source's answer
  std::chrono::milliseconds longest_wait{60'000};  // that a copy was ever asked to wait for its next attempt
};

// One thread.
class claims {
 public:
  // The source and the clock outlive this.
  claims(const copy_route &route, record_store &source, const clock &time, claim_options options);

  // Begins a pass from the oldest copy, unless one is under way. False, as all that follow: the source could not serve.
  bool begin();
  // Takes up to `most` of the next that may go, none of them behind what is claimed in a pass before.
  bool claim(const held_leases &held, std::size_t most, std::vector<parcel> &parcels);

  // Begins to read what the next claim of as many will look at, while there is something else to do. What it will look
  // at beside that, who came to light behind it among them, is read then.
  void look_ahead(std::size_t most);
  // What was read ahead is too old by now.
  void forget_ahead() { ahead_.reset(); }

  bool under_way() const { return under_way_; }
  // What comes next is looked for from the oldest on.
  void begin_anew() { under_way_ = false; }
  // The same, and what was seen so far may not be so any more.
  void end();
  // The customer's later copies must not go in this pass.
  void hold(const std::string &csid) { order_.hold(csid); }
  // A copy that was claimed still waits; or one that was not claimed did.
  void leave_behind() { left_behind_ = true; }
  bool left_behind() const { return left_behind_; }
  // A copy came to light behind the cursor, and its customer's later ones wait for it.
  bool overtaken() const { return overtaken_; }
  // When the first of those that wait for their time may go.
  std::optional<time_point> soonest() const { return order_.soonest(); }

  // Where the pass is; to go on from there again, for what was claimed since is not carried.
  struct place {
    std::int64_t cursor = 0;
    bool under_way = false;
  };
  place here() const { return {cursor_, under_way_}; }
  void back_to(place there);

 private:
  struct page_ahead {
    std::int64_t cursor;  // behind which it begins
    std::size_t limit;
    together<std::vector<record>> rows{1};
  };
  // A page of pending copies behind the cursor, as it was asked for ahead or as it is now.
  result<std::vector<record>> read_page(std::size_t limit);
  bool leave_overtaken(const held_leases &held, std::int64_t up_to, std::vector<parcel> &parcels);
  // What of a copy is looked at in passing.
  struct passed {
    std::int64_t id;
    unsigned partition;
    std::string_view csid;
  };
  // All copies of a route in one state with such ids, in their order.
  bool walk(const std::string &route, copy_state state, std::int64_t after, std::int64_t up_to,
            const std::function<void(const passed &)> &see);
  time_point deadline() const { return time_.steady() + options_.patience; }

  const std::string route_;
  const std::string after_;
  record_store &source_;
  const clock &time_;
  const claim_options options_;
  const kind_ptr outbox_;
  const std::size_t id_, partition_, csid_;  // fields of it

  bool under_way_ = false;
  pass_order order_;
  std::int64_t cursor_ = 0;
  known_ids known_;  // what of the route was met, in this pass or before
  std::optional<page_ahead> ahead_;
  bool left_behind_ = false;
  bool overtaken_ = false;
};

}  // namespace causeway
