// Rules of the relay broken on purpose, at the port between a gateway and its stores: what the simulation must find.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "store/key_maker.hpp"
#include "store/record_store.hpp"

namespace causeway::simulation {

enum class broken_rule {
  none,
  settle_before_apply,  // the target's commit is held back until the source says that it has happened
  skip_the_fence,       // copies are written to the target without requiring their fences
  cursor,               // a claim goes on from the last id seen instead of from the state of each row
  forget,               // a copy that was made leaves the outbox, and no row tells of it
};
// "settle", "fence", "cursor", "forget" or "none"; nothing for another name.
std::optional<broken_rule> rule_named(std::string_view name);
std::string_view name_of(broken_rule rule);

// The id up to which everything that was seen is settled, by route. One for all gateways, as if it were kept in the
// source.
struct cursors {
  struct position {
    std::set<std::int64_t> under_way;
    std::int64_t highest = 0;
    std::int64_t at() const { return under_way.empty() ? highest : *under_way.begin() - 1; }
  };
  std::map<std::string, position> of;
};

// A gateway's two stores as the sabotage shows them; the stores themselves where no rule is broken.
class sabotaged_stores {
 public:
  // All outlive this.
  sabotaged_stores(broken_rule rule, record_store &source, record_store &target, cursors &shared, key_maker &keys);
  ~sabotaged_stores();
  record_store &source();
  record_store &target();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace causeway::simulation
