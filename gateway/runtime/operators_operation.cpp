#include "runtime/operators_operation.hpp"

#include <utility>

namespace causeway {

operation operators_operation(std::string method, std::string path, std::string summary) {
  operation op;
  op.owner = gateways_own;
  op.method = std::move(method);
  op.path = std::move(path);
  op.summary = std::move(summary);
  op.roles = {"operator"};
  return op;
}

}  // namespace causeway
