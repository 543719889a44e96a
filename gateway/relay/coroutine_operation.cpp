#include "relay/coroutine_operation.hpp"

#include <optional>
#include <utility>

#include "relay/problems.hpp"
#include "runtime/operators_operation.hpp"

namespace causeway {

operation coroutine_operation(std::string method, std::string path, std::string summary,
                              std::function<task<answer>(call_ptr)> handler) {
  auto op = operators_operation(std::move(method), std::move(path), std::move(summary));
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
