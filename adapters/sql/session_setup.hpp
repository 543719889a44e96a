// What a server's session is told when it opens, and how its statements are bounded, whichever way it is reached.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sql/dialect.hpp"
#include "store/record_store.hpp"

namespace causeway::sql {

// Statements to run once, in this order. Servers only.
std::vector<std::string> opening_statements(sql_dialect dialect, bool read_only);

// The time that the server gives each statement.
class statement_limit {
 public:
  explicit statement_limit(sql_dialect dialect) : dialect_(dialect) {}

  static constexpr std::int64_t longest = 86'400'000;  // milliseconds

  // Has it set to what is left until the deadline or a little more, time_point::max(): to nothing. Setting it costs a
  // round trip, so what is set stays while it bounds nearly as well. What `execute` throws goes through.
  void set(time_point deadline, time_point now, const std::function<void(const std::string &)> &execute);

 private:
  std::string statement(std::int64_t milliseconds) const;

  const sql_dialect dialect_;
  std::int64_t set_ = 0;  // milliseconds, as set on the server; 0: none
};

}  // namespace causeway::sql
