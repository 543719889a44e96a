// Checks a request against its operation's declaration and lays its members out in the declared order. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/operation.hpp"

namespace causeway::http {

// Every fault that was found, at most 100.
struct checked {
  std::optional<answer> refused;  // 400 where the body or the query cannot be parsed, 422 with `inputs` otherwise
  std::vector<value> path;
  std::vector<value> query;
  std::vector<value> body;
  std::string cursor;
  std::int64_t limit = 50;
};

// `path` in the order of the operation's path_members, decoded; `query` as it stands behind the question mark; `body`
// as sent, empty for none.
//
// Codes of faults: unknown-member, duplicate-member, required, wrong-type, too-short, too-long, not-allowed,
// bad-format, out-of-range. Pointers: "/path/x", "/query/x", "/body/x/y".
checked check_request(const operation &op, const std::vector<std::string> &path, std::string_view query,
                      std::string_view body);

// The operation's members as one text that is the same for equal requests, however they were written.
std::string canonical(const operation &op, const call &c);

}  // namespace causeway::http
