// What callers are answered, its ETags, and the schemas that /openapi.json publishes of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels.hpp"
#include "records.hpp"

namespace online_accounts {

extern const std::string_view summary_schema;
extern const std::string_view account_schema;
extern const std::string_view preferences_schema;
extern const std::string_view one_account_schema;
extern const std::string_view check_schema;

struct summary {
  customer who;
  std::optional<privacy_check> newest_check;
  std::optional<online_account> newest_account;
  std::optional<ps_customer> in_ps;
  bool shielded = false;  // country and officers are left empty
};
std::string summary_json(const summary &of);

std::string account_json(const account_state &of, bool reset_due);
std::string preferences_json(const account_state &of);
std::string one_account_json(const online_account &of);
std::string check_json(const privacy_check &of);
// Changes with every change of an account or a preference, and with nothing else.
std::string etag_of(const account_state &of);

}  // namespace online_accounts
