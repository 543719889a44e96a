#include "sql/server_connection.hpp"

#include <algorithm>
#include <soci/soci.h>
#include <utility>

namespace causeway::sql {

server_connection::server_connection(std::unique_ptr<soci::session> opened, const connect_options &options, int socket)
    : connection(std::move(opened)),
      dialect_(options.dialect),
      now_(options.now),
      line_(socket < 0 ? nullptr : options.watch, socket),
      limit_(options.dialect) {}

void server_connection::begin_session(bool read_only) {
  line_.expect(longest_opening);
  for (const auto &statement : opening_statements(dialect_, read_only)) execute(statement);
  line_.expect_nothing();
}

void server_connection::end_session() {
  line_.expect(longest_opening);
  forget_statements();
}

void server_connection::bound(time_point deadline) {
  if (deadline == time_point::max()) {
    line_.expect_nothing();
  } else {
    // Later than the server's own timeout, so that it is the server that says so where it can.
    const std::int64_t left = std::clamp<std::int64_t>((deadline - now_()).count(), 1, statement_limit::longest);
    line_.expect(std::chrono::milliseconds(left * 5 / 4 + 1000));
  }
  limit_.set(deadline, now_(), [this](const std::string &sql) { execute(sql); });
}

void server_connection::expect_answer(std::chrono::milliseconds within) {
  if (within.count() > 0)
    line_.expect(within);
  else
    line_.expect_nothing();
}

}  // namespace causeway::sql
