#include "runtime/suggestion.hpp"

#include <algorithm>

namespace causeway {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A guess further away than this is no help.
std::size_t farthest(std::string_view given) { return 1 + given.size() / 3; }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + differs});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last[b.size()];
}

std::string_view nearest(std::string_view given, const std::vector<std::string_view> &known) {
  given = given.substr(0, 100);
  std::string_view best;
  std::size_t least = farthest(given) + 1;
  for (const auto candidate : known) {
    const std::size_t changes = edit_distance(given, candidate);
    if (changes >= least) continue;
    best = candidate;
    least = changes;
  }
  return best;
}

std::string suggestion(std::string_view given, const std::vector<std::string> &known) {
  if (known.empty()) return {};
  const auto meant = nearest(given, {known.begin(), known.end()});
  if (!meant.empty()) return "; did you mean '" + std::string(meant) + "'?";
  std::string list = known.front();
  for (std::size_t i = 1; i < known.size(); ++i) list += (i + 1 == known.size() ? " and " : ", ") + known[i];
  return (known.size() == 1 ? "; known is " : "; known are ") + list;
}

}  // namespace causeway
