#include "sql/odbc_connect.hpp"

#include <gtest/gtest.h>

#include "sql/failure.hpp"

namespace causeway::sql {
namespace {

TEST(odbc_connect, adds_what_keeps_values_and_what_bounds_waiting) {
  EXPECT_EQ(odbc_connect_string(sql_dialect::postgresql, "DSN=cuba;PWD=x"),
            "DSN=cuba;PWD=x;LFConversion=0;UseDeclareFetch=0;Protocol=7.4-0;TextAsLongVarchar=1;CommLog=0;Debug=0;"
            "pqopt={connect_timeout=5 keepalives_idle=10 keepalives_interval=5 keepalives_count=3 "
            "tcp_user_timeout=30000 application_name=causeway}");
  EXPECT_EQ(odbc_connect_string(sql_dialect::mysql, " DSN=cuba; "),
            "DSN=cuba;CHARSET=utf8mb4;OPTION=2;CONN_TIMEOUT=5;READ_TIMEOUT=60;WRITE_TIMEOUT=60");
}

TEST(odbc_connect, leaves_to_the_site_how_long_to_wait) {
  EXPECT_EQ(odbc_connect_string(sql_dialect::mysql, "DSN=cuba;conn_timeout=9;Read_Timeout={9}; WRITE_TIMEOUT = 9"),
            "DSN=cuba;conn_timeout=9;Read_Timeout={9}; WRITE_TIMEOUT = 9;CHARSET=utf8mb4;OPTION=2");
}

TEST(odbc_connect, reads_values_in_braces) {
  for (const char *given : {"DSN=cuba;PWD={a;CHARSET=b}", "DSN=cuba;PWD={}};OPTION=1};UID=x", "PWD=a=b;DSN=cuba"})
    EXPECT_EQ(odbc_connect_string(sql_dialect::mysql, given).find(given), 0u) << given;
}

TEST(odbc_connect, refuses_what_it_cannot_read_or_must_say_itself_and_repeats_no_value) {
  struct row {
    std::string given;
    const char *why;
  };
  const row table[] = {
      {"DSN=cuba;charset=latin1", "the connection string must not set CHARSET: Causeway does"},
      {"DSN=cuba;Option=3", "the connection string must not set OPTION: Causeway does"},
      {"DSN=cuba;PWD=hush;pwd=hush", "the connection string names a key twice"},
      {"hush", "the connection string must be KEY=VALUE;KEY=VALUE"},
      {"DSN=cuba;hush;UID=x", "the connection string must be KEY=VALUE;KEY=VALUE"},
      {"DSN=cuba;PWD={hush", "the connection string has a { without its }"},
      {"DSN=cuba;PWD=" + std::string(600, 'x'),
       "the connection string is too long: it may have 527 characters; move some of it to a data source in odbc.ini"},
  };
  for (const row &r : table) {
    try {
      odbc_connect_string(sql_dialect::mysql, r.given);
      ADD_FAILURE() << r.given;
    } catch (const database_failure &failure) {
      EXPECT_EQ(failure.what, failure_class::unavailable);
      EXPECT_EQ(failure.code, r.why);
    }
  }
}

}  // namespace
}  // namespace causeway::sql
