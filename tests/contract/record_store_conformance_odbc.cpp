// What is particular to a store that is reached through an ODBC driver.
#include <algorithm>

#include "tests/contract/record_store_conformance.hpp"

// PostgreSQL's driver forgets the 336 bytes of a result when it finds its connection ended.
extern "C" const char *__lsan_default_suppressions() { return "leak:psqlodbc\n"; }

namespace causeway::testing {
namespace {

class odbc_store : public any_store {
 protected:
  // Why such a store cannot be opened.
  std::string refusal(sql_dialect dialect, const std::string &connect) {
    auto options = sql_options();
    options.dialect = dialect;
    options.connect = connect;
    sql_store refused(options);
    const auto prepared = refused.prepare(wall_clock() + std::chrono::milliseconds(500));
    return is_fault(prepared, outcome::unavailable) ? prepared.why().detail : "it was opened";
  }
};

class over_odbc_to_postgresql : public odbc_store {};
class over_odbc_to_mariadb : public odbc_store {};

TEST_P(over_odbc_to_postgresql, says_why_it_cannot_connect_and_repeats_no_password) {
  struct row {
    const char *connect, *why;
  };
  const row table[] = {
      {"Driver={Nobody's};Uid=x;Pwd=hush", "the ODBC driver cannot be loaded: is its package installed?"},
      {"DSN=nowhere;Uid=x;Pwd=hush", "the connection string names no ODBC driver and no data source that is known"},
      {"Driver={PostgreSQL Unicode};Server=/nowhere;Database=hush;Uid=x;Pwd=hush", "no connection (SQLSTATE 08001)"},
      {"Pwd=hush;hush", "the connection string must be KEY=VALUE;KEY=VALUE"},
      {"Driver={PostgreSQL Unicode};Pwd=hush;LFConversion=1",
       "the connection string must not set LFConversion: Causeway does"},
  };
  for (const row &r : table)
    EXPECT_EQ(refusal(sql_dialect::postgresql, r.connect), std::string("store test: ") + r.why) << r.connect;
  for (const auto &line : log_.lines()) EXPECT_EQ(line.find("hush"), std::string::npos) << line;
}

TEST_P(odbc_store, refuses_another_database_than_is_said_to_stand_behind) {
  const bool postgresql = dialect() == sql_dialect::postgresql;
  EXPECT_EQ(refusal(postgresql ? sql_dialect::mysql : sql_dialect::postgresql, database_->odbc_connect()),
            std::string("store test: behind the ODBC driver is not what `dialect:` says, but ") +
                (postgresql ? "PostgreSQL" : "MariaDB"));
}

TEST_P(over_odbc_to_mariadb, refuses_a_driver_that_changes_texts) {
  EXPECT_EQ(refusal(dialect(), database_->odbc_connect() + ";INITSTMT={SET NAMES latin1}"),
            "store test: the ODBC driver changes texts on their way; another may not");
}

INSTANTIATE_TEST_SUITE_P(store, over_odbc_to_postgresql, ::testing::Values(implementation::odbc_postgresql), name_of);
INSTANTIATE_TEST_SUITE_P(store, over_odbc_to_mariadb, ::testing::Values(implementation::odbc_mysql), name_of);
INSTANTIATE_TEST_SUITE_P(over, odbc_store,
                         ::testing::Values(implementation::odbc_postgresql, implementation::odbc_mysql), name_of);

}  // namespace
}  // namespace causeway::testing
