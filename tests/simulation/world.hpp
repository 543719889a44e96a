// What all gateways of a schedule share: time, chance, the two stores and what is true.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "relay/testing/two_stores.hpp"
#include "store/memory_store.hpp"
#include "tests/simulation/agenda.hpp"
#include "tests/simulation/fiber.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/plan.hpp"

namespace causeway::simulation {

struct world;

// A process as the network sees it.
struct process {
  // Lets one of its fibers go on, and then those that waited for a mutex which that one let go.
  void go_on(fiber &with);

  std::vector<fiber *> fibers;
  std::string name;
  bool dead = false;
  bool simulated = false;  // a gateway, which faults may meet; otherwise a client
  moment stands_still_until{0};
  moment wall_offset{0};  // how wrong its wall clock is
  bool cut_from[2] = {false, false};
  std::function<void()> kill;  // with everything that runs in it
};

// A store's side of the network: carries out what arrives.
class store_server {
 public:
  enum which { source, target };
  store_server(world &in, which side, std::vector<kind_ptr> kinds);

  memory_store content;
  bool away = false;

  result<commit_outcome> commit(unit_of_work unit, const std::string &by, std::uint64_t begun);
  // A client's transaction begins: it is given the ids of its outbox rows, which nobody sees until it is committed.
  void begin(unit_of_work &unit);
  // This record is refused for ever, or so many times.
  void refuse_for_ever(const std::string &key) { poison_ = key; }
  void refuse_for_now(const std::string &key, unsigned times) { refusals_[key] = times; }
  void refuse_nothing();

 private:
  std::optional<fault> refusal_of(const unit_of_work &unit);

  world &world_;
  const which side_;
  std::int64_t last_id_ = 0;
  std::string poison_;
  std::map<std::string, unsigned> refusals_;
};

struct world {
  world(std::uint64_t seed, bool traced);

  dice chance;
  const plan what;
  agenda events;
  trace story;
  bool calm = false;  // no more faults; what is under way still arrives
  std::shared_ptr<key_maker> keys;
  ledger truth;
  store_server pluto, cuba;

  time_point wall() const { return time_point(beginning_ + events.now()); }
  std::vector<record> all(store_server &of, const kind_ptr &kind);

  // Kinds and routes, the same in every world.
  static const testing::two_stores &site();

 private:
  static constexpr moment beginning_ = std::chrono::sys_days(std::chrono::year{2026} / 11 / 21).time_since_epoch();
};

// A unit in a few words, for the trace.
std::string told(const unit_of_work &unit);

}  // namespace causeway::simulation
