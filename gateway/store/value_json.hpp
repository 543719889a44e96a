// A value as JSON has it: text, whole number, truth or null.
#pragma once

#include "causeway/json.hpp"
#include "causeway/value.hpp"

namespace causeway {

// Appends the value. Text must be UTF-8.
void write_value(sdk::json_writer &out, const value &v);

}  // namespace causeway
