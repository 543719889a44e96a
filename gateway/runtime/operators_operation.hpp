// The gateway's own operations for those who run it.
#pragma once

#include <string>

#include "runtime/operation.hpp"

namespace causeway {

// An operation of the gateway for the role `operator`, without members, answer schema and handler yet.
operation operators_operation(std::string method, std::string path, std::string summary);

}  // namespace causeway
