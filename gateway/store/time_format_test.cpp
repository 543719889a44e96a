#include "store/time_format.hpp"

#include <gtest/gtest.h>

namespace causeway {
namespace {

TEST(time_format, writes_and_reads_back) {
  struct row {
    std::string_view format;
    field_type type;
    std::string_view iso, stored;
  };
  const row table[] = {
      {"", field_type::date, "2026-11-21", "2026-11-21"},
      {"DD-MON-YYYY", field_type::date, "2026-11-21", "21-NOV-2026"},
      {"DD-MON-YYYY", field_type::date, "2024-02-29", "29-FEB-2024"},
      {"DD/MM/YYYY", field_type::date, "0001-01-31", "31/01/0001"},
      {"YYYYMMDD", field_type::date, "9999-12-31", "99991231"},
      {"DD-MON-RR", field_type::date, "1950-01-01", "01-JAN-50"},
      {"RRMMDD", field_type::date, "2000-02-29", "000229"},
      {"RRMMDDHH24MISS", field_type::timestamp, "2049-12-31T23:59:59.000Z", "491231235959"},
      {"", field_type::timestamp, "2026-11-21T09:15:00.007Z", "2026-11-21T09:15:00.007Z"},
      {"YYYYMMDDHH24MISSFF3", field_type::timestamp, "2026-11-21T23:59:59.999Z", "20261121235959999"},
      {"DD-MON-YYYY HH24:MI:SS", field_type::timestamp, "2026-05-01T00:00:00.000Z", "01-MAY-2026 00:00:00"},
      {"at HH24h on DD.MM.YYYY, MI SS", field_type::timestamp, "2026-05-01T07:08:09.000Z",
       "at 07h on 01.05.2026, 08 09"},
  };
  for (const row &r : table) {
    const auto format = time_format::compile(r.format, r.type);
    ASSERT_TRUE(format) << r.format << ": " << format.why().detail;
    EXPECT_EQ(format->to_stored(r.iso), r.stored) << r.format;
    EXPECT_EQ(format->from_stored(r.stored), r.iso) << r.format;
  }
}

TEST(time_format, refuses_what_could_not_be_read_back) {
  struct row {
    std::string_view format;
    field_type type;
    std::string_view detail;
  };
  const row table[] = {
      {"DD-MM", field_type::date, "the format lacks the year, YYYY or RR"},
      {"DD-YYYY", field_type::date, "the format lacks the month, MM or MON"},
      {"MM-YYYY", field_type::date, "the format lacks the day, DD"},
      {"YYYY-MM-DD RR", field_type::date, "the format has both YYYY and RR"},
      {"YYYY-MM-DD DD", field_type::date, "the format has DD twice"},
      {"YYYY-MM-MON-DD", field_type::date, "the format has both MM and MON"},
      {"YYYY-MM-DD HH24", field_type::date, "a date's format has no time of day (HH24, MI, SS, FF3)"},
      {"YYYY-MM-DD", field_type::timestamp, "the format lacks the hour, HH24"},
      {"YYYY-MM-DD HH24", field_type::timestamp, "the format lacks the minute, MI"},
      {"YYYY-MM-DD HH24:MI", field_type::timestamp, "the format lacks the second, SS"},
      {"YYYY-MM-DD", field_type::text, "only a date or a timestamp has a format, not text"},
  };
  for (const row &r : table) {
    const auto format = time_format::compile(r.format, r.type);
    ASSERT_FALSE(format) << r.format;
    EXPECT_EQ(format.why().detail, r.detail);
  }
}

TEST(time_format, has_no_answer_for_other_text) {
  const auto date = time_format::compile("DD-MON-YYYY", field_type::date);
  ASSERT_TRUE(date);
  for (const char *iso : {"", "2026-02-30", "2026-13-01", "2026-00-10", "26-11-21", "2026-11-21T00:00:00.000Z",
                          "2026-11-21 ", "2026/11/21"})
    EXPECT_EQ(date->to_stored(iso), std::nullopt) << iso;
  for (const char *stored :
       {"", "30-FEB-2026", "21-nov-2026", "21-NOW-2026", "21-NOV-26", "21-NOV-2026 ", "21 NOV 2026"})
    EXPECT_EQ(date->from_stored(stored), std::nullopt) << stored;

  const auto two_digits = time_format::compile("DD-MON-RR", field_type::date);
  ASSERT_TRUE(two_digits);
  for (const char *iso : {"1949-12-31", "2050-01-01", "0026-11-21"})
    EXPECT_EQ(two_digits->to_stored(iso), std::nullopt) << iso;

  const auto time = time_format::compile("YYYYMMDDHH24MISSFF3", field_type::timestamp);
  ASSERT_TRUE(time);
  for (const char *iso : {"2026-11-21", "2026-11-21T24:00:00.000Z", "2026-11-21T09:60:00.000Z",
                          "2026-11-21T09:15:60.000Z", "2026-11-21T09:15:00Z", "2026-11-21T09:15:00.000+01:00"})
    EXPECT_EQ(time->to_stored(iso), std::nullopt) << iso;
  for (const char *stored : {"2026112109150000", "202611210915000000", "20261121091500 00", "20261121241500000"})
    EXPECT_EQ(time->from_stored(stored), std::nullopt) << stored;
}

TEST(time_format, without_milliseconds_keeps_whole_seconds) {
  const auto format = time_format::compile("YYYYMMDDHH24MISS", field_type::timestamp);
  ASSERT_TRUE(format);
  EXPECT_EQ(format->to_stored("2026-11-21T09:15:07.999Z"), "20261121091507");
  EXPECT_EQ(format->from_stored("20261121091507"), "2026-11-21T09:15:07.000Z");
}

}  // namespace
}  // namespace causeway
