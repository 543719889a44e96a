// What is served: operations, who may call them, how their keys are kept. Immutable once made; a reload makes another
// and hands it to server::replace.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/result.hpp"
#include "http/concurrency_limit.hpp"
#include "http/idempotency.hpp"
#include "http/router.hpp"
#include "runtime/metrics.hpp"
#include "runtime/operation.hpp"

namespace causeway {

// One part of what /readyz says.
struct readiness_part {
  std::string kind;   // "store", "breaker", "plugin", "route"
  std::string name;   // "pluto"
  std::string state;  // in words: "serving", "away"
  bool ready = true;
};

struct api_options {
  // Who shows this Authorization header (empty where there is none); any thread, quick. Must be given where an
  // operation asks for roles.
  std::function<std::optional<principal>(std::string_view authorization)> authenticate;
  // For /readyz; any thread, quick. None: always ready.
  std::function<std::vector<readiness_part>()> readiness;
  // How long who is answered 503 because of a store had best wait; any thread, quick. None: a second.
  std::function<std::chrono::milliseconds()> retry_in;
  // Keeps answers by Idempotency-Key; the same object over all reloads. Null: keys have no effect.
  std::shared_ptr<idempotency> keys;
  std::string version = "0.1.0";  // of the OpenAPI document
  // Count the answers of each operation, and under "none" those to requests that are no operation's. Null: nobody does.
  std::shared_ptr<metrics> counts;
};

// Any thread.
class api {
 public:
  // Adds /livez, /readyz and /openapi.json. `invalid`, each fault in `inputs` (the pointer is "METHOD PATH"), where
  // two operations have the same method and shape of path (both owners are named), a path is no template, its
  // members are not those declared, or an answer schema is no JSON.
  static result<std::shared_ptr<const api>> make(std::vector<operation> operations, api_options options);

  // For gateway/http itself.
  struct served {
    operation op;
    std::string label;               // "GET /v1/customers/{csid}"
    request_meter *meter = nullptr;  // null: nobody counts
    std::shared_ptr<http::concurrency_limit> limit = std::make_shared<http::concurrency_limit>();
  };
  const api_options &options() const { return options_; }
  const served &at(std::size_t route) const { return operations_[route]; }
  http::match find(std::string_view method, std::string_view path) const { return router_.find(method, path); }
  const std::string &openapi() const { return openapi_; }
  // Of requests that are no operation's; null: nobody counts.
  request_meter *other_meter() const { return other_meter_; }

 private:
  api() = default;
  void add_own_operations(std::vector<operation> &operations);

  api_options options_;
  std::vector<served> operations_;
  http::router router_;
  std::string openapi_;
  request_meter *other_meter_ = nullptr;
};

// What `make` would refuse, each with both owners named; empty where nothing clashes. For a check without serving.
std::vector<input_fault> find_route_faults(const std::vector<operation> &operations);

}  // namespace causeway
