// One table per database. SQLite's numbers are written out: its header must not meet SOCI's copy of it.
#include "sql/failure.hpp"

namespace causeway::sql {

failure_class classify_sqlstate(std::string_view sqlstate) {
  struct rule {
    std::string_view begins;
    failure_class what;
  };
  // The first that fits; the longer before its class.
  static constexpr rule rules[] = {
      {"23505", failure_class::unique},       // unique_violation
      {"23P01", failure_class::unique},       // exclusion_violation
      {"23503", failure_class::reference},    // foreign_key_violation
      {"23001", failure_class::reference},    // restrict_violation
      {"23502", failure_class::invalid},      // not_null_violation
      {"23514", failure_class::invalid},      // check_violation
      {"22001", failure_class::invalid},      // string_data_right_truncation
      {"22003", failure_class::invalid},      // numeric_value_out_of_range
      {"22021", failure_class::invalid},      // character_not_in_repertoire
      {"22P05", failure_class::invalid},      // untranslatable_character
      {"54000", failure_class::invalid},      // program_limit_exceeded: too long for an index
      {"40001", failure_class::again},        // serialization_failure
      {"40P01", failure_class::again},        // deadlock_detected
      {"55P03", failure_class::again},        // lock_not_available
      {"25P03", failure_class::lost},         // idle_in_transaction_session_timeout: it has hung up
      {"25P04", failure_class::lost},         // transaction_timeout: it has hung up
      {"57014", failure_class::deadline},     // query_canceled
      {"57P01", failure_class::lost},         // admin_shutdown: a stop, or a backend that was told to end
      {"57P02", failure_class::lost},         // crash_shutdown
      {"57P03", failure_class::lost},         // cannot_connect_now: it is starting or stopping
      {"57P04", failure_class::lost},         // database_dropped
      {"57P05", failure_class::lost},         // idle_session_timeout
      {"08", failure_class::lost},            // connection exceptions
      {"53100", failure_class::exhausted},    // disk_full
      {"53200", failure_class::exhausted},    // out_of_memory
      {"53", failure_class::unavailable},     // too many connections and the like
      {"25006", failure_class::unavailable},  // read_only_sql_transaction: a standby
      {"58", failure_class::unavailable},     // io_error, a file that is gone
  };
  for (const rule &r : rules)
    if (sqlstate.starts_with(r.begins)) return r.what;
  return failure_class::internal;
}

failure_class classify_sqlite(int extended_code) {
  switch (extended_code) {
    case 19 | 8 << 8:   // SQLITE_CONSTRAINT_UNIQUE
    case 19 | 6 << 8:   // SQLITE_CONSTRAINT_PRIMARYKEY
    case 19 | 10 << 8:  // SQLITE_CONSTRAINT_ROWID
      return failure_class::unique;
    case 19 | 3 << 8:  // SQLITE_CONSTRAINT_FOREIGNKEY
      return failure_class::reference;
    case 19 | 5 << 8:   // SQLITE_CONSTRAINT_NOTNULL
    case 19 | 1 << 8:   // SQLITE_CONSTRAINT_CHECK
    case 19 | 12 << 8:  // SQLITE_CONSTRAINT_DATATYPE
      return failure_class::invalid;
    default:
      break;
  }
  switch (extended_code & 0xFF) {
    case 9:  // SQLITE_INTERRUPT
      return failure_class::deadline;
    case 5:  // SQLITE_BUSY
    case 6:  // SQLITE_LOCKED
      return failure_class::again;
    case 7:   // SQLITE_NOMEM
    case 13:  // SQLITE_FULL
      return failure_class::exhausted;
    case 8:   // SQLITE_READONLY
    case 10:  // SQLITE_IOERR
    case 14:  // SQLITE_CANTOPEN
      return failure_class::unavailable;
    case 18:  // SQLITE_TOOBIG
    case 20:  // SQLITE_MISMATCH
      return failure_class::invalid;
    default:
      return failure_class::internal;
  }
}

}  // namespace causeway::sql
