#include "relay/entries.hpp"

#include <algorithm>

namespace causeway {

find_request entries_of(const kind_ptr &kind, const std::string &source_key, std::size_t limit, bool newest_first) {
  find_request request;
  request.kind = kind;
  request.conditions = {{*kind->find_field("sourceKey"), source_key}};
  request.order = {*kind->find_field("id")};
  request.descending = newest_first;
  request.limit = limit;
  return request;
}

find_request copied_by(const kind_ptr &copied, const std::string &route, std::optional<std::int64_t> id) {
  find_request request;
  request.kind = copied;
  const std::size_t by_id = *copied->find_field("id");
  request.conditions = {{*copied->find_field("route"), route}};
  if (id) request.conditions.push_back({by_id, *id});
  request.order = {by_id};
  request.limit = 1;
  return request;
}

std::vector<copy_row> joined_entries(const std::vector<record> &of_outbox, const std::vector<record> &of_copied,
                                     bool newest_first) {
  std::vector<copy_row> all;
  all.reserve(of_outbox.size() + of_copied.size());
  for (const record &row : of_copied) all.push_back(read_copy(row));
  for (const record &row : of_outbox) all.push_back(read_copy(row));
  // Of two with one id the first stays.
  std::sort(all.begin(), all.end(), [newest_first](const copy_row &a, const copy_row &b) {
    if (a.id == b.id) return a.state == copy_state::copied && b.state != copy_state::copied;
    return newest_first ? a.id > b.id : a.id < b.id;
  });
  all.erase(std::unique(all.begin(), all.end(), [](const copy_row &a, const copy_row &b) { return a.id == b.id; }),
            all.end());
  return all;
}

}  // namespace causeway
