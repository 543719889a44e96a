// What is true, seen from outside: which records were committed in the source, what was done to their outbox rows, what
// was written to the target, by whom and in which order. Judges every commit as it happens, and the whole at the end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "relay/outbox.hpp"
#include "store/record_store.hpp"

namespace causeway::simulation {

// A record that stands in the source, and with it its copy.
struct committed_record {
  std::string key, csid, route;
  std::int64_t outbox_id = 0;
  std::uint64_t begun = 0;    // when its transaction had its outbox id; in the order of everything that happens
  std::uint64_t visible = 0;  // when it was committed
  copy_state state = copy_state::pending;
  bool was_dead = false;
  unsigned refused = 0;    // times that the target would not take it
  bool applied = false;    // stands in the target
  std::string target_key;  // where
  std::string content;
};

class ledger {
 public:
  // `attempts`: after which a copy that fails is dead.
  explicit ledger(unsigned attempts) : attempts_(attempts) {}

  // A moment in the order of everything that happens.
  std::uint64_t next() { return ++moments_; }

  // What a store has just committed, by whom. `begun`: of a client's unit, when it was given its ids.
  void source_committed(const unit_of_work &unit, const commit_outcome &outcome, std::uint64_t begun);
  void target_committed(const unit_of_work &unit, const commit_outcome &outcome, const std::string &by);
  // The target would not take this record; `for_ever`: nor will it be.
  void refused(const std::string &key, bool for_ever);

  // Whether all that was committed is where it must end up while `poisoned` records are refused: in the target and
  // settled, or held back by a dead one of the same customer.
  bool settled() const;
  // The same with nothing dead and nothing held back.
  bool all_copied() const;
  // What has not ended up where it must; for a reader.
  std::string unsettled() const;
  // Compares everything with what the stores say now.
  void compare(const std::vector<copy_row> &asked, const std::vector<record> &copies);

  // The first rule that was broken; nothing while all hold.
  const std::optional<std::string> &broken() const { return broken_; }
  void breaks(std::string rule) {
    if (!broken_) broken_ = std::move(rule);
  }
  const std::map<std::string, committed_record> &records() const { return records_; }
  // How often a gateway put up the fence of a partition that was another's before.
  unsigned takeovers() const { return takeovers_; }

 private:
  void ordered(const change &order, std::uint64_t begun, std::int64_t id);
  void settled_as(const change &settlement);
  void copied(const change &copy, const std::string &target_key, const std::string &by);
  bool held_by_dead(const committed_record &r) const;

  const unsigned attempts_;
  std::uint64_t moments_ = 0;
  std::map<std::string, committed_record> records_;  // by key
  std::map<std::int64_t, std::string> of_outbox_;    // the key of the record, by id
  std::map<std::string, bool> poisoned_;             // keys that were refused for ever
  std::map<std::int64_t, std::string> fences_;       // by partition: who put it up last
  std::size_t copies_ = 0;
  unsigned takeovers_ = 0;
  std::optional<std::string> broken_;
};

}  // namespace causeway::simulation
