// One copy route at work: claims what waits in the outbox, has it carried, settles what became of it; of a backlog
// three batches at a time, one at each of these. Steps only; the thread that takes them is the relay's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "relay/carrier.hpp"
#include "relay/claims.hpp"
#include "relay/retry.hpp"
#include "relay/settler.hpp"

namespace causeway {

struct relay_options {
  std::size_t batch = 2'000;                   // copies that go together, at most; 1 to 10,000
  std::size_t batches = 64;                    // that a step carries one after another, at most; at least 1
  std::chrono::milliseconds poll{100};         // how often to look without being told
  std::chrono::milliseconds look{500};         // how often to look whether there are leases to take or to give back
  std::chrono::milliseconds patience{10'000};  // how long to wait for a store's answer
  retry_policy retry;

  bool operator==(const relay_options &) const = default;
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
  //
  // What a store throws goes through; the next step begins from the oldest copy, once the leases were taken anew.
  step_report step(bool news = false);

 private:
  struct batch {
    std::vector<parcel> parcels;
    bool ready = false;  // prepared
  };

  step_report carry(bool news);
  // Claims and prepares what comes after the batch that is on its way into the target.
  batch read_ahead(const held_leases &held);
  bool still_holds(const held_leases &held) const;
  // Whether every copy got across, so that the next may follow. Holds the customers whose did not.
  bool all_across(const std::vector<parcel> &parcels);
  step_report back_off(step_report so_far);
  step_report look_anew(step_report so_far);

  const copy_route route_;
  lease_keeper &leases_;
  const clock &time_;
  const relay_options options_;
  const std::function<double()> random_;
  claims claims_;
  carrier carrier_;
  settler settler_;

  std::size_t size_;              // of the next batch
  std::uint64_t generation_ = 0;  // of the leases with which the pass began

  unsigned times_away_ = 0;
  bool one_customer_ = false;  // of the last report
  unsigned times_fenced_ = 0;
  unsigned times_in_doubt_ = 0;
  // Of `clock::elapsed`: before it, what failed before is not tried without something else to show whether the target
  // is there.
  std::chrono::milliseconds doubt_until_{0};
  std::optional<std::chrono::milliseconds> not_before_;  // of `clock::elapsed`
};

}  // namespace causeway
