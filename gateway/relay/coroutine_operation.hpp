// The operations of this folder are the operators', and handled by coroutines.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "causeway/task.hpp"
#include "runtime/operation.hpp"

namespace causeway {

using call_ptr = std::shared_ptr<const call>;

// An operation for the role `operator`, without members and answer schema yet. The handler's exception is answered 500.
operation coroutine_operation(std::string method, std::string path, std::string summary,
                              std::function<task<answer>(call_ptr)> handler);

// A part of a path that must be given, of 1 to 64 characters.
member path_member(std::string name, std::string description);

}  // namespace causeway
