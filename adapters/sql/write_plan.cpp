// Units are taken in waves: in one wave no unit touches what another writes, so that any interleaving of their
// changes gives what one after the other would have given. Within a wave changes with the same text are gathered from
// the heads of the units, the kind of change first that waits behind no other.
#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "sql/batch.hpp"

namespace causeway::sql {

namespace {

class wave {
 public:
  // Whether the unit can go into the wave; if so it is in.
  bool admit(const commit_job &unit) {
    for (const auto &c : unit.changes)
      for (const auto t : c.touches) {
        const auto found = touched_.find(t);
        if (found != touched_.end() && (found->second || writes(c))) return false;
      }
    for (const auto &c : unit.changes)
      for (const auto t : c.touches) touched_[t] |= writes(c);
    return true;
  }
  void clear() { touched_.clear(); }

 private:
  static bool writes(const encoded_change &c) { return c.shape.type != change_type::require; }
  std::unordered_map<std::uint64_t, bool> touched_;  // by whom: true, someone writes it
};

void schedule(std::span<commit_job *const> units, std::size_t first, std::size_t last, std::size_t most,
              std::vector<write_step> &steps) {
  std::vector<std::size_t> head(last - first, 0);
  std::unordered_map<std::string_view, std::size_t> left;  // changes with this text still to be run
  for (std::size_t u = first; u < last; ++u)
    for (const auto &c : units[u]->changes) ++left[c.signature];

  while (!left.empty()) {
    std::unordered_map<std::string_view, std::size_t> at_head;
    for (std::size_t u = first; u < last; ++u) {
      const auto &changes = units[u]->changes;
      const std::size_t h = head[u - first];
      for (std::size_t c = h; c < changes.size() && changes[c].signature == changes[h].signature; ++c)
        ++at_head[changes[h].signature];
    }
    std::string_view chosen;
    for (std::size_t u = first; u < last; ++u) {
      if (head[u - first] == units[u]->changes.size()) continue;
      const std::string_view s = units[u]->changes[head[u - first]].signature;
      if (chosen.empty()) chosen = s;
      if (at_head[s] == left[s]) {
        chosen = s;
        break;
      }
    }
    // The views point into the units, which stay.
    std::size_t gathered = 0;
    write_step step;
    std::unordered_set<std::uint64_t> within;
    const auto flush = [&] {
      if (!step.places.empty()) steps.push_back(std::move(step));
      step = {};
      within.clear();
    };
    for (std::size_t u = first; u < last; ++u) {
      const auto &changes = units[u]->changes;
      std::size_t &h = head[u - first];
      for (; h < changes.size() && changes[h].signature == chosen; ++h, ++gathered) {
        const auto &c = changes[h];
        // Whether one more was left out can be told only of a single row whose key the database makes.
        const bool alone = c.shape.type == change_type::insert_absent && c.in->serial();
        const bool meets =
            std::any_of(c.touches.begin(), c.touches.end(), [&](std::uint64_t t) { return within.contains(t); });
        if (alone || meets || step.places.size() >= most) flush();
        step.places.push_back({u, h});
        within.insert(c.touches.begin(), c.touches.end());
        if (alone) flush();
      }
    }
    flush();
    std::size_t &still = left[chosen];
    still -= gathered;
    if (still == 0) left.erase(chosen);
  }
}

}  // namespace

std::vector<write_step> plan_writes(std::span<commit_job *const> units, std::size_t most) {
  std::vector<write_step> steps;
  wave now;
  std::size_t first = 0;
  for (std::size_t u = 0; u < units.size(); ++u) {
    if (now.admit(*units[u])) continue;
    schedule(units, first, u, most, steps);
    first = u;
    now.clear();
    now.admit(*units[u]);
  }
  schedule(units, first, units.size(), most, steps);
  return steps;
}

}  // namespace causeway::sql
