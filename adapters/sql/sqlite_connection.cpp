// SQLite through SOCI: opened in WAL with full synchronisation, bounded by a progress handler. The only file that sees
// SOCI's SQLite header, which has its own copy of sqlite3.h inside a namespace.
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/connection.hpp"
#include "sql/soci_statement.hpp"

namespace causeway::sql {

namespace {

// SOCI keeps the type's information to itself, so UBSan could not check the cast.
[[clang::no_sanitize("vptr")]] sqlite_api::sqlite3 *handle_of(soci::session &session) {
  return static_cast<soci::sqlite3_session_backend *>(session.get_backend())->conn_;
}

[[clang::no_sanitize("vptr")]] sqlite_api::sqlite3_stmt *prepared_of(soci::statement &statement) {
  return static_cast<soci::sqlite3_statement_backend *>(statement.get_backend())->stmt_;
}

// Prepared by SOCI and stepped through without it: SOCI takes all rows into a cache of its own, and a request's rows
// are read once.
class sqlite_statement final : public statement::backing {
 public:
  sqlite_statement(connection &of, soci::session &session, const sql_text &sql)
      : backing(session, sql), of_(of), handle_(handle_of(session)), families_(sql.parameters) {
    statement.alloc();
    statement.prepare(sql.text);
    prepared_ = prepared_of(statement);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      places_.push_back(sqlite_api::sqlite3_bind_parameter_index(prepared_, (":p" + std::to_string(i + 1)).c_str()));
  }

  std::size_t run(const std::function<void()> &row) override {
    const whole_run to_its_end{prepared_};
    bind_parameters();
    std::size_t rows = 0;
    int code = SQLITE_OK;
    while ((code = sqlite_api::sqlite3_step(prepared_)) == SQLITE_ROW && take_row()) {
      ++rows;
      if (row) row();
    }
    if (code != SQLITE_DONE) throw database_failure(of_.failure());
    return columns.empty() ? std::size_t(sqlite_api::sqlite3_changes(handle_)) : rows;
  }

 private:
  // Whichever way it ends: a statement that was left in the middle would take no new parameters, and go on with the
  // old.
  struct whole_run {
    sqlite_api::sqlite3_stmt *of;
    ~whole_run() { sqlite_api::sqlite3_reset(of); }
  };

  // The texts stay where they are until the statement has run.
  void bind_parameters() {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      // 0: the text has no use for it.
      if (places_[i] != 0 && bind(inputs[i], families_[i], places_[i]) != SQLITE_OK)
        throw database_failure(of_.failure());
  }

  int bind(const input &in, column_family family, int place) {
    if (in.indicator != soci::i_ok) return sqlite_api::sqlite3_bind_null(prepared_, place);
    if (family == column_family::integer) return sqlite_api::sqlite3_bind_int64(prepared_, place, in.integer);
    return sqlite_api::sqlite3_bind_text(prepared_, place, in.text.data(), int(in.text.size()), nullptr);
  }

  // False: there was no memory for it.
  bool take_row() {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto *text = reinterpret_cast<const char *>(sqlite_api::sqlite3_column_text(prepared_, int(i)));
      if (!text && sqlite_api::sqlite3_column_type(prepared_, int(i)) != SQLITE_NULL) return false;
      columns[i] = {text, text ? std::size_t(sqlite_api::sqlite3_column_bytes(prepared_, int(i))) : 0};
    }
    return true;
  }

  connection &of_;
  sqlite_api::sqlite3 *const handle_;
  const std::vector<column_family> families_;
  sqlite_api::sqlite3_stmt *prepared_ = nullptr;
  std::vector<int> places_;
};

class sqlite_connection final : public connection {
 public:
  sqlite_connection(std::unique_ptr<soci::session> opened, const connect_options &options)
      : connection(std::move(opened)), now_(options.now) {
    handle_ = handle_of(session());
    sqlite_api::sqlite3_extended_result_codes(handle_, 1);
    sqlite_api::sqlite3_busy_timeout(handle_, longest_busy);
    if (options.read_only) {
      execute("PRAGMA query_only = ON");
    } else {
      execute("PRAGMA journal_mode = WAL");
      execute("PRAGMA synchronous = FULL");
      execute("PRAGMA foreign_keys = ON");
    }
    // Its cache of pages stays as small as SQLite makes it: one of 16 MiB for each connection was slower, though it
    // asked the system for fewer pages, because the processor's caches then held less of it.
    sqlite_api::sqlite3_progress_handler(handle_, 4000, &sqlite_connection::past_deadline, this);
  }
  ~sqlite_connection() override { forget_statements(); }

  sql_dialect dialect() const override { return sql_dialect::sqlite3; }

  void execute(std::string_view sql) override {
    const std::string text(sql);
    if (sqlite_api::sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) throw failure();
  }

  void bound(time_point deadline) override {
    deadline_ = deadline;
    const auto left = deadline == time_point::max() ? longest_busy : (deadline - now_()).count();
    sqlite_api::sqlite3_busy_timeout(handle_, int(std::clamp<std::int64_t>(left, 1, longest_busy)));
  }

  // Each read by itself would lock and unlock the file.
  void begin_reads() override { execute("BEGIN"); }
  // Some errors have ended it already.
  void end_reads() noexcept override { sqlite_api::sqlite3_exec(handle_, "COMMIT", nullptr, nullptr, nullptr); }

  // At once the writer: a deferred transaction could find at its first write that its snapshot is old.
  void begin() override { execute("BEGIN IMMEDIATE"); }

  database_failure failure() noexcept override {
    const int code = sqlite_api::sqlite3_extended_errcode(handle_);
    return {classify_sqlite(code), "SQLite " + std::to_string(code)};
  }

 protected:
  std::unique_ptr<statement::backing> make_statement(const sql_text &sql) override {
    return std::make_unique<sqlite_statement>(*this, session(), sql);
  }

 private:
  // Milliseconds that other programs may hold the file (a backup, a shell); within the gateway there is one writer.
  static constexpr int longest_busy = 2000;

  static int past_deadline(void *self) {
    auto *mine = static_cast<sqlite_connection *>(self);
    return mine->deadline_ != time_point::max() && mine->now_() > mine->deadline_ ? 1 : 0;
  }

  sqlite_api::sqlite3 *handle_ = nullptr;
  std::function<time_point()> now_;
  time_point deadline_ = time_point::max();
};

// What stands in it is its owner's alone; SQLite gives the files that it keeps beside it the same rights. One that
// stands keeps the rights that it has.
void make_file(const std::string &path) {
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (made >= 0) ::close(made);
}

}  // namespace

std::unique_ptr<connection> open_sqlite(const connect_options &options) {
  std::error_code error;
  if (!std::filesystem::exists(options.connect, error)) {
    if (!options.create) throw database_failure{failure_class::unavailable, "the file is not there"};
    make_file(options.connect);
  }
  // Each connection is one thread's, so SQLite need not lock it at every call. It is too late for that only where
  // somebody else in the process has used SQLite before.
  static std::once_flag configured;
  std::call_once(configured, [] {
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    // Nobody asks how much it holds, and counting takes a lock for every piece of memory.
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  });
  try {
    auto session = std::make_unique<soci::session>(*soci::factory_sqlite3(), "dbname=\"" + options.connect + "\"");
    return std::make_unique<sqlite_connection>(std::move(session), options);
  } catch (const soci::soci_error &) {
    throw database_failure{failure_class::unavailable, "the file cannot be opened"};
  }
}

}  // namespace causeway::sql
