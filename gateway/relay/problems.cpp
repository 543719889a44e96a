#include "relay/problems.hpp"

#include <utility>

namespace causeway {

answer problem(int status, std::string code, std::string detail) {
  answer a;
  a.status = status;
  a.code = std::move(code);
  a.detail = std::move(detail);
  return a;
}

answer problem_of(const fault &why) {
  switch (why.what) {
    case outcome::not_found:
      return problem(404, "not-found", "There is no such dead letter.");
    case outcome::conflict:
    case outcome::stale:
      return problem(409, "changed-meanwhile", "The dead letter was changed meanwhile; list them anew.");
    case outcome::unavailable:
    case outcome::overloaded: {
      answer a = problem(503, "store-unavailable", "The store of these copies cannot serve now; try again.");
      a.retry_after = 1;
      return a;
    }
    case outcome::deadline:
      return problem(504, "deadline-passed", "The store of these copies took too long.");
    case outcome::invalid:
    case outcome::internal:
      break;
  }
  return problem(500, "internal-error", "Something went wrong in the gateway; the operator's log tells more.");
}

}  // namespace causeway
