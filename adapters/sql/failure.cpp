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
      {"22007", failure_class::invalid},      // invalid_datetime_format: it is of no calendar
      {"22008", failure_class::invalid},      // datetime_field_overflow
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

failure_class classify_mysql(unsigned code) {
  switch (code) {
    case 1022:  // ER_DUP_KEY
    case 1062:  // ER_DUP_ENTRY
    case 1586:  // ER_DUP_ENTRY_WITH_KEY_NAME
      return failure_class::unique;
    case 1216:  // ER_NO_REFERENCED_ROW
    case 1217:  // ER_ROW_IS_REFERENCED
    case 1451:  // ER_ROW_IS_REFERENCED_2
    case 1452:  // ER_NO_REFERENCED_ROW_2
      return failure_class::reference;
    case 1048:  // ER_BAD_NULL_ERROR
    case 1264:  // ER_WARN_DATA_OUT_OF_RANGE
    case 1265:  // WARN_DATA_TRUNCATED
    case 1292:  // ER_TRUNCATED_WRONG_VALUE
    case 1364:  // ER_NO_DEFAULT_FOR_FIELD
    case 1366:  // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
    case 1406:  // ER_DATA_TOO_LONG
    case 1690:  // ER_DATA_OUT_OF_RANGE
    case 2020:  // CR_NET_PACKET_TOO_LARGE: what was to be sent; none of it was
    case 4025:  // ER_CONSTRAINT_FAILED
      return failure_class::invalid;
    case 1969:  // ER_STATEMENT_TIMEOUT
    case 3024:  // ER_QUERY_TIMEOUT, MySQL's
      return failure_class::deadline;
    case 1020:  // ER_CHECKREAD: the record has changed since it was read
    case 1205:  // ER_LOCK_WAIT_TIMEOUT
    case 1213:  // ER_LOCK_DEADLOCK
    case 1317:  // ER_QUERY_INTERRUPTED
      return failure_class::again;
    case 1021:  // ER_DISK_FULL
    case 1037:  // ER_OUTOFMEMORY
    case 1038:  // ER_OUT_OF_SORTMEMORY
    case 1041:  // ER_OUT_OF_RESOURCES
    case 1114:  // ER_RECORD_FILE_FULL
      return failure_class::exhausted;
    case 1040:  // ER_CON_COUNT_ERROR
    case 1203:  // ER_TOO_MANY_USER_CONNECTIONS
    case 1226:  // ER_USER_LIMIT_REACHED
    case 1290:  // ER_OPTION_PREVENTS_STATEMENT: read only
    case 1792:  // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
      return failure_class::unavailable;
    case 1053:  // ER_SERVER_SHUTDOWN
    case 1927:  // ER_CONNECTION_KILLED
    case 4031:  // idle_transaction_timeout has passed: it has hung up
    // From 2000 on, and from 5000, the client's own. Whether what was asked was done nobody has heard.
    case 2000:  // CR_UNKNOWN_ERROR: an error that does not say which
    case 2001:  // CR_SOCKET_CREATE_ERROR
    case 2002:  // CR_CONNECTION_ERROR
    case 2003:  // CR_CONN_HOST_ERROR
    case 2004:  // CR_IPSOCK_ERROR
    case 2005:  // CR_UNKNOWN_HOST
    case 2006:  // CR_SERVER_GONE_ERROR
    case 2012:  // CR_SERVER_HANDSHAKE_ERR
    case 2013:  // CR_SERVER_LOST
    case 2026:  // CR_SSL_CONNECTION_ERROR: over TLS it says this instead of 2013
    case 2027:  // CR_MALFORMED_PACKET
    case 2055:  // CR_SERVER_LOST_EXTENDED
    case 2056:  // CR_STMT_CLOSED: with its connection
    case 5013:  // CR_ERR_NET_READ
    case 5014:  // CR_ERR_NET_WRITE
    case 5015:  // CR_ERR_NET_UNCOMPRESS
    case 5026:  // CR_ERR_MISSING_ERROR_INFO
    // The rest of an answer is still to come, and would be taken for that of the next statement.
    case 2008:  // CR_OUT_OF_MEMORY
    case 2014:  // CR_COMMANDS_OUT_OF_SYNC
      return failure_class::lost;
    default:
      return failure_class::internal;
  }
}

failure_class classify_odbc(sql_dialect behind, std::string_view sqlstate, long native) {
  struct rule {
    std::string_view begins;
    failure_class what;
  };
  static constexpr rule of_drivers[] = {
      {"HYT00", failure_class::deadline},   // timeout expired
      {"HY008", failure_class::deadline},   // operation cancelled
      {"HYT01", failure_class::lost},       // connection timeout expired
      {"08", failure_class::lost},          // communication link failure and the like
      {"HY001", failure_class::exhausted},  // memory allocation error
      {"HY014", failure_class::exhausted},  // no more handles
  };
  for (const rule &r : of_drivers)
    if (sqlstate.starts_with(r.begins)) return r.what;
  if (behind == sql_dialect::mysql && native > 0) return classify_mysql(unsigned(native));
  return classify_sqlstate(sqlstate);
}

}  // namespace causeway::sql
