// The record store over a SQL database: SQLite in a file, PostgreSQL, or MariaDB; the servers also over ODBC.
//
// Requests wait in one bounded queue; worker threads, each with a session of its own, take all that waits and run it as
// few statements and transactions as can be. PostgreSQL: `readers` sessions that read and write. SQLite: one thread
// that writes and `readers` that read.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sql/dialect.hpp"
#include "store/key_maker.hpp"
#include "store/live_difference.hpp"
#include "store/record_store.hpp"
#include "store/store_figures.hpp"

namespace causeway {

struct sql_store_options {
  std::string name;  // "pluto"; only for messages
  sql_dialect dialect = sql_dialect::sqlite3;
  bool odbc = false;  // through an ODBC driver to a server that speaks `dialect`, which is then not sqlite3
  // SQLite: the file's path, its folder must stand; no two stores that write, in whatever process, may use one file at
  // a time.
  // PostgreSQL: a libpq connection string; may hold a secret and is never repeated. Through a pooler that shares
  // sessions between transactions (pgbouncer in transaction mode) the store does not work: it prepares statements.
  // ODBC: KEY=VALUE;... as the driver manager takes it, with odbc_connect.hpp's additions.
  std::string connect;
  // Nothing is written, whoever asks: commits are `internal`. SQLite: a file that a gateway has may be read beside it.
  bool read_only = false;
  // What the configuration says that the store's text columns can hold, by text_encoding.hpp's names. Where one cannot,
  // that is a difference.
  std::string charset = "utf-8";
  bool create = false;       // prepare() creates missing tables and indexes (SQLite: the file too)
  unsigned readers = 2;      // 1 to 64
  std::size_t queue = 4096;  // requests that may wait, at least 1; more are `overloaded`
  std::vector<kind_ptr> kinds;
  std::shared_ptr<key_maker> keys;
  std::function<time_point()> now;  // the clock of deadlines, without jumps; any thread
  // The operator's log; any thread, quick, must not throw. `event` is one of a few constant phrases, `detail` holds
  // codes and names: no SQL, no values. May be empty.
  std::function<void(std::string_view event, std::string_view detail)> report;
};

class sql_store final : public record_store {
 public:
  // Starts the worker threads, which connect by themselves and go on trying, ever more slowly up to 5 s, whenever the
  // database is away. While it is, requests get `unavailable` at once. Throws std::invalid_argument for kinds that no
  // SQL can be made of and for options outside their ranges.
  explicit sql_store(sql_store_options options);
  // Stops.
  ~sql_store() override;

  // From here on these are the store's kinds: prepare(), differences() and ddl() speak of them, and requests for them
  // are served. Requests for kinds that it had before go on to be served, so what is under way is not disturbed. Throws
  // std::invalid_argument for kinds that no SQL can be made of; nothing changes then. Any thread.
  void adopt(const std::vector<kind_ptr> &kinds);

  // Waits for the first connection, creates what is missing if the options say so, and compares the schema with the
  // kinds. Differences are no fault: see differences(). Faults: unavailable, its detail for the operator (what could
  // not be connected to; another gateway has the file); internal. Blocks; never on a store's own thread; may be
  // repeated.
  result<done> prepare(time_point deadline);
  // What prepare() last found to differ, each in a sentence that names table and column; empty: nothing.
  // `lasting`: without what `create` would mend.
  std::vector<std::string> differences(bool lasting = false) const;
  // The same, with what they are about.
  std::vector<live_difference> live_differences(bool lasting = false) const;
  // CREATE statements for all kinds, each ended by a semicolon and a newline. Any thread.
  std::string ddl() const;

  // Refuses what comes (`unavailable`), finishes what waits, ends the threads. Blocks; may be repeated; never on a
  // store's own thread.
  void stop();

  void get(get_request request, time_point deadline, completion<record> done) override;
  void find(find_request request, time_point deadline, completion<std::vector<record>> done) override;
  void count(find_request request, time_point deadline, completion<std::int64_t> done) override;
  void commit(unit_of_work unit, time_point deadline, completion<commit_outcome> done) override;
  // Serving while there is a connection for reads and, unless it is read only, one for writes.
  store_state state() const override;
  // Any thread; costs a moment of the queue's lock. Without lanes of their own (PostgreSQL) the same connections serve
  // both.
  store_figures figures() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace causeway
