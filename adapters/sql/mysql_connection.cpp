// MariaDB (and MySQL, as far as it speaks the same) through SOCI, bounded by max_statement_time, and by hanging up
// where the server does not get to say even that. SOCI has no prepared statements here: it puts each parameter into the
// text with the client library's own escaping, for which the client's and the server's character set must be one. So
// the connection's is UTF-8, always.
#include <mutex>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>

#include "sql/server_connection.hpp"

namespace causeway::sql {

namespace {

// A server that cannot be reached must not hold a worker for minutes: where the site says nothing, these hold.
std::string with_patience(const std::string &connect) {
  std::string all = connect + " charset=utf8mb4";
  for (const auto &[key, value] : {std::pair{"connect_timeout", "5"}, {"read_timeout", "60"}, {"write_timeout", "60"}})
    if (connect.find(key) == std::string::npos) all += " " + std::string(key) + "=" + value;
  return all;
}

// SOCI keeps the type's information to itself, so UBSan could not check the cast.
[[clang::no_sanitize("vptr")]] int socket_of(soci::session &session) {
  return int(mysql_get_socket(static_cast<soci::mysql_session_backend *>(session.get_backend())->conn_));
}

class mysql_connection final : public server_connection {
 public:
  mysql_connection(std::unique_ptr<soci::session> opened, const connect_options &options, int socket)
      : server_connection(std::move(opened), options, socket) {
    begin_session(options.read_only);
  }
  ~mysql_connection() override { end_session(); }

  void execute(std::string_view sql) override {
    try {
      session().once << std::string(sql);
    } catch (const soci::soci_error &) {
      throw failure();
    }
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
    if (what == failure_class::lost) return {what, hung_up() ? "no answer in time" : "the connection is gone"};
    return {what, "MariaDB " + std::to_string(code)};
  }
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
    const int socket = socket_of(*session);
    return std::make_unique<mysql_connection>(std::move(session), options, socket);
  } catch (const soci::mysql_soci_error &e) {
    throw database_failure{failure_class::unavailable, "no connection (MariaDB " + std::to_string(e.err_num_) + ")"};
  } catch (const soci::soci_error &) {
    throw database_failure{failure_class::unavailable, "no connection: the connection string cannot be read"};
  }
}

}  // namespace causeway::sql
