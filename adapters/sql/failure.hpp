// What a database said went wrong, by its codes alone: its messages hold SQL and values and go nowhere.
#pragma once

#include <string>
#include <string_view>

#include "sql/dialect.hpp"

namespace causeway::sql {

enum class failure_class {
  unique,       // a key or unique content stands already
  reference,    // a constraint between tables forbids it
  invalid,      // a value that the column cannot hold
  deadline,     // the statement took longer than it may
  again,        // lost against another transaction; may well work at the next try
  exhausted,    // the database lacks the room for it, on disk or in memory; for something smaller it may have it
  unavailable,  // the database cannot do anything of the kind now
  lost,         // the connection is gone
  internal,     // anything else: a defect, here or in the schema
};

// Thrown by connection and statement instead of SOCI's errors.
struct database_failure {
  failure_class what = failure_class::internal;
  std::string code;  // "SQLSTATE 23505", "SQLite 2067", "MariaDB 1062", or a few words of our own
};

// By the five characters of an SQLSTATE.
failure_class classify_sqlstate(std::string_view sqlstate);
// By SQLite's extended result code.
failure_class classify_sqlite(int extended_code);
// By the error number of MariaDB's server or client.
failure_class classify_mysql(unsigned code);
// Of an ODBC driver: by the SQLSTATE that stands for what the driver itself met, else as the database behind it is
// classified, by what the driver passes on: PostgreSQL's SQLSTATE, MariaDB's own number.
failure_class classify_odbc(sql_dialect behind, std::string_view sqlstate, long native);

}  // namespace causeway::sql
