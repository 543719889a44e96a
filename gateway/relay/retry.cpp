#include "relay/retry.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace causeway {

std::chrono::milliseconds backoff(const retry_policy &policy, unsigned attempt, double random) {
  const unsigned doublings = std::min(attempt > 0 ? attempt - 1 : 0u, 32u);
  const double whole = std::min(double(policy.most.count()), double(policy.first.count()) * double(1ull << doublings));
  return std::chrono::milliseconds(std::int64_t(whole / 2 + whole / 2 * random));
}

fault_class classify(outcome what) {
  switch (what) {
    case outcome::unavailable:
    case outcome::overloaded:
    case outcome::deadline:
      return fault_class::transient;
    case outcome::stale:
      return fault_class::fenced;
    case outcome::not_found:
    case outcome::conflict:
    case outcome::invalid:
      return fault_class::permanent;
    case outcome::internal:
      break;
  }
  return fault_class::unclear;
}

std::string reason_of(const fault &why) {
  std::string reason;
  switch (why.what) {
    case outcome::conflict:
      reason = "another record stands in its place in the target";
      break;
    case outcome::invalid:
      reason = "cannot be carried to the target";
      break;
    case outcome::not_found:
      reason = "is not there";
      break;
    default:
      reason = "the target could not store it";
  }
  return with_inputs(std::move(reason), why);
}

std::string with_inputs(std::string reason, const fault &why) {
  const char *separator = ": ";
  for (const input_fault &input : why.inputs) {
    reason.append(separator).append(input.pointer).append(" ").append(input.code);
    separator = ", ";
    if (reason.size() > 500) break;
  }
  return reason;
}

}  // namespace causeway
