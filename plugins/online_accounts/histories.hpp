// The histories of an account: their schemas.
#pragma once

#include <string_view>

namespace online_accounts {

extern const std::string_view web_sessions_schema;
extern const std::string_view status_changes_schema;
extern const std::string_view poi_attempts_schema;

// Whether text can be the id of a row: at most 64 characters of ASCII, none of them blank.
bool is_plain_id(std::string_view id);

}  // namespace online_accounts
