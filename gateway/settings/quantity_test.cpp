#include "settings/quantity.hpp"

#include <gtest/gtest.h>

#include "runtime/suggestion.hpp"

namespace causeway {
namespace {

using std::chrono::milliseconds;

TEST(quantity, whole_numbers_are_decimal_and_without_leading_zeros) {
  EXPECT_EQ(parse_whole_number("0"), 0);
  EXPECT_EQ(parse_whole_number("-12"), -12);
  EXPECT_EQ(parse_whole_number("9223372036854775807"), INT64_MAX);
  for (const char *const text : {"", "-", "-0", "010", "+1", "1.0", "1e3", "0x10", " 1", "1 ", "9223372036854775808"})
    EXPECT_EQ(parse_whole_number(text), std::nullopt) << text;
}

TEST(quantity, durations_have_a_unit) {
  EXPECT_EQ(parse_duration("200ms"), milliseconds(200));
  EXPECT_EQ(parse_duration("10s"), milliseconds(10'000));
  EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("24h"), milliseconds(86'400'000));
  EXPECT_EQ(parse_duration("7d"), milliseconds(604'800'000));
  EXPECT_EQ(parse_duration("0s"), milliseconds(0));
  for (const char *const text : {"", "10", "s", "10 s", "-1s", "1.5s", "01s", "1M", "1sec", "9223372036854775807h"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(quantity, sizes_are_bytes_or_binary_units) {
  EXPECT_EQ(parse_size("1000"), 1000U);
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_size("1MiB"), 1048576U);
  EXPECT_EQ(parse_size("2GiB"), 2147483648U);
  for (const char *const text : {"", "1kb", "1MB", "1 MiB", "-1", "010", "1.5MiB", "9223372036854775807GiB"})
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
}

TEST(quantity, what_is_written_reads_back) {
  EXPECT_EQ(duration_text(milliseconds(86'400'000)), "1d");
  EXPECT_EQ(duration_text(milliseconds(90'000)), "90s");
  EXPECT_EQ(duration_text(milliseconds(1'500)), "1500ms");
  EXPECT_EQ(duration_text(milliseconds(0)), "0ms");
  EXPECT_EQ(size_text(1048576), "1MiB");
  EXPECT_EQ(size_text(1000), "1000");
  EXPECT_EQ(size_text(0), "0");
}

TEST(suggestion, names_what_is_near_and_lists_what_is_far) {
  EXPECT_EQ(edit_distance("port", "port"), 0U);
  EXPECT_EQ(edit_distance("prot", "port"), 1U);
  EXPECT_EQ(edit_distance("PORT", "port"), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(suggestion("prot", {"address", "port"}), "; did you mean 'port'?");
  EXPECT_EQ(suggestion("zebra", {"address", "port", "threads"}), "; known are address, port and threads");
  EXPECT_EQ(suggestion("zebra", {"level"}), "; known is level");
  EXPECT_EQ(suggestion("zebra", {}), "");
}

}  // namespace
}  // namespace causeway
