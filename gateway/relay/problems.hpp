// Problem answers of the operations of this folder.
#pragma once

#include <string>

#include "runtime/operation.hpp"

namespace causeway {

answer problem(int status, std::string code, std::string detail);

// Of a store's fault. not_found, conflict and stale are told of dead letters.
answer problem_of(const fault &why);

}  // namespace causeway
