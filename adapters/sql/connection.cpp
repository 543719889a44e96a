// The part of a connection that all databases share: statements with their bound variables, kept as long as the
// connection.
#include "sql/connection.hpp"

#include <algorithm>
#include <charconv>
#include <soci/soci.h>
#include <utility>

#include "sql/soci_statement.hpp"

namespace causeway::sql {

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

void statement::backing::exchange_parameters(const sql_text &sql) {
  for (const std::size_t i : places_of_parameters(sql.text)) {
    input &in = inputs.at(i);
    if (sql.parameters[i] == column_family::integer) {
      statement.exchange(soci::use(in.integer, in.indicator));
    } else {
      statement.exchange(soci::use(in.text, in.indicator));
    }
  }
}

namespace {

class soci_statement final : public statement::backing {
 public:
  soci_statement(connection &owner, soci::session &session, const sql_text &sql)
      : backing(session, sql), of_(owner), outputs_(sql.columns) {
    exchange_parameters(sql);
    for (output &out : outputs_) statement.exchange(soci::into(out.text, out.indicator));
    statement.alloc();
    statement.prepare(sql.text);
    statement.define_and_bind();
  }

  std::size_t run(const std::function<void()> &row) override {
    try {
      if (columns.empty()) {
        statement.execute(true);
        return std::size_t(std::max(0LL, statement.get_affected_rows()));
      }
      std::size_t rows = 0;
      for (bool there = statement.execute(true); there; there = statement.fetch()) {
        ++rows;
        for (std::size_t i = 0; i < columns.size(); ++i)
          columns[i] = outputs_[i].indicator == soci::i_ok ? std::string_view(outputs_[i].text) : std::string_view();
        if (row) row();
      }
      return rows;
    } catch (const soci::soci_error &) {
      const auto failure = of_.failure();
      forget_parameters();
      throw database_failure(failure);
    }
  }

 private:
  struct output {
    std::string text;
    soci::indicator indicator = soci::i_null;
  };

  connection &of_;
  std::vector<output> outputs_;
};

}  // namespace

statement::statement(connection &of, std::unique_ptr<backing> made) : of_(of), backing_(std::move(made)) {}
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

void statement::send() { backing_->send(); }

std::size_t statement::run(const std::function<void()> &row) {
  try {
    return backing_->run(row);
  } catch (const database_failure &failure) {
    // This one is in use now, so it is forgotten later.
    if (failure.what == failure_class::internal) of_.suspect_ = true;
    throw;
  }
}

bool statement::is_null(std::size_t column) const { return backing_->columns[column].data() == nullptr; }
std::string_view statement::text(std::size_t column) const { return backing_->columns[column]; }

std::int64_t statement::number(std::size_t column) const {
  const std::string_view digits = text(column);
  std::int64_t n = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return n;
}

connection::connection(std::unique_ptr<soci::session> session) : session_(std::move(session)) {}
connection::~connection() { forget_statements(); }

std::unique_ptr<connection> connection::open(const connect_options &options) {
  if (options.odbc) return open_odbc(options);
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

std::unique_ptr<statement::backing> connection::make_statement(const sql_text &sql) {
  return std::make_unique<soci_statement>(*this, session(), sql);
}

statement &connection::prepared(const std::string &signature, const std::function<sql_text()> &make) {
  if (std::exchange(suspect_, false)) forget_statements();
  auto &place = statements_[signature];
  if (!place) {
    try {
      place = std::make_unique<statement>(*this, make_statement(make()));
    } catch (const soci::soci_error &) {
      throw failure();
    }
  }
  return *place;
}

namespace {

[[noreturn]] void refuse_copy() { throw database_failure{failure_class::internal, "this connection knows no COPY"}; }

}  // namespace

void connection::copy_in(const copied_rows &) { refuse_copy(); }
void connection::copy_in_transaction(std::span<const copied_rows>, const std::function<void(std::size_t)> &) {
  refuse_copy();
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
