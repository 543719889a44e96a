// PostgreSQL through SOCI, bounded by statement_timeout; and where the server does not get to say even that, by hanging
// up: tcp_user_timeout and keepalives find a network that is gone, not a server or a proxy that has stopped.
#include <algorithm>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "sql/connection.hpp"
#include "sql/session_setup.hpp"

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

class postgresql_connection final : public connection {
 public:
  postgresql_connection(std::unique_ptr<soci::session> opened, const connect_options &options)
      : connection(std::move(opened)), now_(options.now), line_(options.watch, PQsocket(handle_of(session()))) {
    line_.expect(longest_opening);
    // libpq writes what the server remarks to standard error, values of triggers included.
    PQsetNoticeProcessor(
        handle_of(session()), [](void *, const char *) {}, nullptr);
    for (const auto &statement : opening_statements(sql_dialect::postgresql, options.read_only)) execute(statement);
    line_.expect_nothing();
  }
  ~postgresql_connection() override {
    line_.expect(longest_opening);
    forget_statements();
  }

  sql_dialect dialect() const override { return sql_dialect::postgresql; }

  void execute(std::string_view sql) override {
    try {
      session().once << std::string(sql);
    } catch (const soci::soci_error &) {
      throw failure();
    }
  }

  void bound(time_point deadline) override {
    if (deadline == time_point::max()) {
      line_.expect_nothing();
    } else {
      // Later than the server's own timeout, so that it is the server that says so where it can.
      const std::int64_t left = std::clamp<std::int64_t>((deadline - now_()).count(), 1, statement_limit::longest);
      line_.expect(std::chrono::milliseconds(left * 5 / 4 + 1000));
    }
    limit_.set(deadline, now_(), [this](const std::string &sql) { execute(sql); });
  }

  void expect_answer(std::chrono::milliseconds within) override {
    if (within.count() > 0)
      line_.expect(within);
    else
      line_.expect_nothing();
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
    if (PQstatus(handle_of(session())) != CONNECTION_OK)
      return {failure_class::lost, line_.hung_up() ? "no answer in time" : "the connection is gone"};
    return {classify_sqlstate(state), "SQLSTATE " + state};
  }

 private:
  static constexpr std::chrono::milliseconds longest_opening{5000};  // or closing

  std::function<time_point()> now_;
  overdue_watch::line line_;  // gone before the session is
  statement_limit limit_{sql_dialect::postgresql};
};

}  // namespace

std::unique_ptr<connection> open_postgresql(const connect_options &options) {
  try {
    auto session = std::make_unique<soci::session>(*soci::factory_postgresql(), with_patience(options.connect));
    return std::make_unique<postgresql_connection>(std::move(session), options);
  } catch (const soci::soci_error &e) {
    throw database_failure{failure_class::unavailable, reason_of(e.get_error_message())};
  }
}

}  // namespace causeway::sql
