// What the tests of this plugin have in common: an officer, a customer with an account, a change of a channel.
#pragma once

#include <string>

#include "tests/support/plugin_harness.hpp"

namespace causeway::testing {

const inline principal officer = as("SO100", {"service-officer"});
const inline std::string customer = "/v1/customers/4";
const inline std::string account = customer + "/online-account/A1";

inline members channel(const char *service, const char *to, bool all = false) {
  return {{"product", "CHILD_SUPPORT"}, {"service", service}, {"channel", to}, {"applyToAll", all}};
}

}  // namespace causeway::testing
