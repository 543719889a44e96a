// Units are taken in waves: in one wave no unit touches what another writes, so that any interleaving of their
// changes gives what one after the other would have given. Within a wave changes of one form are gathered from the
// heads of the units, the form first that waits behind no other.
#include <algorithm>
#include <unordered_map>

#include "sql/batch.hpp"

namespace causeway::sql {

namespace {

// Hashes, of which nothing is asked but whether they are there. A batch has thousands, and none is worth an allocation.
class hash_set {
 public:
  bool contains(std::uint64_t hash) const { return slots_[place_of(hash)] != 0; }
  void insert(std::uint64_t hash) {
    if (2 * ++size_ > slots_.size()) grow();
    slots_[place_of(hash)] = not_empty(hash);
  }
  void clear() {
    if (size_ > 0) std::fill(slots_.begin(), slots_.end(), 0);
    size_ = 0;
  }

 private:
  static std::uint64_t not_empty(std::uint64_t hash) { return hash == 0 ? 1 : hash; }
  // Where it stands, or would stand.
  std::size_t place_of(std::uint64_t hash) const {
    hash = not_empty(hash);
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (hash ^ hash >> 32) & mask;
    while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<std::uint64_t> old(4 * slots_.size());
    old.swap(slots_);
    for (const std::uint64_t hash : old)
      if (hash != 0) slots_[place_of(hash)] = hash;
  }

  std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(64);  // 0: empty
  std::size_t size_ = 0;                                               // at least as many as there are
};

class wave {
 public:
  // Whether the unit can go into the wave; if so it is in.
  bool admit(const commit_job &unit) {
    for (const auto &c : unit.changes)
      for (const auto t : unit.touches_of(c))
        if (written_.contains(t) || (writes(c) && required_.contains(t))) return false;
    for (const auto &c : unit.changes)
      for (const auto t : unit.touches_of(c)) (writes(c) ? written_ : required_).insert(t);
    return true;
  }
  void clear() {
    written_.clear();
    required_.clear();
  }

 private:
  static bool writes(const encoded_change &c) { return c.type() != change_type::require; }
  hash_set written_, required_;
};

// How many changes from `at` on are of the form of the first.
std::size_t run_length(const std::vector<encoded_change> &changes, std::size_t at) {
  std::size_t end = at;
  while (end < changes.size() && changes[end].form == changes[at].form) ++end;
  return end - at;
}

using counts = std::unordered_map<const change_form *, std::size_t>;

void schedule(std::span<commit_job *const> units, std::size_t first, std::size_t last, std::size_t most,
              std::vector<write_step> &steps) {
  std::vector<std::size_t> head(last - first, 0);
  counts left;  // changes of this form still to be run
  for (std::size_t u = first; u < last; ++u) {
    const auto &changes = units[u]->changes;
    for (std::size_t c = 0; c < changes.size();) {
      const std::size_t run = run_length(changes, c);
      left[changes[c].form] += run;
      c += run;
    }
  }

  hash_set within;
  while (!left.empty()) {
    counts at_head;
    for (std::size_t u = first; u < last; ++u) {
      const auto &changes = units[u]->changes;
      const std::size_t h = head[u - first];
      if (h < changes.size()) at_head[changes[h].form] += run_length(changes, h);
    }
    const change_form *chosen = nullptr;
    for (std::size_t u = first; u < last; ++u) {
      const auto &changes = units[u]->changes;
      if (head[u - first] == changes.size()) continue;
      const change_form *form = changes[head[u - first]].form;
      if (!chosen) chosen = form;
      if (at_head[form] == left[form]) {
        chosen = form;
        break;
      }
    }
    std::size_t gathered = 0;
    write_step step;
    const auto flush = [&] {
      if (!step.places.empty()) steps.push_back(std::move(step));
      step = {};
      within.clear();
    };
    for (std::size_t u = first; u < last; ++u) {
      const auto &changes = units[u]->changes;
      std::size_t &h = head[u - first];
      for (; h < changes.size() && changes[h].form == chosen; ++h, ++gathered) {
        const auto &c = changes[h];
        const auto touches = units[u]->touches_of(c);
        // Whether one more was left out can be told only of a single row whose key the database makes.
        const bool alone = c.type() == change_type::insert_absent && c.in->serial();
        const bool meets =
            std::any_of(touches.begin(), touches.end(), [&](std::uint64_t t) { return within.contains(t); });
        if (alone || meets || step.places.size() >= most) flush();
        step.places.push_back({u, h});
        for (const auto t : touches) within.insert(t);
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
    // A unit by itself meets nobody.
    if (units.size() == 1 || now.admit(*units[u])) continue;
    schedule(units, first, u, most, steps);
    first = u;
    now.clear();
    now.admit(*units[u]);
  }
  schedule(units, first, units.size(), most, steps);
  return steps;
}

}  // namespace causeway::sql
