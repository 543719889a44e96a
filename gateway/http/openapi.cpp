// Made once, when the operations are known, from their declarations alone: what is checked and what is documented
// cannot differ.
#include "http/openapi.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

namespace causeway::http {

namespace {

namespace json = boost::json;

json::object schema_of(const member &m) {
  json::object schema;
  switch (m.type) {
    case member_type::text:
      schema["type"] = "string";
      break;
    case member_type::integer:
      schema["type"] = "integer";
      schema["format"] = "int64";
      break;
    case member_type::boolean:
      schema["type"] = "boolean";
      break;
  }
  if (m.min_length > 0) schema["minLength"] = m.min_length;
  if (m.max_length > 0) schema["maxLength"] = m.max_length;
  if (m.format == "csid")
    schema["pattern"] = "^[0-9]{1,9}$";
  else if (!m.format.empty())
    schema["format"] = m.format;
  if (!m.allowed.empty()) schema["enum"] = json::array(m.allowed.begin(), m.allowed.end());
  return schema;
}

json::object parameter(const member &m, const char *in) {
  json::object one{{"name", m.name}, {"in", in}, {"schema", schema_of(m)}};
  if (m.required || std::string_view(in) == "path") one["required"] = true;
  if (!m.description.empty()) one["description"] = m.description;
  return one;
}

json::object component(const char *part, const char *name) {
  return {{"$ref", std::string("#/components/").append(part).append("/").append(name)}};
}

json::array parameters_of_operation(const operation &op) {
  json::array all;
  for (const auto &m : op.path_members) all.push_back(parameter(m, "path"));
  for (const auto &m : op.query_members) all.push_back(parameter(m, "query"));
  if (op.list) {
    all.push_back(component("parameters", "Limit"));
    all.push_back(component("parameters", "Cursor"));
  }
  if (op.method == "POST" && !op.home_store.empty()) all.push_back(component("parameters", "IdempotencyKey"));
  if (op.if_match || op.if_match_needed) {
    json::object one{{"name", "If-Match"},
                     {"in", "header"},
                     {"schema", {{"type", "string"}}},
                     {"description", "The ETag as read, or *."}};
    if (op.if_match_needed) one["required"] = true;
    all.push_back(std::move(one));
  }
  return all;
}

// Adds the member "a.b" as b of the object a.
void add_property(json::object &schema, std::string_view name, const member &m) {
  const auto dot = name.find('.');
  const std::string_view first = name.substr(0, dot);
  // Both stand before either is referred to: inserting moves what an object holds.
  if (!schema.contains("properties")) schema["properties"] = json::object();
  if (!schema.contains("required")) schema["required"] = json::array();
  auto &properties = schema["properties"].as_object();
  auto &required = schema["required"].as_array();
  if (m.required && std::find(required.begin(), required.end(), json::value(first)) == required.end())
    required.emplace_back(first);
  if (dot == name.npos) {
    auto one = schema_of(m);
    if (!m.description.empty()) one["description"] = m.description;
    properties[first] = std::move(one);
    return;
  }
  auto &below = properties[first];
  if (!below.is_object()) below = {{"type", "object"}, {"additionalProperties", false}};
  add_property(below.as_object(), name.substr(dot + 1), m);
}

json::object request_body(const operation &op) {
  json::object schema{{"type", "object"}, {"additionalProperties", false}};
  for (const auto &m : op.body_members) add_property(schema, m.name, m);
  const bool required =
      std::any_of(op.body_members.begin(), op.body_members.end(), [](const member &m) { return m.required; });
  return {{"required", required}, {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
}

json::object responses_of(const operation &op) {
  json::object headers{{"X-Request-Id", component("headers", "RequestId")}};
  if (op.success_status == 201) headers["Location"] = component("headers", "Location");
  if (op.if_match || op.if_match_needed || (op.method == "GET" && !op.list && !op.roles.empty()))
    headers["ETag"] = component("headers", "ETag");
  json::object success{{"description", "Done."}, {"headers", std::move(headers)}};
  if (!op.answer_schema.empty()) {
    json::error_code ec;
    auto schema = json::parse(op.answer_schema, ec);
    if (ec || !schema.is_object())
      throw std::invalid_argument("the answer schema of " + op.method + " " + op.path + " (" + op.owner +
                                  ") is no JSON object");
    success["content"] = {{"application/json", {{"schema", std::move(schema)}}}};
  } else if (!op.answer_type.empty()) {
    success["content"] = {{op.answer_type, {{"schema", {{"type", "string"}}}}}};
  }
  return {{std::to_string(op.success_status), std::move(success)}, {"default", component("responses", "Problem")}};
}

std::string lower(std::string text) {
  for (char &c : text)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return text;
}

// A name that programs can be generated with: get_customers_byCsid_onlineAccount. Other paths have other names: `_` is
// between their parts only, and a part that varies is none that stands.
std::string operation_id(const operation &op) {
  std::string id = lower(op.method);
  std::string_view rest = op.path;
  if (rest.starts_with("/v1/")) rest.remove_prefix(3);
  bool capital = false;
  for (const char c : rest) {
    if (c == '/') {
      id += '_';
    } else if (c == '{') {
      id += "by";
    } else if (c >= 'a' && c <= 'z' && (capital || id.ends_with("_by"))) {
      id += char(c - 'a' + 'A');
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      id += c;
    }
    capital = c == '-' || c == '.';
  }
  return id;
}

json::object operation_object(const operation &op) {
  json::object one{{"operationId", operation_id(op)}, {"tags", json::array{op.owner}}};
  if (!op.summary.empty()) one["summary"] = op.summary;
  if (op.roles.empty()) {
    one["security"] = json::array();
  } else {
    std::string text = "Roles: ";
    for (const auto &role : op.roles) text.append(&role == &op.roles.front() ? "" : ", ").append(role);
    one["description"] = text + ".";
    one["x-roles"] = json::array(op.roles.begin(), op.roles.end());
  }
  if (auto parameters = parameters_of_operation(op); !parameters.empty()) one["parameters"] = std::move(parameters);
  if (!op.body_members.empty()) one["requestBody"] = request_body(op);
  one["responses"] = responses_of(op);
  return one;
}

json::object text_parameter(const char *name, const char *in, json::object schema, const char *description) {
  return {{"name", name}, {"in", in}, {"schema", std::move(schema)}, {"description", description}};
}

json::object components() {
  const json::object text{{"type", "string"}};
  const json::object fault{{"type", "object"}, {"properties", {{"pointer", text}, {"code", text}, {"detail", text}}}};
  const json::object problem{{"type", "object"},
                             {"required", {"type", "title", "status", "detail", "instance"}},
                             {"properties",
                              {{"type", text},
                               {"title", text},
                               {"status", {{"type", "integer"}}},
                               {"detail", text},
                               {"instance", {{"type", "string"}, {"description", "The request's id."}}},
                               {"errors", {{"type", "array"}, {"items", fault}}}}}};
  json::object bearer{{"type", "http"}, {"scheme", "bearer"}};
  json::object response{
      {"description", "A problem (RFC 9457)."},
      {"headers",
       {{"X-Request-Id", component("headers", "RequestId")}, {"Retry-After", component("headers", "RetryAfter")}}},
      {"content", {{"application/problem+json", {{"schema", component("schemas", "Problem")}}}}}};
  return {{"securitySchemes", {{"bearer", std::move(bearer)}}},
          {"schemas", {{"Problem", problem}}},
          {"headers",
           {{"RequestId", {{"schema", text}, {"description", "The request's id, as the log has it."}}},
            {"Location", {{"schema", text}, {"description", "The path of what was made, where it can be read."}}},
            {"ETag", {{"schema", text}, {"description", "What If-Match takes; where the resource can change."}}},
            {"RetryAfter", {{"schema", {{"type", "integer"}}}, {"description", "Seconds to wait, of 429 and 503."}}}}},
          {"responses", {{"Problem", std::move(response)}}},
          {"parameters",
           {{"Limit",
             text_parameter("limit", "query", {{"type", "integer"}, {"minimum", 1}, {"maximum", 200}, {"default", 50}},
                            "How many items at most.")},
            {"Cursor", text_parameter("cursor", "query", {{"type", "string"}, {"maxLength", 1024}},
                                      "`next` of the list before.")},
            {"IdempotencyKey",
             text_parameter("Idempotency-Key", "header", {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}},
                            "The same key, caller and body give the first answer again.")}}}};
}

}  // namespace

std::string openapi_document(const std::vector<operation> &operations, const std::string &version) {
  json::object paths;
  for (const auto &op : operations) {
    auto &path = paths[op.path];
    if (!path.is_object()) path.emplace_object();
    path.as_object()[lower(op.method)] = operation_object(op);
  }
  const json::object document{{"openapi", "3.1.0"},
                              {"info", {{"title", "Causeway"}, {"version", version}}},
                              {"security", json::array{json::object{{"bearer", json::array()}}}},
                              {"paths", std::move(paths)},
                              {"components", components()}};
  return json::serialize(document);
}

}  // namespace causeway::http
