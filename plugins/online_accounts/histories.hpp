// The histories of an account: their schemas.
#pragma once

#include <string_view>

namespace online_accounts {

extern const std::string_view web_sessions_schema;
extern const std::string_view status_changes_schema;
extern const std::string_view poi_attempts_schema;

}  // namespace online_accounts
