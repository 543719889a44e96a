// The OpenAPI 3.1 document of what is served.
#pragma once

#include <string>
#include <vector>

#include "runtime/operation.hpp"

namespace causeway::http {

// JSON. Throws std::invalid_argument, naming the owner and the operation, for an answer_schema that is no JSON object.
std::string openapi_document(const std::vector<operation> &operations, const std::string &version);

}  // namespace causeway::http
