#include "mapping/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace causeway {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Letters to insert, remove, replace or swap with their neighbour, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t(0));
  for (std::size_t i = 0; i < a.size(); ++i) {
    row[0] = i + 1;
    for (std::size_t k = 0; k < b.size(); ++k) {
      const bool same = lower(a[i]) == lower(b[k]);
      row[k + 1] = std::min({last[k + 1] + 1, row[k] + 1, last[k] + !same});
      const bool swapped = i > 0 && k > 0 && lower(a[i]) == lower(b[k - 1]) && lower(a[i - 1]) == lower(b[k]);
      if (swapped) row[k + 1] = std::min(row[k + 1], before_last[k - 1] + 1);
    }
    before_last = last;
    last = row;
  }
  return last.back();
}

}  // namespace

std::string_view nearest(std::string_view name, const std::vector<std::string_view> &known) {
  std::string_view best;
  std::size_t least = 0;
  for (const auto candidate : known) {
    const std::size_t changes = distance(name, candidate);
    if (changes > std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3)) continue;
    if (best.empty() || changes < least) {
      best = candidate;
      least = changes;
    }
  }
  return best;
}

}  // namespace causeway
