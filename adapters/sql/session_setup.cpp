// A row that somebody holds must not stop a whole batch: what waits for it is split off and tried again, so waiting for
// locks is bounded. And a gateway that stalls within a transaction must let go, or no other could raise its fences.
#include "sql/session_setup.hpp"

#include <algorithm>

namespace causeway::sql {

std::vector<std::string> opening_statements(sql_dialect dialect, bool read_only) {
  if (dialect == sql_dialect::mysql) {
    std::vector<std::string> all{
        // Names are quoted as in standard SQL, and what a column cannot hold is refused, not cut.
        "SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
        "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION autocommit = 1, time_zone = '+00:00'",
    };
    if (read_only) all.emplace_back("SET SESSION TRANSACTION READ ONLY");
    all.emplace_back("SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, idle_transaction_timeout = 5");
    return all;
  }
  std::vector<std::string> all{
      "SET client_encoding TO 'UTF8'",
      "SET standard_conforming_strings TO on",
      "SET default_transaction_isolation TO 'read committed'",
  };
  // A plan is kept, and a table that was small when it was made, or when the table was last analyzed, can have a
  // million rows by now: all that is looked for has an index.
  all.emplace_back("SET enable_seqscan TO off");
  all.emplace_back("SET jit TO off");  // which would be begun for what is read without one
  if (read_only) all.emplace_back("SET default_transaction_read_only TO on");
  all.emplace_back("SET lock_timeout TO '1s'");
  all.emplace_back("SET idle_in_transaction_session_timeout TO '5s'");
  return all;
}

void statement_limit::set(time_point deadline, time_point now,
                          const std::function<void(const std::string &)> &execute) {
  std::int64_t wanted = 0;
  if (deadline == time_point::max()) {
    if (set_ == 0) return;
  } else {
    const std::int64_t left = std::max<std::int64_t>(1, (deadline - now).count());
    if (set_ >= left && set_ <= left + left / 4 + 50) return;
    wanted = std::min<std::int64_t>(left + left / 10 + 10, longest);
  }
  execute(statement(wanted));
  set_ = wanted;
}

std::string statement_limit::statement(std::int64_t milliseconds) const {
  if (dialect_ == sql_dialect::postgresql) return "SET statement_timeout TO " + std::to_string(milliseconds);
  std::string fraction = std::to_string(milliseconds % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return "SET SESSION max_statement_time = " + std::to_string(milliseconds / 1000) + "." + fraction;
}

}  // namespace causeway::sql
