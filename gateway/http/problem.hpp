// The one place that turns what went wrong into an HTTP status and an RFC 9457 problem. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "causeway/result.hpp"
#include "runtime/operation.hpp"

namespace causeway::http {

// A problem as an answer. An empty `code` or `detail` takes the status's own.
answer problem(int status, std::string code = {}, std::string detail = {}, std::vector<input_fault> inputs = {});

// What a caller is told of a store's or mapping's fault.
answer to_answer(const fault &why);

// The body of application/problem+json for an answer of status 400 or above; `instance` is the request's id.
std::string problem_body(const answer &a, std::string_view instance);

// The code that a status has where the answer names none: 404 -> "not-found".
std::string_view code_of(int status);

}  // namespace causeway::http
