// Tells the outbox what became of the copies of a batch. Begins to write and lets the caller do something else before
// it asks how that ended.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "relay/carrier.hpp"
#include "relay/retry.hpp"
#include "relay/together.hpp"

namespace causeway {

// How many copies became what.
struct settled_copies {
  std::size_t copied = 0;
  std::size_t dead = 0;
  std::size_t waiting = 0;  // failed for now
};

// One thread.
class settler {
 public:
  // `random` gives numbers in [0, 1). Source, leases and clock outlive this.
  settler(const copy_route &route, record_store &source, const lease_keeper &leases, const clock &time,
          retry_policy retry, std::chrono::milliseconds patience, std::function<double()> random);

  // Begins to settle those that have news. Nothing may be on its way.
  void begin(std::vector<parcel> parcels, const held_leases &held);
  // Waits for it. What was settled is added to `did`; unless it ends `through`, the others stay as they were: the next
  // claim finds them standing in the target and settles them then. What the source refuses is a dead letter.
  carried finish(settled_copies &did);

 private:
  // What is written for a batch, each part by itself: changes of one kind that stand together are one statement.
  struct settlement {
    std::vector<change> settled;  // the outbox's rows, or those of what was copied
    std::vector<change> gone;     // from the outbox
    std::vector<change> told;     // of attempts
  };
  // Adds what settles this parcel.
  void settle(const parcel &p, settlement &all);
  // What settles these; empty where none of them has news.
  unit_of_work settling(std::span<const parcel> some);
  void tell(std::span<const parcel> some, settled_copies &did) const;
  carried one_by_one(settled_copies &did);

  const std::string route_;
  const std::string mapping_version_;
  record_store &source_;
  const lease_keeper &leases_;
  const clock &time_;
  const retry_policy retry_;
  const std::chrono::milliseconds patience_;
  const std::function<double()> random_;
  const kind_ptr outbox_;
  const kind_ptr copied_;
  const kind_ptr attempts_;

  std::vector<parcel> parcels_;
  std::map<unsigned, lease> under_;  // the leases
  settled_copies doing_;
  std::optional<together<commit_outcome>> written_;
};

}  // namespace causeway
