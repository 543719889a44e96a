// The part of a connection that both databases share: statements with their bound variables, kept as long as the
// connection. SOCI binds addresses, so everything bound has its place before the statement is prepared.
#include "sql/connection.hpp"

#include <algorithm>
#include <soci/soci.h>
#include <utility>

namespace causeway::sql {

namespace {

// Which parameter stands where: 0 for :p1, in the order of the text.
std::vector<std::size_t> places_of_parameters(std::string_view text) {
  std::vector<std::size_t> places;
  for (auto at = text.find(":p"); at != std::string_view::npos; at = text.find(":p", at + 1)) {
    std::size_t number = 0;
    for (auto digit = at + 2; digit < text.size() && text[digit] >= '0' && text[digit] <= '9'; ++digit)
      number = number * 10 + std::size_t(text[digit] - '0');
    if (number > 0) places.push_back(number - 1);
  }
  return places;
}

}  // namespace

class statement::backing {
 public:
  backing(connection &owner, soci::session &session, const sql_text &sql)
      : of(owner), statement(session), inputs(sql.parameters.size()), outputs(sql.columns) {
    for (const std::size_t i : places_of_parameters(sql.text)) {
      input &in = inputs.at(i);
      if (sql.parameters[i] == column_family::integer) {
        statement.exchange(soci::use(in.integer, in.indicator));
      } else {
        statement.exchange(soci::use(in.text, in.indicator));
      }
    }
    for (output &out : outputs) statement.exchange(soci::into(out.text, out.indicator));
    statement.alloc();
    statement.prepare(sql.text);
    statement.define_and_bind();
  }

  struct input {
    long long integer = 0;
    std::string text;
    soci::indicator indicator = soci::i_null;
  };
  struct output {
    std::string text;
    soci::indicator indicator = soci::i_null;
  };

  connection &of;
  soci::statement statement;
  std::vector<input> inputs;
  std::vector<output> outputs;
};

statement::statement(std::unique_ptr<backing> made) : backing_(std::move(made)) {}
statement::~statement() = default;

void statement::bind(std::size_t at, const cell &c) {
  backing::input &in = backing_->inputs[at];
  if (std::holds_alternative<std::monostate>(c)) {
    in.indicator = soci::i_null;
    return;
  }
  in.indicator = soci::i_ok;
  if (const auto *number = std::get_if<std::int64_t>(&c)) {
    in.integer = *number;
  } else {
    in.text = std::get<std::string>(c);
  }
}

std::size_t statement::run(const std::function<void()> &row) {
  try {
    soci::statement &s = backing_->statement;
    if (backing_->outputs.empty()) {
      s.execute(true);
      return std::size_t(std::max(0LL, s.get_affected_rows()));
    }
    std::size_t rows = 0;
    for (bool there = s.execute(true); there; there = s.fetch()) {
      ++rows;
      if (row) row();
    }
    return rows;
  } catch (const soci::soci_error &) {
    const auto failure = backing_->of.failure();
    // SOCI's copies of the parameters would stay behind: it frees them after success only, or here.
    backing_->statement.undefine_and_bind();
    backing_->statement.define_and_bind();
    // This one is in use now, so it is forgotten later.
    if (failure.what == failure_class::internal) backing_->of.suspect_ = true;
    throw database_failure(failure);
  }
}

bool statement::is_null(std::size_t column) const { return backing_->outputs[column].indicator != soci::i_ok; }
const std::string &statement::text(std::size_t column) const { return backing_->outputs[column].text; }

connection::connection(std::unique_ptr<soci::session> session) : session_(std::move(session)) {}
connection::~connection() { forget_statements(); }

std::unique_ptr<connection> connection::open(const connect_options &options) {
  switch (options.dialect) {
    case sql_dialect::postgresql:
      return open_postgresql(options);
    case sql_dialect::mysql:
      return open_mysql(options);
    case sql_dialect::sqlite3:
      break;
  }
  return open_sqlite(options);
}

statement &connection::prepared(const std::string &signature, const std::function<sql_text()> &make) {
  if (std::exchange(suspect_, false)) forget_statements();
  auto &place = statements_[signature];
  if (!place) {
    try {
      place = std::make_unique<statement>(std::make_unique<statement::backing>(*this, session(), make()));
    } catch (const soci::soci_error &) {
      throw failure();
    }
  }
  return *place;
}

void connection::rollback() noexcept {
  try {
    execute("ROLLBACK");
  } catch (const database_failure &) {
    // SQLite has rolled back by itself after some errors and refuses; a lost PostgreSQL connection rolls back too.
    return;
  }
}

}  // namespace causeway::sql
