#include "sql/failure.hpp"

#include <gtest/gtest.h>

namespace causeway::sql {
namespace {

TEST(failure, is_classified_by_sqlstate) {
  struct row {
    const char *state;
    failure_class what;
  };
  const row table[] = {
      {"23505", failure_class::unique},    {"23503", failure_class::reference},
      {"23502", failure_class::invalid},   {"23514", failure_class::invalid},
      {"22001", failure_class::invalid},   {"22P05", failure_class::invalid},
      {"22P02", failure_class::internal},  {"40P01", failure_class::again},
      {"40001", failure_class::again},     {"55P03", failure_class::again},
      {"57014", failure_class::deadline},  {"57P01", failure_class::lost},
      {"57P02", failure_class::lost},      {"57P03", failure_class::lost},
      {"57P05", failure_class::lost},      {"25P03", failure_class::lost},
      {"40003", failure_class::internal},  {"54000", failure_class::invalid},
      {"53200", failure_class::exhausted}, {"58030", failure_class::unavailable},
      {"08006", failure_class::lost},      {"53300", failure_class::unavailable},
      {"53100", failure_class::exhausted}, {"25006", failure_class::unavailable},
      {"42P01", failure_class::internal},  {"", failure_class::internal},
      {"25P02", failure_class::internal},  {"22007", failure_class::invalid},
      {"22008", failure_class::invalid},
  };
  for (const row &r : table) EXPECT_EQ(classify_sqlstate(r.state), r.what) << r.state;
}

TEST(failure, is_classified_by_sqlites_extended_code) {
  struct row {
    int code;
    failure_class what;
  };
  const row table[] = {
      {2067, failure_class::unique},     {1555, failure_class::unique},    {787, failure_class::reference},
      {1299, failure_class::invalid},    {275, failure_class::invalid},    {3091, failure_class::invalid},
      {9, failure_class::deadline},      {5, failure_class::again},        {517, failure_class::again},
      {13, failure_class::exhausted},    {7, failure_class::exhausted},    {8, failure_class::unavailable},
      {778, failure_class::unavailable}, {14, failure_class::unavailable}, {1, failure_class::internal},
      {11, failure_class::internal},     {0, failure_class::internal},
  };
  for (const row &r : table) EXPECT_EQ(classify_sqlite(r.code), r.what) << r.code;
}

TEST(failure, is_classified_by_mariadbs_number) {
  struct row {
    unsigned code;
    failure_class what;
  };
  const row table[] = {
      {1062, failure_class::unique},      {1451, failure_class::reference}, {1406, failure_class::invalid},
      {1366, failure_class::invalid},     {4025, failure_class::invalid},   {1969, failure_class::deadline},
      {1213, failure_class::again},       {1205, failure_class::again},     {2006, failure_class::lost},
      {2013, failure_class::lost},        {1927, failure_class::lost},      {1040, failure_class::unavailable},
      {1290, failure_class::unavailable}, {1146, failure_class::internal},  {1064, failure_class::internal},
      {0, failure_class::internal},
  };
  for (const row &r : table) EXPECT_EQ(classify_mysql(r.code), r.what) << r.code;
}

// What is lost is not tried again where it may have been committed.
TEST(failure, is_classified_by_what_mariadbs_client_says_of_the_connection) {
  struct row {
    unsigned code;
    failure_class what;
  };
  const row table[] = {
      {2000, failure_class::lost},      // an error that does not say which
      {2006, failure_class::lost},      // gone before the statement
      {2008, failure_class::lost},      // no memory for the rest of an answer
      {2013, failure_class::lost},      // gone during the statement
      {2014, failure_class::lost},      // an answer was not read to its end
      {2020, failure_class::invalid},   // more than can be sent at once
      {2026, failure_class::lost},      // gone during the statement, over TLS
      {2027, failure_class::lost},      // what came is no answer
      {2055, failure_class::lost},      // gone, and how
      {2056, failure_class::lost},      // the statement went with its connection
      {5013, failure_class::lost},      // cannot be read from
      {5014, failure_class::lost},      // cannot be written to
      {5015, failure_class::lost},      // what came cannot be uncompressed
      {5026, failure_class::lost},      // an error without what it is
      {2031, failure_class::internal},  // the statement was used in a wrong way
      {2057, failure_class::internal},  // it has other columns now, and is to be prepared anew
  };
  for (const row &r : table) EXPECT_EQ(classify_mysql(r.code), r.what) << r.code;
}

TEST(failure, over_odbc_is_classified_by_what_the_driver_met_or_passes_on) {
  struct row {
    sql_dialect behind;
    const char *state;
    long native;
    failure_class what;
  };
  const row table[] = {
      {sql_dialect::postgresql, "23505", 1, failure_class::unique},
      {sql_dialect::postgresql, "57014", 1, failure_class::deadline},
      {sql_dialect::postgresql, "08S01", 35, failure_class::lost},
      {sql_dialect::postgresql, "HYT00", 0, failure_class::deadline},
      {sql_dialect::postgresql, "HY000", 1, failure_class::internal},
      {sql_dialect::mysql, "23000", 1062, failure_class::unique},  // one state for all constraints
      {sql_dialect::mysql, "23000", 1048, failure_class::invalid},
      {sql_dialect::mysql, "23000", 1452, failure_class::reference},
      {sql_dialect::mysql, "70100", 1969, failure_class::deadline},
      {sql_dialect::mysql, "HY000", 1205, failure_class::again},
      {sql_dialect::mysql, "08S01", 2013, failure_class::lost},
      {sql_dialect::mysql, "HY000", 2026, failure_class::lost},
      {sql_dialect::mysql, "22001", 0, failure_class::invalid},  // the driver's own
      {sql_dialect::mysql, "HY001", 4001, failure_class::exhausted},
      {sql_dialect::mysql, "IM002", 0, failure_class::internal},
  };
  for (const row &r : table)
    EXPECT_EQ(classify_odbc(r.behind, r.state, r.native), r.what) << r.state << " " << r.native;
}

}  // namespace
}  // namespace causeway::sql
