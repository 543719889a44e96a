#include "relay/known_ids.hpp"

#include <algorithm>
#include <numeric>

namespace causeway {

namespace {

constexpr std::size_t most_runs = 2'000;

}  // namespace

std::size_t known_ids::place_of(std::int64_t id) const {
  const auto found =
      std::lower_bound(runs_.begin(), runs_.end(), id, [](const run &r, std::int64_t i) { return r.last < i; });
  return std::size_t(found - runs_.begin());
}

bool known_ids::contains(std::int64_t id) const {
  const std::size_t at = place_of(id);
  return at < runs_.size() && runs_[at].first <= id;
}

void known_ids::add(std::int64_t id) {
  // Most come in their order, behind all others.
  std::size_t at = runs_.empty() || runs_.back().last < id ? runs_.size() : place_of(id);
  if (at < runs_.size() && runs_[at].first <= id) return;
  const bool touches_before = at > 0 && runs_[at - 1].last + 1 == id;
  const bool touches_behind = at < runs_.size() && runs_[at].first == id + 1;
  if (touches_before && touches_behind) {
    runs_[at - 1].last = runs_[at].last;
    runs_.erase(runs_.begin() + std::ptrdiff_t(at));
  } else if (touches_before) {
    runs_[at - 1].last = id;
  } else if (touches_behind) {
    runs_[at].first = id;
  } else {
    runs_.insert(runs_.begin() + std::ptrdiff_t(at), {id, id});
    if (runs_.size() <= most_runs) return;
    // Not the last one, which grows.
    runs_.erase(std::min_element(runs_.begin(), runs_.end() - 1,
                                 [](const run &a, const run &b) { return a.length() < b.length(); }));
  }
}

std::vector<known_ids::range> known_ids::unknown(std::int64_t up_to, std::size_t most) const {
  std::vector<range> gaps;
  std::int64_t after = 0;
  for (const run &r : runs_) {
    if (r.first > up_to) break;
    if (r.first > after + 1) gaps.push_back({after, r.first - 1});
    after = r.last;
  }
  if (after < up_to) gaps.push_back({after, up_to});
  if (gaps.size() <= most) return gaps;

  // Those gaps behind which a range ends: the ones before the longest runs.
  std::vector<std::size_t> ends(gaps.size() - 1);
  std::iota(ends.begin(), ends.end(), 0);
  const auto run_behind = [&](std::size_t gap) { return gaps[gap + 1].after - gaps[gap].up_to; };
  const auto last_kept = ends.begin() + std::ptrdiff_t(most - 1);
  std::nth_element(ends.begin(), last_kept, ends.end(),
                   [&](std::size_t a, std::size_t b) { return run_behind(a) > run_behind(b); });
  ends.erase(last_kept, ends.end());
  std::sort(ends.begin(), ends.end());
  ends.push_back(gaps.size() - 1);
  std::vector<range> ranges;
  std::size_t first = 0;
  for (const std::size_t end : ends) {
    ranges.push_back({gaps[first].after, gaps[end].up_to});
    first = end + 1;
  }
  return ranges;
}

}  // namespace causeway
