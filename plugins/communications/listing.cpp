// Both stores give their records newest first, so that the list is a merge of two, and the place of its last item is a
// place in both of them: whatever is added later is newer than every place that has been given.
#include "listing.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "causeway/cursor.hpp"
#include "causeway/time.hpp"

namespace communications {

std::string to_cursor(const position &place) { return causeway::sdk::make_cursor({place.created_at, place.id}); }

std::optional<position> from_cursor(std::string_view cursor) {
  auto parts = causeway::sdk::read_cursor(cursor, 2);
  if (!parts) return std::nullopt;
  position place{std::move((*parts)[0]), std::move((*parts)[1])};
  if (!causeway::sdk::parse_time(place.created_at)) return std::nullopt;
  return place;
}

page merge(std::vector<entry> from_pluto, std::vector<entry> from_cuba, std::size_t limit) {
  page merged;
  std::merge(std::make_move_iterator(from_pluto.begin()), std::make_move_iterator(from_pluto.end()),
             std::make_move_iterator(from_cuba.begin()), std::make_move_iterator(from_cuba.end()),
             std::back_inserter(merged.items), [](const entry &a, const entry &b) {
               return std::tie(a.what.created_at, a.what.communication_id) >
                      std::tie(b.what.created_at, b.what.communication_id);
             });
  if (merged.items.size() <= limit) return merged;
  merged.items.erase(merged.items.begin() + static_cast<std::ptrdiff_t>(limit), merged.items.end());
  const auto &last = merged.items.back().what;
  merged.next = position{last.created_at, last.communication_id};
  return merged;
}

}  // namespace communications
