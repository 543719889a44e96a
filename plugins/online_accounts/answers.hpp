// What callers are answered, its ETags, and the schemas that /openapi.json publishes of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records.hpp"

namespace online_accounts {

extern const std::string_view summary_schema;
extern const std::string_view account_schema;

struct summary {
  customer who;
  std::optional<privacy_check> newest_check;
  std::optional<online_account> newest_account;
  std::optional<ps_customer> in_ps;
  bool shielded = false;  // country and officers are left empty
};
std::string summary_json(const summary &of);

// A customer's accounts and preferences, both in the order of their keys.
struct account_state {
  std::string csid;
  std::vector<online_account> accounts;
  std::vector<channel_preference> preferences;
};
// Until every product and service has been set anew after the customer linked again.
bool preferences_reset_due(const account_state &of);
std::string account_json(const account_state &of);
// Changes with every change of an account or a preference, and with nothing else.
std::string etag_of(const account_state &of);

}  // namespace online_accounts
