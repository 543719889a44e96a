#include "relay/operators_operation.hpp"

#include <optional>
#include <utility>

#include "relay/problems.hpp"

namespace causeway {

operation operators_operation(std::string method, std::string path, std::string summary,
                              std::function<task<answer>(call_ptr)> handler) {
  operation op;
  op.owner = "causeway";
  op.method = std::move(method);
  op.path = std::move(path);
  op.summary = std::move(summary);
  op.roles = {"operator"};
  op.handle = [handler = std::move(handler)](call_ptr c, std::function<void(answer)> done) {
    start(handler(std::move(c)), [done = std::move(done)](std::optional<answer> a, std::exception_ptr) {
      done(a ? std::move(*a) : problem_of({outcome::internal, {}, {}}));
    });
  };
  return op;
}

member path_member(std::string name, std::string description) {
  member m;
  m.name = std::move(name);
  m.required = true;
  m.min_length = 1;
  m.max_length = 64;
  m.description = std::move(description);
  return m;
}

}  // namespace causeway
