// What an ODBC driver leads to, through SOCI. SOCI sizes the buffer of a text by the column's length in characters and
// says nothing of what did not fit, so here it is asked to run statements and no more: rows are read piece by piece,
// each text to its end. And since a driver may translate texts on their way, each connection shows first that they come
// through as they are.
#include <algorithm>
#include <exception>
#include <iterator>
#include <mutex>
#include <soci/odbc/soci-odbc.h>
#include <utility>

#include "sql/odbc_connect.hpp"
#include "sql/server_connection.hpp"
#include "sql/soci_statement.hpp"

namespace causeway::sql {

namespace {

// What went wrong at this handle last, by its codes.
struct diagnosis {
  std::string state = "none";
  SQLINTEGER native = 0;
};

diagnosis diagnose(SQLSMALLINT type, SQLHANDLE handle) {
  diagnosis found;
  SQLCHAR state[SQL_SQLSTATE_SIZE + 1] = {};
  SQLSMALLINT length = 0;
  // Without room for the message: SOCI loses the code where the message is long.
  if (SQL_SUCCEEDED(SQLGetDiagRec(type, handle, 1, state, &found.native, nullptr, 0, &length)))
    found.state.assign(std::begin(state), std::begin(state) + SQL_SQLSTATE_SIZE);
  return found;
}

database_failure failure_of(sql_dialect behind, const diagnosis &found) {
  const auto what = classify_odbc(behind, found.state, found.native);
  if (what == failure_class::lost) return {what, "the connection is gone"};
  const bool by_number = behind == sql_dialect::mysql && found.native != 0;
  return {what, by_number ? "MariaDB " + std::to_string(found.native) : "SQLSTATE " + found.state};
}

// SOCI keeps the types' information to itself, so UBSan could not check the casts.
[[clang::no_sanitize("vptr")]] SQLHDBC handle_of(soci::session &session) {
  return static_cast<soci::odbc_session_backend *>(session.get_backend())->hdbc_;
}
[[clang::no_sanitize("vptr")]] SQLHSTMT handle_of(soci::statement &statement) {
  return static_cast<soci::odbc_statement_backend *>(statement.get_backend())->hstmt_;
}

class handle {
 public:
  handle(SQLSMALLINT type, SQLHANDLE of) : type_(type) { SQLAllocHandle(type, of, &handle_); }
  ~handle() {
    if (handle_ != SQL_NULL_HANDLE) SQLFreeHandle(type_, handle_);
  }
  handle(const handle &) = delete;
  handle &operator=(const handle &) = delete;
  SQLHANDLE get() const { return handle_; }

 private:
  const SQLSMALLINT type_;
  SQLHANDLE handle_ = SQL_NULL_HANDLE;
};

class odbc_connection final : public server_connection {
 public:
  odbc_connection(std::unique_ptr<soci::session> opened, const connect_options &options)
      : server_connection(std::move(opened), options, -1) {
    check_product();
    begin_session(options.read_only);
    check_texts();
  }
  ~odbc_connection() override {
    end_session();
    // A session cannot be ended within a transaction, and SOCI's would throw out of its destructor.
    rollback();
  }

  void execute(std::string_view sql) override {
    const handle once(SQL_HANDLE_STMT, handle_of(session()));
    std::string text(sql);
    const SQLRETURN code =
        SQLExecDirect(once.get(), reinterpret_cast<SQLCHAR *>(text.data()), static_cast<SQLINTEGER>(text.size()));
    if (soci::is_odbc_error(code)) throw failure_at(once.get());
  }

  void begin() override { execute(dialect() == sql_dialect::mysql ? "START TRANSACTION" : "BEGIN"); }

  database_failure failure() noexcept override {
    diagnosis found;
    try {
      throw;
    } catch (const soci::odbc_soci_error &e) {
      found.state = reinterpret_cast<const char *>(e.odbc_error_code());
      found.native = e.native_error_code();
    } catch (const soci::soci_error &) {
      found.state = "none";
    }
    return unless_gone(failure_of(dialect(), found));
  }

  // What the last call with this statement said.
  database_failure failure_at(SQLHSTMT statement) {
    return unless_gone(failure_of(dialect(), diagnose(SQL_HANDLE_STMT, statement)));
  }

 protected:
  std::unique_ptr<statement::backing> make_statement(const sql_text &sql) override;

 private:
  // Drivers have several codes for a connection that broke, and some none.
  database_failure unless_gone(database_failure failure) {
    SQLUINTEGER dead = SQL_CD_FALSE;
    const SQLRETURN code =
        SQLGetConnectAttr(handle_of(session()), SQL_ATTR_CONNECTION_DEAD, &dead, sizeof dead, nullptr);
    if (SQL_SUCCEEDED(code) && dead == SQL_CD_TRUE) return {failure_class::lost, "the connection is gone"};
    return failure;
  }

  void check_product() {
    char name[128] = {};
    SQLSMALLINT length = 0;
    SQLGetInfo(handle_of(session()), SQL_DBMS_NAME, name, sizeof name, &length);
    const std::string product = name;
    const bool right =
        dialect() == sql_dialect::mysql ? product == "MariaDB" || product == "MySQL" : product == "PostgreSQL";
    if (!right)
      throw database_failure{failure_class::unavailable, "behind the ODBC driver is not what `dialect:` says, but " +
                                                             (product.empty() ? "something unnamed" : product)};
  }

  // Asks for texts that the server makes, and sends them back for it to compare. Beyond what Latin alphabets share only
  // where the database can hold it.
  void check_texts() {
    const bool mysql = dialect() == sql_dialect::mysql;
    const auto carried = [this](const std::string &made, const std::string &in_utf8) {
      std::string read;
      statement &ask = prepared("made " + made, [&] { return sql_text{"SELECT " + made, {}, 1}; });
      ask.run([&] { read = ask.text(0); });
      std::string same;
      statement &tell = prepared("told " + made, [&] {
        return sql_text{"SELECT CASE WHEN CAST(:p1 AS " +
                            std::string(dialect() == sql_dialect::mysql ? "char" : "text") + ") = " + made +
                            " THEN 1 ELSE 0 END",
                        {column_family::text},
                        1};
      });
      tell.bind(0, in_utf8);
      tell.run([&] { same = tell.text(0); });
      return read == in_utf8 && same == "1";
    };
    bool good = true;
    if (mysql) {
      good = carried("CONVERT(x'C3A90D0AF09F9880' USING utf8mb4)", "\xC3\xA9\r\n\xF0\x9F\x98\x80");
    } else {
      std::string holds;
      statement &ask = prepared("encoding", [] { return sql_text{"SHOW server_encoding", {}, 1}; });
      ask.run([&] { holds = ask.text(0); });
      if (holds == "UTF8")
        good = carried("chr(233) || chr(13) || chr(10) || chr(128512)", "\xC3\xA9\r\n\xF0\x9F\x98\x80");
      if (holds == "WIN1252" || holds == "LATIN1" || holds == "LATIN9")
        good = carried("chr(233) || chr(13) || chr(10)", "\xC3\xA9\r\n");
    }
    if (!good)
      throw database_failure{failure_class::unavailable, "the ODBC driver changes texts on their way; another may not"};
    forget_statements();
  }
};

class odbc_statement final : public statement::backing {
 public:
  odbc_statement(odbc_connection &owner, soci::session &session, const sql_text &sql)
      : backing(session, sql), of_(owner), texts_(sql.columns) {
    exchange_parameters(sql);
    statement.alloc();
    try {
      statement.prepare(with_question_marks(sql.text));
    } catch (const std::exception &) {
      throw of_.failure_at(handle_of(statement));
    }
    statement.define_and_bind();
  }

  std::size_t run(const std::function<void()> &row) override {
    const SQLHSTMT handle = handle_of(statement);
    try {
      statement.execute(false);
    } catch (const std::exception &) {
      // Putting its error into words, SOCI looks for the parameters' names, and throws another for want of them.
      const auto failure = of_.failure_at(handle);
      forget_parameters();
      throw database_failure(failure);
    }
    if (columns.empty()) return std::size_t(std::max(0LL, statement.get_affected_rows()));
    std::size_t rows = 0;
    try {
      for (; fetched(handle); ++rows)
        if (row) row();
    } catch (const database_failure &) {
      SQLFreeStmt(handle, SQL_CLOSE);
      throw;
    }
    SQLFreeStmt(handle, SQL_CLOSE);
    return rows;
  }

 private:
  // SOCI's own way to find parameters is led astray by a # in a name.
  static std::string with_question_marks(const std::string &text) {
    std::string all;
    for (std::size_t at = 0; at < text.size();) {
      if (text.compare(at, 2, ":p") != 0 || at + 2 == text.size() || text[at + 2] < '0' || text[at + 2] > '9') {
        all += text[at++];
        continue;
      }
      all += '?';
      at = text.find_first_not_of("0123456789", at + 2);
      if (at == std::string::npos) break;
    }
    return all;
  }

  bool fetched(SQLHSTMT handle) {
    const SQLRETURN code = SQLFetch(handle);
    if (code == SQL_NO_DATA) return false;
    if (soci::is_odbc_error(code)) throw of_.failure_at(handle);
    for (std::size_t i = 0; i < columns.size(); ++i)
      columns[i] = read(handle, SQLUSMALLINT(i + 1), texts_[i]) ? std::string_view(texts_[i]) : std::string_view();
    return true;
  }

  // False: it is null.
  bool read(SQLHSTMT handle, SQLUSMALLINT column, std::string &into) {
    into.clear();
    char part[4096];
    while (true) {
      SQLLEN left = 0;  // before this part
      const SQLRETURN code = SQLGetData(handle, column, SQL_C_CHAR, part, sizeof part, &left);
      if (code == SQL_NO_DATA) return true;
      if (soci::is_odbc_error(code)) throw of_.failure_at(handle);
      if (left == SQL_NULL_DATA) return false;
      // The last byte of a part that is not the last is its end mark.
      const bool whole = left != SQL_NO_TOTAL && left < SQLLEN(sizeof part);
      into.append(part, whole ? std::size_t(left) : sizeof part - 1);
      if (whole) return true;
    }
  }

  odbc_connection &of_;
  std::vector<std::string> texts_;  // of the row at hand
};

std::unique_ptr<statement::backing> odbc_connection::make_statement(const sql_text &sql) {
  return std::make_unique<odbc_statement>(*this, session(), sql);
}

// Of an attempt to connect; the driver's own words may quote the connection string, and with it a password.
std::string reason_of(const std::string &state) {
  if (state == "01000" || state == "IM003") return "the ODBC driver cannot be loaded: is its package installed?";
  if (state == "IM002") return "the connection string names no ODBC driver and no data source that is known";
  if (state.starts_with("28")) return "the database does not take this user or password";
  return "no connection (SQLSTATE " + state + ")";
}

// Connects and goes again. SOCI leaves its handles behind where it cannot connect, and while a database is away that
// would add up.
void try_to_connect(std::string connect) {
  const handle environment(SQL_HANDLE_ENV, SQL_NULL_HANDLE);
  SQLSetEnvAttr(environment.get(), SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
  const handle trial(SQL_HANDLE_DBC, environment.get());
  SQLSMALLINT length = 0;
  const SQLRETURN code = SQLDriverConnect(trial.get(), nullptr, reinterpret_cast<SQLCHAR *>(connect.data()),
                                          SQLSMALLINT(connect.size()), nullptr, 0, &length, SQL_DRIVER_NOPROMPT);
  if (!SQL_SUCCEEDED(code))
    throw database_failure{failure_class::unavailable, reason_of(diagnose(SQL_HANDLE_DBC, trial.get()).state)};
  SQLDisconnect(trial.get());
}

// Drivers set the process's locale for a moment while they connect, so one at a time.
std::mutex connecting;

}  // namespace

std::unique_ptr<connection> open_odbc(const connect_options &options) {
  const std::string connect = odbc_connect_string(options.dialect, options.connect);
  std::unique_ptr<soci::session> session;
  try {
    const std::lock_guard lock(connecting);
    try_to_connect(connect);
    soci::connection_parameters how(*soci::factory_odbc(), connect);
    how.set_option(soci::odbc_option_driver_complete, std::to_string(SQL_DRIVER_NOPROMPT));
    session = std::make_unique<soci::session>(how);
  } catch (const soci::soci_error &) {
    throw database_failure{failure_class::unavailable, "no connection"};
  }
  return std::make_unique<odbc_connection>(std::move(session), options);
}

}  // namespace causeway::sql
