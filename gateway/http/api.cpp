#include "http/api.hpp"

#include <stdexcept>

#include "http/openapi.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

operation own_operation(std::string path, std::string summary, std::string schema) {
  operation op;
  op.owner = gateways_own;
  op.method = "GET";
  op.path = std::move(path);
  op.summary = std::move(summary);
  op.answer_schema = std::move(schema);
  return op;
}

std::string readiness_body(const std::vector<readiness_part> &parts, bool ready) {
  std::string body = std::string("{\"status\":\"") + (ready ? "ready" : "not-ready") + "\",\"parts\":[";
  for (const auto &part : parts) {
    if (&part != &parts.front()) body += ',';
    body += "{\"kind\":\"" + json_escaped(part.kind) + "\",\"name\":\"" + json_escaped(part.name) + "\",\"state\":\"" +
            json_escaped(part.state) + "\",\"ready\":" + (part.ready ? "true" : "false") + "}";
  }
  return body + "]}";
}

std::string label_of(const operation &op) { return op.method + " " + op.path; }

// What is wrong with one operation by itself.
std::optional<input_fault> find_fault(const operation &op) {
  const auto wrong = [&](std::string text) {
    return input_fault{label_of(op), "bad-operation", label_of(op) + " (" + op.owner + "): " + std::move(text)};
  };
  const auto names = http::parameters_of(op.path);
  if (names.size() != op.path_members.size())
    return wrong("the path has " + std::to_string(names.size()) + " parameters, declared are " +
                 std::to_string(op.path_members.size()));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] != op.path_members[i].name)
      return wrong("the path's parameter \"" + names[i] + "\" is declared as \"" + op.path_members[i].name + "\"");
  if (!op.handle) return wrong("it has no handler");
  if (op.method == "GET" && !op.body_members.empty()) return wrong("a GET takes no body");
  return std::nullopt;
}

std::vector<input_fault> add_routes(const std::vector<operation> &operations, http::router &to) {
  std::vector<input_fault> faults;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const operation &op = operations[i];
    if (auto fault = find_fault(op)) {
      faults.push_back(std::move(*fault));
      continue;
    }
    try {
      if (const auto other = to.add(op.method, op.path, i))
        faults.push_back({label_of(op), "clash",
                          label_of(op) + " of " + op.owner + " clashes with " + label_of(operations[*other]) + " of " +
                              operations[*other].owner});
    } catch (const std::invalid_argument &e) {
      faults.push_back({label_of(op), "bad-operation", label_of(op) + " (" + op.owner + "): " + e.what()});
    }
  }
  return faults;
}

}  // namespace

std::vector<input_fault> find_route_faults(const std::vector<operation> &operations) {
  http::router scratch;
  return add_routes(operations, scratch);
}

void api::add_own_operations(std::vector<operation> &operations) {
  auto livez = own_operation("/livez", "Whether the process runs.",
                             R"({"type":"object","properties":{"status":{"const":"up"}}})");
  livez.handle = [](auto, auto done) {
    answer a;
    a.body = R"({"status":"up"})";
    done(std::move(a));
  };
  auto readyz = own_operation(
      "/readyz", "Whether requests can be served: the state of each store, its circuit breaker, plugin and route.",
      R"({"type":"object","properties":{"status":{"enum":["ready","not-ready"]},"parts":{"type":"array","items":)"
      R"({"type":"object","properties":{"kind":{"type":"string"},"name":{"type":"string"},"state":{"type":"string"},)"
      R"("ready":{"type":"boolean"}}}}}})");
  readyz.handle = [readiness = options_.readiness](auto, auto done) {
    const auto parts = readiness ? readiness() : std::vector<readiness_part>();
    answer a;
    for (const auto &part : parts)
      if (!part.ready) a.status = 503;
    a.body = readiness_body(parts, a.status == 200);
    a.content_type = "application/json";
    done(std::move(a));
  };
  auto openapi = own_operation("/openapi.json", "This document.", R"({"type":"object"})");
  // The document belongs to the api that is asked, which outlives its requests.
  openapi.handle = [this](auto, auto done) {
    answer a;
    a.body = openapi_;
    done(std::move(a));
  };
  operations.push_back(std::move(livez));
  operations.push_back(std::move(readyz));
  operations.push_back(std::move(openapi));
}

result<std::shared_ptr<const api>> api::make(std::vector<operation> operations, api_options options) {
  const std::shared_ptr<api> made(new api());
  made->options_ = std::move(options);
  made->add_own_operations(operations);
  auto faults = add_routes(operations, made->router_);
  for (const auto &op : operations) {
    if (!op.roles.empty() && !made->options_.authenticate)
      faults.push_back({label_of(op), "bad-operation", label_of(op) + ": roles are asked for, keys are not known"});
    if (!op.home_store.empty() && made->options_.keys && !made->options_.keys->knows_store(op.home_store))
      faults.push_back({label_of(op), "bad-operation",
                        label_of(op) + " (" + op.owner + "): there is no store \"" + op.home_store + "\""});
  }
  if (faults.empty()) {
    try {
      made->openapi_ = http::openapi_document(operations, made->options_.version);
    } catch (const std::invalid_argument &e) {
      faults.push_back({"", "bad-operation", e.what()});
    }
  }
  if (!faults.empty()) {
    std::string detail = faults.front().detail;
    if (faults.size() > 1) detail += ", and " + std::to_string(faults.size() - 1) + " more";
    return fault{outcome::invalid, std::move(detail), std::move(faults)};
  }
  for (auto &op : operations) {
    std::string label = label_of(op);
    auto *meter = made->options_.counts ? &made->options_.counts->meter(label) : nullptr;
    made->operations_.push_back({std::move(op), std::move(label), meter});
  }
  if (made->options_.counts) made->other_meter_ = &made->options_.counts->meter("none");
  return std::shared_ptr<const api>(made);
}

}  // namespace causeway
