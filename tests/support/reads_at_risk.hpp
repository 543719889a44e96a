// Of a plugin under test: the privacy checks that stand in Pluto, and which reads of customers at risk were recorded.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/plugin_harness.hpp"

namespace causeway::testing {

inline void put_privacy_check(plugin_harness &in, const char *id, const char *csid, const char *outcome,
                              const char *at) {
  in.put("pluto.privacyCheck",
         {{"checkId", id}, {"csid", csid}, {"outcome", outcome}, {"checkedAt", at}, {"checkedBy", "SO100"}});
}

// "WHAT by WHOM", sorted.
inline std::vector<std::string> reads_recorded(plugin_harness &in) {
  std::vector<std::string> all;
  for (const auto &row : in.all("pluto.customerRead"))
    all.push_back(std::string(text_of(row["what"])) + " by " + std::string(text_of(row["readBy"])));
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace causeway::testing
