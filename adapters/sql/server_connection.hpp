// What connections to servers have in common, whichever way they are made: how a session is begun, and how long it may
// take to answer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "sql/connection.hpp"
#include "sql/overdue_watch.hpp"
#include "sql/session_setup.hpp"

namespace causeway::sql {

class server_connection : public connection {
 public:
  sql_dialect dialect() const override { return dialect_; }
  void bound(time_point deadline) override;
  void expect_answer(std::chrono::milliseconds within) override;

 protected:
  // `socket` is what it waits at, -1 where that is not known: nothing hangs up then.
  server_connection(std::unique_ptr<soci::session> opened, const connect_options &options, int socket);

  // Once, at the end of the constructor.
  void begin_session(bool read_only);
  // Once, at the beginning of the destructor: what is said in parting may not take for ever either.
  void end_session();
  bool hung_up() const { return line_.hung_up(); }

 private:
  static constexpr std::chrono::milliseconds longest_opening{5000};  // or closing

  const sql_dialect dialect_;
  std::function<time_point()> now_;
  overdue_watch::line line_;  // gone before the session is
  statement_limit limit_;
};

}  // namespace causeway::sql
