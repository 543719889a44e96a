// An operation as the gateway serves it: made by gateway/host from a plugin's declaration, or by the gateway itself
// (its admin operations); routed, checked and answered by gateway/http, which knows neither.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "causeway/result.hpp"
#include "causeway/value.hpp"
#include "runtime/executor.hpp"
#include "store/record_store.hpp"

namespace causeway {

enum class member_type { text, integer, boolean };

// A member of a request's path, query or body; "a.b" is the member b of the body's object a.
struct member {
  std::string name;
  member_type type = member_type::text;
  bool required = false;
  std::size_t min_length = 0;        // characters, of text
  std::size_t max_length = 0;        // characters, of text; 0: unbounded
  std::string format;                // "", "csid", "date", "date-time"
  std::vector<std::string> allowed;  // empty: any
  std::string description;
};

// Who calls.
struct principal {
  std::string name;                // the officer id that records carry
  std::vector<std::string> roles;  // of: service-officer, ps-officer, service-manager, partner, operator
};

struct answer {
  int status = 200;
  std::string body;                 // JSON; of 400 and above: empty, or the whole body in place of the problem
  std::string etag;                 // without quotes; empty: none
  std::string location;             // empty: none
  std::string code;                 // of a problem: "privacy-check-required"
  std::string detail;               // of a problem
  std::vector<input_fault> inputs;  // of a problem
  int retry_after = 0;              // seconds; of 429 and 503
  std::string content_type;         // empty: application/json, application/problem+json for a problem
};

// Keeps the answer of a call that has an Idempotency-Key in the same transaction as the call's effect.
class answer_keeper {
 public:
  virtual ~answer_keeper() = default;
  // Adds to a unit of work for `store` what keeps `kept`. The unit is then conflict or stale if a twin got there first.
  virtual void keep(const std::string &store, const answer &kept, unit_of_work &unit) = 0;
  // The unit was committed.
  virtual void kept() = 0;
};

// One request, checked: the members are there, of their types, within their lengths and code tables.
struct call {
  principal caller;
  std::string request_id;
  std::string traceparent;
  std::string if_match;  // without quotes; empty: not given
  std::string cursor;    // empty: from the start
  std::int64_t limit = 50;
  time_point deadline;
  std::vector<value> path;                // in the order of path_members; csids as nine digits
  std::vector<value> query;               // in the order of query_members; absent where not given
  std::vector<value> body;                // in the order of body_members; absent where not given
  std::shared_ptr<answer_keeper> keeper;  // null without an Idempotency-Key
  executor *runs_on = nullptr;            // outlives the call
};

// The owner of the gateway's own operations.
inline constexpr const char *gateways_own = "causeway";

struct operation {
  std::string owner;  // the plugin's name, or `gateways_own`
  std::string method;
  std::string path;  // "/v1/customers/{csid}"
  std::string summary;
  std::vector<std::string> roles;  // empty: no credential is asked for
  std::vector<member> path_members;
  std::vector<member> query_members;
  std::vector<member> body_members;
  std::string answer_schema;  // JSON Schema; empty: none is published
  std::string answer_type;    // of answers that are no JSON: "text/plain"; empty: JSON
  int success_status = 200;
  bool list = false;             // takes ?limit= and ?cursor=
  bool if_match = false;         // accepts If-Match
  bool if_match_needed = false;  // 428 without it
  std::string home_store;        // where an Idempotency-Key is reserved; empty: keys have no effect here

  // Begins a call on its executor. `done` may be called at any time, from any thread, and counts once; the deadline is
  // the business of gateway/http, which may have answered 504 by then.
  std::function<void(std::shared_ptr<const call> c, std::function<void(answer)> done)> handle;
};

}  // namespace causeway
