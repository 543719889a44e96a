// Which gateway copies which partition of customers from one store to another. A lease is a row in the source; the one
// who takes it puts up a number in a row of the target, the fence, and every unit of copies requires that row as it
// left it. So whoever lost a lease without noticing applies nothing any more.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/clock.hpp"
#include "runtime/membership.hpp"
#include "store/record_store.hpp"

namespace causeway {

// causeway.lease, in the source: key target (the store's name), partition; holder?, fence; version.
kind_ptr lease_kind(const std::string &source);
// causeway.fence, in the target: key source (the store's name), partition; fence; version.
kind_ptr fence_kind(const std::string &target);

struct lease {
  std::int64_t lease_version = 0;
  std::int64_t fence_version = 0;
  bool operator==(const lease &) const = default;
};

// What is held at one moment.
struct held_leases {
  std::uint64_t generation = 0;  // another number whenever a partition came or went
  std::map<unsigned, lease> of;  // by partition
};

// How many partitions came and went since the start.
struct lease_changes {
  std::uint64_t taken = 0;
  std::uint64_t lost = 0;   // to another gateway, or with the fence
  std::uint64_t given = 0;  // back: more than this gateway's share, or at its end
};

// Any thread; `step` and `release` wait for the stores.
class lease_keeper {
 public:
  // All outlive this. `patience`: how long a step waits for each store.
  lease_keeper(record_store &source, kind_ptr lease, record_store &target, kind_ptr fence, const membership &members,
               const clock &time, std::chrono::milliseconds patience);

  // Lets go what was lost, gives back what is more than this gateway's share of the living, takes what is free or a
  // dead gateway's up to that share.
  void step();
  // A fence of these did not stand as they left it. Holds them no longer, where they are what is held still; the next
  // step takes again what the source says is this gateway's, behind a new fence.
  void distrust(const std::map<unsigned, lease> &which);
  // Gives all back, so that others need not wait.
  void release();

  // The gateway that holds them.
  const std::string &holder() const;
  // Nothing while the others may take this gateway for dead.
  held_leases held() const;
  lease_changes changes() const;
  // What a unit for the target, or for the source, must contain to be stopped when the partition is another's.
  change require_fence(unsigned partition, const lease &by) const;
  change require_lease(unsigned partition, const lease &by) const;

 private:
  struct candidate {
    unsigned partition = 0;
    std::int64_t fence = 0;          // that this taking puts up
    std::int64_t lease_version = 0;  // of the row as it stands; 0: there is none
  };

  void take(std::vector<candidate> wanted);
  void give_back(const std::map<unsigned, lease> &which);
  // `counted`: as what.
  void forget(const std::vector<unsigned> &which, std::uint64_t lease_changes::*counted);
  record lease_row(unsigned partition) const;
  record fence_row(unsigned partition) const;
  time_point deadline() const;

  record_store &source_;
  const kind_ptr lease_kind_;
  record_store &target_;
  const kind_ptr fence_kind_;
  const membership &members_;
  const clock &time_;
  const std::chrono::milliseconds patience_;
  std::mutex stepping_;
  mutable std::mutex mutex_;
  held_leases held_;
  lease_changes changes_;
  std::map<unsigned, std::int64_t> seen_fence_;  // higher than the lease's own: a store was set up anew or restored
};

}  // namespace causeway
