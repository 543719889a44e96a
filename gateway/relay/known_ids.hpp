// Which ids of an outbox have been seen, and where others may still come to light: ids are given one by one, but their
// copies are seen in the order of commits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace causeway {

// Runs of ids that follow one upon the other; of a backlog there is mostly one. Forgets some rather than grow beyond
// some thousand runs: what is forgotten only counts as not seen.
class known_ids {
 public:
  void add(std::int64_t id);
  bool contains(std::int64_t id) const;
  void clear() { runs_.clear(); }

  // Ids from behind `after` up to `up_to`.
  struct range {
    std::int64_t after;
    std::int64_t up_to;
    bool operator==(const range &) const = default;
  };
  // All from 1 to `up_to` that are not known lie in these, at most `most` (at least 1), in their order. Where there are
  // more gaps than that, known ids lie in them too: the longest runs are left out.
  std::vector<range> unknown(std::int64_t up_to, std::size_t most) const;

 private:
  struct run {
    std::int64_t first, last;
    std::int64_t length() const { return last - first + 1; }
  };
  // The first run that ends at this id or behind it.
  std::size_t place_of(std::int64_t id) const;

  std::vector<run> runs_;  // in their order, none touching another
};

}  // namespace causeway
