// MariaDB (and MySQL, as far as it speaks the same) through SOCI, bounded by max_statement_time. SOCI has no prepared
// statements here: it puts each parameter into the text with the client library's own escaping, for which the client's
// and the server's character set must be one. So the connection's is UTF-8, always.
#include <algorithm>
#include <mutex>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>

#include "sql/connection.hpp"

namespace causeway::sql {

namespace {

// A server that cannot be reached must not hold a worker for minutes: where the site says nothing, these hold.
std::string with_patience(const std::string &connect) {
  std::string all = connect + " charset=utf8mb4";
  for (const auto &[key, value] : {std::pair{"connect_timeout", "5"}, {"read_timeout", "60"}, {"write_timeout", "60"}})
    if (connect.find(key) == std::string::npos) all += " " + std::string(key) + "=" + value;
  return all;
}

class mysql_connection final : public connection {
 public:
  mysql_connection(std::unique_ptr<soci::session> opened, const connect_options &options)
      : connection(std::move(opened)), now_(options.now) {
    // Names are quoted as in standard SQL, and what a column cannot hold is refused, not cut.
    execute(
        "SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
        "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'");
    execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    execute("SET SESSION autocommit = 1, time_zone = '+00:00'");
    if (options.read_only) execute("SET SESSION TRANSACTION READ ONLY");
    // A row that somebody holds must not stop the whole batch: what waits for it is split off and tried again. And a
    // gateway that stalls within a transaction must let go, or no other could raise its fences.
    execute("SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, idle_transaction_timeout = 5");
  }
  ~mysql_connection() override { forget_statements(); }

  sql_dialect dialect() const override { return sql_dialect::mysql; }

  void execute(std::string_view sql) override {
    try {
      session().once << std::string(sql);
    } catch (const soci::soci_error &) {
      throw failure();
    }
  }

  // Setting it costs a round trip, so what is set stays while it bounds nearly as well.
  void bound(time_point deadline) override {
    if (deadline == time_point::max()) {
      if (timeout_ != 0) execute("SET SESSION max_statement_time = 0");
      timeout_ = 0;
      return;
    }
    const std::int64_t left = std::max<std::int64_t>(1, (deadline - now_()).count());
    if (timeout_ >= left && timeout_ <= left + left / 4 + 50) return;
    const std::int64_t wanted = std::min<std::int64_t>(left + left / 10 + 10, 86'400'000);
    std::string fraction = std::to_string(wanted % 1000);
    fraction.insert(0, 3 - fraction.size(), '0');
    execute("SET SESSION max_statement_time = " + std::to_string(wanted / 1000) + "." + fraction);
    timeout_ = wanted;
  }

  void begin() override { execute("START TRANSACTION"); }

  database_failure failure() noexcept override {
    unsigned code = 0;
    try {
      throw;
    } catch (const soci::mysql_soci_error &e) {
      code = e.err_num_;
    } catch (const soci::soci_error &) {
      code = 0;
    }
    const auto what = classify_mysql(code);
    if (what == failure_class::lost) return {what, "the connection is gone"};
    return {what, "MariaDB " + std::to_string(code)};
  }

 private:
  std::function<time_point()> now_;
  std::int64_t timeout_ = 0;  // as set on the server, milliseconds; 0: none
};

}  // namespace

std::unique_ptr<connection> open_mysql(const connect_options &options) {
  if (options.connect.find("charset") != std::string::npos)
    throw database_failure{failure_class::unavailable, "the connection string must not name a charset"};
  // The first of several that open at once would prepare the client library in the others' faces.
  static std::once_flag prepared;
  std::call_once(prepared, [] { mysql_library_init(0, nullptr, nullptr); });
  try {
    auto session = std::make_unique<soci::session>(*soci::factory_mysql(), with_patience(options.connect));
    return std::make_unique<mysql_connection>(std::move(session), options);
  } catch (const soci::mysql_soci_error &e) {
    throw database_failure{failure_class::unavailable, "no connection (MariaDB " + std::to_string(e.err_num_) + ")"};
  } catch (const soci::soci_error &) {
    throw database_failure{failure_class::unavailable, "no connection: the connection string cannot be read"};
  }
}

}  // namespace causeway::sql
