#include "relay/repair.hpp"

#include <algorithm>

#include "relay/agreement.hpp"
#include "relay/outbox.hpp"

namespace causeway {

namespace {

repair_decision moot(const char *why) { return {repair_verdict::moot, why}; }

constexpr const char *changed = "the copy is not what it was when the stores were compared";

bool is_in_key(const record_kind &kind, std::size_t field) {
  return std::find(kind.key.begin(), kind.key.end(), field) != kind.key.end();
}

}  // namespace

repair_decision decide_replace(const record &expected, const record *standing, std::optional<std::int64_t> seen) {
  if (!standing) return moot("the copy is not there any more");
  if (differing_fields(expected, *standing).empty()) return {repair_verdict::done, {}};
  if (seen != seen_as(*standing)) return moot(changed);
  for (const std::size_t field : expected.kind->key)
    if (!is_absent(expected.values[field]) && expected.values[field] != standing->values[field])
      return moot("the copy has another key than the mapping gives it, and a key cannot be changed");
  return {};
}

repair_decision decide_remove(bool in_source, const record *standing, std::optional<std::int64_t> seen) {
  if (in_source) return moot("the record that was copied is there again");
  if (!standing) return {repair_verdict::done, {}};
  if (seen != seen_as(*standing)) return moot(changed);
  return {};
}

std::vector<change> replacing(const record &expected, const record &standing) {
  change c{change_type::update, record(standing.kind), standing.version};
  for (std::size_t field = 0; field < expected.values.size(); ++field)
    c.what.values[field] = is_in_key(*standing.kind, field) ? standing.values[field] : expected.values[field];
  return {std::move(c)};
}

std::vector<change> removing(const record &standing) {
  std::vector<change> changes;
  record key_only(standing.kind);
  for (const std::size_t field : standing.kind->key) key_only.values[field] = standing.values[field];
  // An erase asks for no version.
  if (!standing.kind->version.empty()) changes.push_back({change_type::require, key_only, standing.version});
  changes.push_back({change_type::erase, std::move(key_only), 0});
  return changes;
}

}  // namespace causeway
