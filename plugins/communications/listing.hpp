// One list over two stores: newest first, with a cursor that stays where it is while records are added. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records.hpp"
#include "rules.hpp"

namespace communications {

// A record of either store in Pluto's terms; communication_id is Cuba's commNo where Cuba holds it.
struct entry {
  store where = store::pluto;
  pluto::communication what;
};

// The place of one record in the list: by time, and by id where two were created in the same millisecond.
struct position {
  std::string created_at, id;
  friend bool operator==(const position &, const position &) = default;
};

std::string to_cursor(const position &place);
// Nothing for a cursor that this list has not given.
std::optional<position> from_cursor(std::string_view cursor);

struct page {
  std::vector<entry> items;
  std::optional<position> next;  // behind the last item; nothing when there are no more
};

// The first `limit` of both. Each comes newest first, and holds at least `limit` + 1 of its store's records, or all
// that are left there.
page merge(std::vector<entry> from_pluto, std::vector<entry> from_cuba, std::size_t limit);

}  // namespace communications
