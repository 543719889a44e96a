// One connection and the statements prepared on it. Belongs to one worker thread; nothing here is shared.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql/dialect.hpp"
#include "sql/failure.hpp"
#include "sql/overdue_watch.hpp"
#include "sql/table.hpp"

namespace soci {
class session;
}

namespace causeway::sql {

// A statement's text and what goes in and comes out.
struct sql_text {
  // With a parameter :p1, :p2, ... for each of `parameters`; each may stand there more than once.
  std::string text;
  std::vector<column_family> parameters;  // PostgreSQL's arrays are text
  std::size_t columns = 0;                // of its rows; 0: it has none
};

// A COPY ... FROM STDIN, and where its rows come from.
struct copied_rows {
  std::string statement;
  // Appends the next rows, in PostgreSQL's text format, some ten kilobytes of them; false where no more follow. Called
  // when the statement is on its way: the server has something to do while rows are made.
  std::function<bool(std::string &rows)> next;
};

class connection;

// A prepared statement. Every function may throw database_failure. Rows are always taken to their end: one left in the
// middle would keep its snapshot.
class statement {
 public:
  class backing;  // knows SOCI
  statement(connection &of, std::unique_ptr<backing> made);
  ~statement();

  // Sets the parameter `at`, from 0; its family must be the cell's, or the cell empty.
  void bind(std::size_t at, const cell &c);
  // Only where the connection can: sends it with what is bound. Several that were sent are then run in that order, and
  // nothing else meanwhile.
  void send();
  // Runs it and calls `row` for each row that comes back; `row` must not throw. Gives the number of rows, of those
  // that came back or else of those that were changed.
  std::size_t run(const std::function<void()> &row = {});
  // Of the row at hand, and gone with it.
  bool is_null(std::size_t column) const;
  std::string_view text(std::size_t column) const;
  // What its text begins with, 0 where that is no number.
  std::int64_t number(std::size_t column) const;

 private:
  connection &of_;
  std::unique_ptr<backing> backing_;
};

struct connect_options {
  sql_dialect dialect = sql_dialect::sqlite3;
  // SQLite: the file's path; PostgreSQL: a libpq connection string; MariaDB: SOCI's; over ODBC: a driver manager's
  std::string connect;
  bool create = false;     // SQLite: the file may be created
  bool read_only = false;  // nothing can be written
  std::function<time_point()> now;
  std::shared_ptr<overdue_watch> watch;  // servers: hangs up when there is no answer; may be null
  bool odbc = false;                     // through ODBC; `dialect` is then the language of what stands behind it
};

class connection {
 public:
  // Throws database_failure.
  static std::unique_ptr<connection> open(const connect_options &options);
  virtual ~connection();

  virtual sql_dialect dialect() const = 0;
  // The statement with this signature; `make` gives its text when it is met for the first time.
  statement &prepared(const std::string &signature, const std::function<sql_text()> &make);
  // One statement without parameters and rows, not prepared.
  virtual void execute(std::string_view sql) = 0;

  // Whether statements can be sent ahead, to go over in one message. If one of them fails, those behind it fail with
  // failure_class::again.
  virtual bool can_send_ahead() const { return false; }
  // Lets go of those that were sent and not run. Never throws.
  virtual void forget_sent() noexcept {}

  // Runs a COPY ... FROM STDIN with these rows; only where it can.
  virtual bool can_copy_in() const { return false; }
  virtual void copy_in(const copied_rows &what);
  // A transaction that is nothing but these, at least one, and its commit. `sent` is told of each, by its place, when
  // its rows are on their way and before they are ended: behind the last there is only the commit.
  virtual void copy_in_transaction(std::span<const copied_rows> all, const std::function<void(std::size_t)> &sent);

  // Bounds every statement from now on: it fails with failure_class::deadline at, or a moment after, this time.
  // Call it outside transactions.
  virtual void bound(time_point deadline) = 0;
  // For whatever is asked next an answer is expected within this time, 0: nothing is under way. Beyond it the
  // connection is given up: what waits there throws failure_class::lost. `bound` expects answers a while after its
  // deadline.
  virtual void expect_answer(std::chrono::milliseconds /*within*/) {}
  // Several reads are to come, of one state of the database where the dialect is quicker so. end_reads never throws.
  virtual void begin_reads() {}
  virtual void end_reads() noexcept {}
  // Begins a transaction that writes.
  virtual void begin() = 0;
  void commit() { execute("COMMIT"); }
  // Never throws; a connection that cannot roll back is lost and will say so at its next use.
  void rollback() noexcept;

  // What the exception now handled was about. Call in a catch clause only.
  virtual database_failure failure() noexcept = 0;

 protected:
  explicit connection(std::unique_ptr<soci::session> session);
  soci::session &session() { return *session_; }
  // Prepares a statement; may throw SOCI's errors and database_failure.
  virtual std::unique_ptr<statement::backing> make_statement(const sql_text &sql);
  // Before the session goes: statements hold on to it.
  void forget_statements() { statements_.clear(); }

  friend class statement;

 private:
  std::unique_ptr<soci::session> session_;
  std::unordered_map<std::string, std::unique_ptr<statement>> statements_;
  bool suspect_ = false;  // a statement was refused: perhaps its table is no longer what it was prepared for
};

// While statements are sent ahead and run: none is left on its way, whichever way that ends.
class sent_statements {
 public:
  explicit sent_statements(connection &on) : on_(on) {}
  ~sent_statements() { on_.forget_sent(); }
  sent_statements(const sent_statements &) = delete;
  sent_statements &operator=(const sent_statements &) = delete;

 private:
  connection &on_;
};

// How each is opened; used by connection::open.
std::unique_ptr<connection> open_sqlite(const connect_options &options);
std::unique_ptr<connection> open_postgresql(const connect_options &options);
std::unique_ptr<connection> open_mysql(const connect_options &options);
std::unique_ptr<connection> open_odbc(const connect_options &options);

}  // namespace causeway::sql
