// Records of a source and their copies as they stand at one moment, read and mapped together: what reconcile and
// backfill decide on. Waits for the stores; many requests are under way at once.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mapping/mapping.hpp"
#include "relay/outbox.hpp"
#include "relay/route.hpp"
#include "runtime/clock.hpp"
#include "store/record_store.hpp"

namespace causeway {

// One record beside its copy.
struct pair_of_records {
  record source;
  std::optional<mapped_record> mapped;  // with what lookups found; nothing where the record cannot cross
  fault refused;                        // why not
  std::optional<record> copy;
};

// One thread. Every fault is a store's.
class side_by_side {
 public:
  // `target_kinds` as for the relay: where lookups find the kinds that they name. All outlive this.
  side_by_side(const copy_route &route, record_store &source, record_store &target,
               const std::vector<kind_ptr> &target_kinds, const clock &time, std::chrono::milliseconds patience);

  result<std::vector<pair_of_records>> look_at(std::vector<record> sources) const;
  // The records with these keys, those that stand.
  result<std::vector<record>> sources(const std::vector<std::string> &keys) const;
  // Of each key its copy, where one stands.
  result<std::vector<std::optional<record>>> copies(const std::vector<std::string> &keys) const;
  // Of each key what the outbox holds of its copies, the newest first; of more than 20 rows the newest. Of this route,
  // or of the one that it goes after.
  result<std::vector<std::vector<copy_row>>> asked(const std::vector<std::string> &keys) const {
    return asked(keys, route_.name);
  }
  result<std::vector<std::vector<copy_row>>> asked_before(const std::vector<std::string> &keys) const {
    return asked(keys, route_.after);
  }
  // A page of a kind's records, behind these values of the order; empty: from the start.
  result<std::vector<record>> page(bool of_source, const std::vector<std::size_t> &order,
                                   const std::vector<value> &after, std::size_t limit) const;

  std::string key_of_source(const record &source) const;
  const copy_route &route() const { return route_; }
  std::size_t source_id() const { return source_id_; }  // field of the target
  const kind_ptr &outbox() const { return outbox_; }
  record_store &source_store() const { return source_; }
  time_point deadline() const { return time_.steady() + patience_; }

 private:
  result<std::vector<std::vector<copy_row>>> asked(const std::vector<std::string> &keys,
                                                   const std::string &of_route) const;
  result<done> resolve(std::vector<pair_of_records> &pairs) const;

  const copy_route &route_;
  record_store &source_;
  record_store &target_;
  const std::vector<kind_ptr> &target_kinds_;
  const clock &time_;
  const std::chrono::milliseconds patience_;
  const kind_ptr outbox_;
  const kind_ptr copied_;
  const std::size_t source_id_;
};

// How often a command that may wait asks a store that is away, once a second.
constexpr unsigned tries_while_away = 60;

// Runs `work` until it ends otherwise than because a store cannot serve now, up to `tries` times with a wait between.
template <class Work>
auto while_away(unsigned tries, const std::function<void(std::chrono::milliseconds)> &wait, Work work) {
  auto outcome_of = work();
  for (unsigned n = 1; n < tries && !outcome_of; ++n) {
    const auto what = outcome_of.why().what;
    if (what != outcome::unavailable && what != outcome::overloaded && what != outcome::deadline) break;
    wait(std::chrono::seconds(1));
    outcome_of = work();
  }
  return outcome_of;
}

}  // namespace causeway
