// PostgreSQL through SOCI, bounded by statement_timeout; and where the server does not get to say even that, by hanging
// up: tcp_user_timeout and keepalives find a network that is gone, not a server or a proxy that has stopped.
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "sql/server_connection.hpp"
#include "sql/soci_statement.hpp"

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

[[clang::no_sanitize("vptr")]] std::string name_of(soci::statement &statement) {
  return static_cast<soci::postgresql_statement_backend *>(statement.get_backend())->statementName_;
}

class postgresql_connection;

// Prepared by SOCI and run without it: SOCI copies each parameter, and each column twice.
class postgresql_statement final : public statement::backing {
 public:
  postgresql_statement(postgresql_connection &of, soci::session &session, const sql_text &sql)
      : backing(session, sql), of_(of), families_(sql.parameters), places_(places_of_parameters(sql.text)) {
    statement.alloc();
    statement.prepare(sql.text);
    name_ = name_of(statement);
  }

  void send() override;
  std::size_t run(const std::function<void()> &row) override;

 private:
  // The values of the places; texts stay where they are, numbers are written into `numbers`.
  std::vector<const char *> values(std::vector<std::string> &numbers) const;

  postgresql_connection &of_;
  const std::vector<column_family> families_;
  const std::vector<std::size_t> places_;  // the parameter at each place of the text: for SOCI each is one of its own
  std::string name_;
  std::uint64_t message_ = 0;  // in which it was sent last
  std::size_t sent_ = 0;       // times, and not run
};

using answer_ptr = std::unique_ptr<PGresult, decltype(&PQclear)>;

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
  void copy_in(const copied_rows &what) override { copy_all(what.statement, {&what, 1}, {}); }

  // The server takes all statements in one message, so each round trip ends one COPY and begins the next.
  void copy_in_transaction(std::span<const copied_rows> all, const std::function<void(std::size_t)> &sent) override {
    std::string statements = "BEGIN; ";
    for (const copied_rows &one : all) statements += one.statement + "; ";
    copy_all(statements + "COMMIT", all, sent);
  }

  // The answer to a prepared statement; throws unless it has succeeded.
  answer_ptr run_prepared(const std::string &name, const std::vector<const char *> &values) {
    PGconn *const on = handle_of(session());
    return checked(
        {PQexecPrepared(on, name.c_str(), int(values.size()), values.data(), nullptr, nullptr, 0), &PQclear});
  }

  // All that is sent up to the first answer that is taken goes over together: to the server it is one transaction, and
  // one end of it is all that both wait for.
  bool can_send_ahead() const override { return true; }

  void send_prepared(const std::string &name, const std::vector<const char *> &values) {
    PGconn *const on = handle_of(session());
    if (sent_ == 0) {
      if (says_something()) execute("SELECT 1");
      if (PQenterPipelineMode(on) != 1) throw out_of_step();
      ++message_;
    }
    if (PQsendQueryPrepared(on, name.c_str(), int(values.size()), values.data(), nullptr, nullptr, 0) != 1)
      throw out_of_step();
    ++sent_;
  }

  // Which message is on its way; 0: none.
  std::uint64_t message() const { return sent_ > 0 ? message_ : 0; }

  // The answer to the first of those that were sent; throws unless it has succeeded.
  answer_ptr take_sent() {
    PGconn *const on = handle_of(session());
    if (!std::exchange(ended_, true) && PQpipelineSync(on) != 1) throw out_of_step();
    answer_ptr answer(PQgetResult(on), &PQclear);
    if (!answer || PQstatus(on) != CONNECTION_OK) throw out_of_step();
    // Nothing stands behind each answer, and the end of the message behind the last. What a server says that ends the
    // session can stand anywhere instead.
    if (answer_ptr(PQgetResult(on), &PQclear)) throw out_of_step();
    if (--sent_ == 0) end_sending();
    return checked(std::move(answer));
  }

  void forget_sent() noexcept override {
    // Lost or out of step, it says so at its next use.
    while (sent_ > 0 && !out_of_step_) {
      try {
        take_sent();
      } catch (const database_failure &failure) {
        if (failure.what == failure_class::lost) out_of_step();
      } catch (const std::exception &) {
        out_of_step();
      }
    }
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

 protected:
  std::unique_ptr<statement::backing> make_statement(const sql_text &sql) override {
    return std::make_unique<postgresql_statement>(*this, session(), sql);
  }

 private:
  // Unasked, most likely in parting: better heard now, while nothing is on its way that may have happened or not.
  bool says_something() {
    pollfd one{PQsocket(handle_of(session())), POLLIN, 0};
    return ::poll(&one, 1, 0) != 0;
  }

  answer_ptr checked(answer_ptr answer) {
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return answer;
    if (status == PGRES_PIPELINE_ABORTED) throw database_failure{failure_class::again, "behind one that failed"};
    const char *state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    throw failed(state ? state : "none");
  }

  void end_sending() {
    PGconn *const on = handle_of(session());
    const answer_ptr end(PQgetResult(on), &PQclear);
    ended_ = false;
    if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(on) != 1) throw out_of_step();
  }

  // libpq would refuse whatever comes next without looking whether the server is still there.
  database_failure out_of_step() noexcept {
    out_of_step_ = true;
    return failed("none");
  }

  database_failure failed(const std::string &state) noexcept {
    if (out_of_step_ || PQstatus(handle_of(session())) != CONNECTION_OK)
      return {failure_class::lost, hung_up() ? "no answer in time" : "the connection is gone"};
    return {classify_sqlstate(state), "SQLSTATE " + state};
  }

  // Runs statements among which there are as many COPYs. The server leaves out what comes after one that fails.
  void copy_all(const std::string &statements, std::span<const copied_rows> all,
                const std::function<void(std::size_t)> &sent) {
    PGconn *const on = handle_of(session());
    if (PQsendQuery(on, statements.c_str()) != 1) throw failed("none");
    out_of_step_ = true;  // should making rows fail
    std::size_t next = 0;
    std::optional<std::string> state;
    std::string rows;  // the first of the next, made while the server gets to asking for them
    bool more = all.front().next(rows);
    while (PGresult *const given = PQgetResult(on)) {
      const std::unique_ptr<PGresult, decltype(&PQclear)> answer(given, &PQclear);
      const auto status = PQresultStatus(given);
      if (status == PGRES_COMMAND_OK) continue;
      if (status == PGRES_COPY_IN && next < all.size() && send(on, all[next], rows, more)) {
        if (sent) sent(next);
        if (PQputCopyEnd(on, nullptr) == 1) {
          rows.clear();
          if (++next < all.size()) more = all[next].next(rows);
          continue;
        }
      }
      if (status == PGRES_COPY_IN) throw failed("none");  // the connection is gone, and there will be no other result
      const char *said = PQresultErrorField(given, PG_DIAG_SQLSTATE);
      if (!state) state = said ? said : "none";
    }
    out_of_step_ = false;
    if (state) throw failed(*state);
  }

  // These rows, and if there are more all the others.
  static bool send(PGconn *on, const copied_rows &what, std::string &rows, bool more) {
    while (PQputCopyData(on, rows.data(), int(rows.size())) == 1) {
      if (!more) return true;
      rows.clear();
      more = what.next(rows);
    }
    return false;
  }

  std::uint64_t message_ = 0;  // counts messages of several statements
  std::size_t sent_ = 0;       // statements of it, of which no answer was taken
  bool ended_ = false;         // the server has been told that it has no more
  bool out_of_step_ = false;   // it is not known any more what the next answer is to: of no use
};

std::vector<const char *> postgresql_statement::values(std::vector<std::string> &numbers) const {
  numbers.resize(places_.size());
  std::vector<const char *> all;
  all.reserve(places_.size());
  for (const std::size_t i : places_) {
    const input &in = inputs[i];
    const bool is_number = families_[i] == column_family::integer;
    if (is_number) numbers[all.size()] = std::to_string(in.integer);
    all.push_back(in.indicator != soci::i_ok ? nullptr : is_number ? numbers[all.size()].c_str() : in.text.c_str());
  }
  return all;
}

void postgresql_statement::send() {
  std::vector<std::string> numbers;
  of_.send_prepared(name_, values(numbers));
  if (message_ != of_.message()) sent_ = 0;
  message_ = of_.message();
  ++sent_;
}

std::size_t postgresql_statement::run(const std::function<void()> &row) {
  std::vector<std::string> numbers;
  const bool was_sent = sent_ > 0 && message_ == of_.message();
  if (was_sent) --sent_;
  const answer_ptr answer = was_sent ? of_.take_sent() : of_.run_prepared(name_, values(numbers));
  if (columns.empty()) return std::size_t(std::strtoull(PQcmdTuples(answer.get()), nullptr, 10));
  const int rows = PQntuples(answer.get());
  for (int r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i] = {};
      if (PQgetisnull(answer.get(), r, int(i)) == 0)
        columns[i] = {PQgetvalue(answer.get(), r, int(i)), std::size_t(PQgetlength(answer.get(), r, int(i)))};
    }
    if (row) row();
  }
  return std::size_t(rows);
}

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
