// PostgreSQL through SOCI, bounded by statement_timeout; and where the server does not get to say even that, by hanging
// up: tcp_user_timeout and keepalives find a network that is gone, not a server or a proxy that has stopped.
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "sql/server_connection.hpp"

namespace causeway::sql {

namespace {

// postgresql://host/pluto?x=y as key=value. What is no connection string stays as it is, for libpq to refuse.
std::string in_words(const std::string &connect) {
  if (!connect.starts_with("postgresql://") && !connect.starts_with("postgres://")) return connect;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(connect.c_str(), nullptr),
                                                                             &PQconninfoFree);
  std::string words;
  for (const auto *one = options.get(); one && one->keyword; ++one) {
    if (!one->val) continue;
    words.append(one->keyword).append("='");
    for (const char *c = one->val; *c; ++c) {
      if (*c == '\'' || *c == '\\') words += '\\';
      words += *c;
    }
    words += "' ";
  }
  return options ? words : connect;
}

// A server that cannot be reached must not hold a worker for minutes: where the site says nothing, these hold. The
// site's own words stand behind them and win.
std::string with_patience(const std::string &connect) {
  std::string words = in_words(connect);
  if (words.starts_with("postgres")) return words;
  return "connect_timeout=5 keepalives_idle=10 keepalives_interval=5 keepalives_count=3 tcp_user_timeout=30000 "
         "application_name=causeway " +
         words;
}

// libpq's words from where they speak of the server. What comes before that, or instead of it, may quote the connection
// string and with it a password.
std::string reason_of(const std::string &message) {
  const auto begin = message.find("connection to server");
  if (begin == std::string::npos) return "no connection";
  return message.substr(begin, message.find('\n', begin) - begin);
}

// SOCI keeps the type's information to itself, so UBSan could not check the cast.
[[clang::no_sanitize("vptr")]] PGconn *handle_of(soci::session &session) {
  return static_cast<soci::postgresql_session_backend *>(session.get_backend())->conn_;
}

class postgresql_connection final : public server_connection {
 public:
  postgresql_connection(std::unique_ptr<soci::session> opened, const connect_options &options, int socket)
      : server_connection(std::move(opened), options, socket) {
    // libpq writes what the server remarks to standard error, values of triggers included.
    PQsetNoticeProcessor(
        handle_of(session()), [](void *, const char *) {}, nullptr);
    begin_session(options.read_only);
  }
  ~postgresql_connection() override { end_session(); }

  void execute(std::string_view sql) override {
    try {
      session().once << std::string(sql);
    } catch (const soci::soci_error &) {
      throw failure();
    }
  }

  bool can_copy_in() const override { return true; }
  void copy_in(const std::string &statement, std::string_view rows) override {
    PGconn *const on = handle_of(session());
    take(PQexec(on, statement.c_str()), PGRES_COPY_IN);
    constexpr std::size_t at_once = 64 * 1024;
    bool sent = true;
    for (std::size_t at = 0; at < rows.size() && sent; at += at_once) {
      const auto some = rows.substr(at, at_once);
      sent = PQputCopyData(on, some.data(), int(some.size())) == 1;
    }
    if (!sent || PQputCopyEnd(on, nullptr) != 1) throw failed("none");
    take(PQgetResult(on), PGRES_COMMAND_OK);
    while (PGresult *const more = PQgetResult(on)) PQclear(more);
  }

  void begin() override { execute("BEGIN"); }

  database_failure failure() noexcept override {
    std::string state;
    try {
      throw;
    } catch (const soci::postgresql_soci_error &e) {
      state = e.sqlstate();
    } catch (const soci::soci_error &) {
      state = "none";
    }
    return failed(state);
  }

 private:
  database_failure failed(const std::string &state) noexcept {
    if (PQstatus(handle_of(session())) != CONNECTION_OK)
      return {failure_class::lost, hung_up() ? "no answer in time" : "the connection is gone"};
    return {classify_sqlstate(state), "SQLSTATE " + state};
  }

  // Throws unless it is as it should be; then the session has no result left to be fetched.
  void take(PGresult *given, ExecStatusType wanted) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(given, &PQclear);
    if (PQresultStatus(given) == wanted) return;
    const char *state = PQresultErrorField(given, PG_DIAG_SQLSTATE);
    const std::string known = state ? state : "none";
    while (PGresult *const more = PQgetResult(handle_of(session()))) PQclear(more);
    throw failed(known);
  }
};

}  // namespace

std::unique_ptr<connection> open_postgresql(const connect_options &options) {
  try {
    auto session = std::make_unique<soci::session>(*soci::factory_postgresql(), with_patience(options.connect));
    const int socket = PQsocket(handle_of(*session));
    return std::make_unique<postgresql_connection>(std::move(session), options, socket);
  } catch (const soci::soci_error &e) {
    throw database_failure{failure_class::unavailable, reason_of(e.get_error_message())};
  }
}

}  // namespace causeway::sql
