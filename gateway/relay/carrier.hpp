// Carries batches of copies across: reads the sources, maps them, looks up what the target must tell, and writes them
// to the target in one unit of work. Says of each what became of it; the outbox is not its business. While one batch is
// on its way into the target, the next can be made ready.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "relay/leases.hpp"
#include "relay/outbox.hpp"
#include "relay/retry.hpp"
#include "relay/route.hpp"
#include "relay/together.hpp"
#include "relay/trials.hpp"
#include "runtime/clock.hpp"
#include "store/record_store.hpp"

namespace causeway {

enum class fate {
  going,    // nothing stood in its way so far
  copied,   // stands in the target, by this or an earlier attempt
  dead,     // cannot succeed by being tried again
  waiting,  // may succeed later; costs an attempt
  moot,     // a repair of what is not as it was seen any more: given up, and holds nobody back
  parked,   // must wait for the copy it refers to; costs none
  dropped,  // was not tried: behind one of the others, or the batch was given up
};

// A copy under way.
struct parcel {
  copy_row row;
  fate now = fate::going;
  std::string reason;              // of dead, waiting and moot
  std::string target_id;           // of copied; empty where a removal found nothing to remove
  record target;                   // mapped
  std::optional<record> standing;  // of repairs: the copy as it stands
};

// Whether the outbox is to be told of it.
bool has_news(const parcel &p);

// How the batch as a whole ended.
enum class carried {
  through,   // each parcel has its fate
  away,      // a store could not serve; what is not `copied` was dropped
  in_doubt,  // the target took none of what failed before, and nothing shows whether it is there; the same
  fenced,    // a partition is another's by now; nothing was written
};

// One thread.
class carrier {
 public:
  // `target_kinds`: where lookups find the kinds they name. The stores, the leases and the clock outlive this.
  carrier(copy_route route, record_store &source, record_store &target, std::vector<kind_ptr> target_kinds,
          const lease_keeper &leases, const clock &time, std::chrono::milliseconds patience);

  // Reads and maps. `parcels` in the order of ids, one customer's strictly so. When a parcel fails, the customer's
  // later ones are dropped; a moot one fails nobody.
  carried prepare(std::vector<parcel> &parcels);
  // Whether a batch that was prepared while another one was on its way may go as it is: what it found would not be
  // otherwise now.
  static bool holds_good(const std::vector<parcel> &parcels);
  // Begins to write what was prepared; `parcels` stay where they are until `finish`. One batch at a time.
  void begin(std::vector<parcel> &parcels, const held_leases &held);
  // Waits for it. One that the target cannot take now, while it takes others, is `waiting`: it is the copy's matter
  // then, not the store's.
  carried finish(std::vector<parcel> &parcels, const held_leases &held);

 private:
  carried read_and_map(std::vector<parcel> &parcels, std::vector<std::vector<pending_lookup>> &lookups);
  // Of the parcel there, with what was read for it.
  void map(std::vector<parcel> &parcels, std::size_t at, const result<record> &read,
           std::vector<pending_lookup> &lookups);
  carried look_up(std::vector<parcel> &parcels, const std::vector<std::vector<pending_lookup>> &lookups);
  fate fate_without(const pending_lookup &missing, std::string &reason);
  carried look_at_copies(std::vector<parcel> &parcels);
  carried apply(std::vector<parcel> &parcels, const held_leases &held);
  carried apply_each(std::vector<parcel> &parcels, const held_leases &held, target_showed what);
  carried find_standing(std::vector<parcel> &parcels);
  carried whose_fault(parcel &p, const held_leases &held);
  // A unit that writes these, and in it the last change of each.
  struct cargo {
    unit_of_work unit;
    std::vector<std::size_t> last_of;
  };
  result<cargo> load(const std::vector<parcel *> &some, const held_leases &held) const;
  static result<commit_outcome> one_for_each(result<commit_outcome> done, const std::vector<std::size_t> &last_of);
  result<commit_outcome> commit(const std::vector<parcel *> &some, const held_leases &held);
  time_point deadline() const;

  const copy_route route_;
  record_store &source_;
  record_store &target_;
  const std::vector<kind_ptr> target_kinds_;
  const lease_keeper &leases_;
  const clock &time_;
  const std::chrono::milliseconds patience_;
  const kind_ptr outbox_;
  const std::size_t source_id_;  // field of the target
  trials trials_;

  std::vector<parcel *> together_;  // of the batch on its way; the others are tried alone
  std::vector<std::size_t> last_of_;
  std::optional<together<commit_outcome>> written_;
};

}  // namespace causeway
