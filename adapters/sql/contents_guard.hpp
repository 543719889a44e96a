// Versions of records whose table has no column for them: the old values are the guard. Beside the site's tables stands
// one of Causeway's own, with a version and a hash of the contents that it belongs to; where the contents are others,
// or nothing is kept, the version follows from the contents alone. So whoever changes a record past the gateway changes
// its version too, and every change by the gateway raises it by one, as a version column would.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sql/connection.hpp"
#include "sql/keyed_rows.hpp"
#include "store/record_store.hpp"

namespace causeway::sql {

// A record as it stands: its cells in the order of the fields, its version where the kind has one.
struct standing_row {
  std::vector<cell> cells;
  std::int64_t version = 0;
};

// One connection's; `versions` is the table of kept_versions_kind, null where no kind of the store needs it.
class contents_guard {
 public:
  contents_guard(connection &on, const table *versions) : on_(on), versions_(versions) {}

  // What stands under these keys, locked until the transaction ends; nothing where nothing stands, and nothing with
  // `broken` set where a field holds what the kind does not allow.
  struct look {
    std::optional<standing_row> row;
    bool broken = false;
  };
  std::vector<look> look_at(const table &of, std::span<const std::vector<cell> *const> keys, row_lock lock);
  // Sets the versions of rows that were read.
  void fill_in(const table &of, std::span<standing_row *const> rows);
  // Keeps the rows' versions, for their contents; no key may be there twice.
  void keep(const table &of, std::span<const standing_row> rows);
  // Forgets what was kept for the keys.
  void forget(const table &of, std::span<const std::vector<cell> *const> keys);

 private:
  connection &on_;
  const table *versions_;
};

}  // namespace causeway::sql
