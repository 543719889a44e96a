#include "access/keyed_digest.hpp"

#include <gtest/gtest.h>

namespace causeway {
namespace {

TEST(KeyedDigest, tells_values_apart_within_one_report_only) {
  const keyed_digest one, other;
  EXPECT_EQ(one("Zoë"), one("Zoë"));
  EXPECT_NE(one("Zoë"), one("Zoe"));
  EXPECT_NE(one(""), one(std::string_view("\0", 1)));
  EXPECT_NE(one("Zoë"), other("Zoë"));
  EXPECT_EQ(one("").find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(one("").size(), 16u);
}

}  // namespace
}  // namespace causeway
