// One copy route at work: claims what waits in the outbox, has it carried, settles what became of it. Steps only; the
// thread that takes them is the relay's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "relay/carrier.hpp"
#include "relay/order.hpp"
#include "relay/retry.hpp"

namespace causeway {

struct relay_options {
  std::size_t batch = 500;                     // copies a step, 1 to 10,000
  std::chrono::milliseconds poll{1'000};       // how often to look without being told
  std::chrono::milliseconds look{500};         // how often to look whether there are leases to take or to give back
  std::chrono::milliseconds patience{10'000};  // how long to wait for a store's answer
  retry_policy retry;
};

// What one step did.
struct step_report {
  std::size_t copied = 0;
  std::size_t dead = 0;
  std::size_t waiting = 0;            // failed for now
  bool more = false;                  // step again at once
  bool away = false;                  // a store could not serve
  bool one_customer = false;          // and only one customer's copies say so
  std::chrono::milliseconds wait{0};  // otherwise after this long, or when told
};

// One thread. Whatever ends it between any two of its writes, nothing is lost and nothing is written twice: what was
// not settled is claimed again, and what stands in the target already is only settled.
class copier {
 public:
  // `random` gives numbers in [0, 1). Stores, leases and clock outlive this.
  copier(copy_route route, record_store &source, record_store &target, std::vector<kind_ptr> target_kinds,
         lease_keeper &leases, const clock &time, relay_options options, std::function<double()> random);

  // `news`: more copies have come since the last step. After one in which a store seemed away, but no more than one
  // customer's copies were tried, they are worth another try at once.
  step_report step(bool news = false);

 private:
  enum class pass_state { over, under_way };

  // These are false where the source could not serve.
  bool begin_pass();
  bool claim(const held_leases &held, std::vector<parcel> &parcels);
  bool leave_overtaken(const held_leases &held, std::int64_t up_to, std::vector<parcel> &parcels);
  // All copies of a route in one state with ids up to this one, in their order.
  bool walk(const std::string &route, copy_state state, std::int64_t up_to,
            const std::function<void(const copy_row &)> &see);
  carried settle(const std::vector<parcel> &parcels, const held_leases &held, step_report &report);
  step_report back_off(step_report so_far);
  step_report look_anew(step_report so_far);
  // Adds what settles this parcel, and to `told` what tells of the attempt.
  void settle(const parcel &p, unit_of_work &unit, std::vector<change> &told, step_report &did);
  time_point deadline() const;

  const copy_route route_;
  record_store &source_;
  lease_keeper &leases_;
  const clock &time_;
  const relay_options options_;
  const std::function<double()> random_;
  const kind_ptr outbox_;
  const kind_ptr attempts_;
  carrier carrier_;

  // The pass: a walk through the pending copies from the oldest on, over as many steps as it takes.
  pass_state pass_ = pass_state::over;
  pass_order order_;
  std::int64_t cursor_ = 0;
  bool left_behind_ = false;      // pending copies behind the cursor, as far as seen
  bool overtaken_ = false;        // a copy came to light behind the cursor, and its customer's later ones wait for it
  std::uint64_t generation_ = 0;  // of the leases with which the pass began

  unsigned times_away_ = 0;
  bool one_customer_ = false;  // of the last report
  unsigned times_fenced_ = 0;
  std::optional<std::chrono::milliseconds> not_before_;  // of `clock::elapsed`
};

}  // namespace causeway
