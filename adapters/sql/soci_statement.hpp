// What a statement is made of; for connections only, since it shows SOCI. SOCI binds addresses, so everything bound has
// its place before the statement is prepared.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <soci/soci.h>
#include <string>
#include <string_view>
#include <vector>

#include "sql/connection.hpp"

namespace causeway::sql {

// Which parameter stands where: 0 for :p1, in the order of the text.
std::vector<std::size_t> places_of_parameters(std::string_view text);

class statement::backing {
 public:
  backing(soci::session &session, const sql_text &sql)
      : statement(session), inputs(sql.parameters.size()), columns(sql.columns) {}
  virtual ~backing() = default;
  backing(const backing &) = delete;
  backing &operator=(const backing &) = delete;

  // As statement::send and statement::run.
  virtual void send() { throw database_failure{failure_class::internal, "this connection sends nothing ahead"}; }
  virtual std::size_t run(const std::function<void()> &row) = 0;

  struct input {
    long long integer = 0;
    std::string text;
    soci::indicator indicator = soci::i_null;
  };

  soci::statement statement;
  std::vector<input> inputs;
  std::vector<std::string_view> columns;  // of the row at hand; without data where there is null

 protected:
  // Has each parameter of the text bound, in the order in which they stand there.
  void exchange_parameters(const sql_text &sql);
  // SOCI's copies of the parameters would stay behind a failure: it frees them after success only, or here.
  void forget_parameters() {
    statement.undefine_and_bind();
    statement.define_and_bind();
  }
};

}  // namespace causeway::sql
