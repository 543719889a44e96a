// One row per status: its code, what it says where nobody says more, and when to come again. One row per outcome of a
// store: its status. A title is the code in words.
#include "http/problem.hpp"

#include <algorithm>

#include "runtime/log.hpp"

namespace causeway::http {

namespace {

struct status_row {
  int status;
  std::string_view code;
  std::string_view detail;
  int retry_after;  // seconds; 0: not said
};

constexpr status_row statuses[] = {
    {400, "bad-request", "The request cannot be parsed.", 0},
    {401, "unauthorized", "Give a key that is known here: Authorization: Bearer <key>.", 0},
    {403, "forbidden", "Your roles do not allow this operation.", 0},
    {404, "not-found", "There is nothing at this path.", 0},
    {405, "method-not-allowed", "This path does not take this method; see the Allow header.", 0},
    {409, "conflict", "The present state does not allow this.", 0},
    {412, "precondition-failed", "The resource has changed since you read it; read it again.", 0},
    {413, "content-too-large", "The body is larger than is accepted.", 0},
    {415, "unsupported-media-type", "Send the body as application/json, UTF-8, without a Content-Encoding.", 0},
    {417, "expectation-failed", "No other Expect than 100-continue is known.", 0},
    {422, "invalid", "The request is not valid; see errors.", 0},
    {428, "precondition-required", "Send If-Match with the ETag that you read.", 0},
    {429, "too-many-requests", "Too many requests; try again later.", 1},
    {431, "header-too-large", "The request line and the headers take more than 16 KiB.", 0},
    {500, "internal", "Something is broken here; the log has the details under this request's id.", 0},
    {501, "not-implemented", "Only the transfer coding chunked is known.", 0},
    {503, "unavailable", "Not served at the moment; try again.", 1},
    {504, "deadline", "The answer did not come in time; whether the request took effect is not known.", 0},
    {505, "version-not-supported", "Only HTTP/1.1 and HTTP/1.0 are spoken.", 0},
};

const status_row *row_of(int status) {
  const auto *found =
      std::find_if(std::begin(statuses), std::end(statuses), [&](const status_row &r) { return r.status == status; });
  return found == std::end(statuses) ? nullptr : found;
}

struct outcome_row {
  outcome what;
  int status;
  std::string_view code;
};

constexpr outcome_row outcomes[] = {
    {outcome::not_found, 404, "not-found"},
    {outcome::conflict, 409, "conflict"},
    {outcome::stale, 409, "stale"},
    {outcome::invalid, 422, "invalid"},
    {outcome::unavailable, 503, "unavailable"},
    {outcome::overloaded, 503, "overloaded"},
    {outcome::deadline, 504, "deadline"},
    {outcome::internal, 500, "internal"},
};

// "privacy-check-required" -> "Privacy check required"
std::string title_of(std::string_view code) {
  std::string title(code);
  std::replace(title.begin(), title.end(), '-', ' ');
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] = char(title[0] - 'a' + 'A');
  return title;
}

void append_member(std::string &to, std::string_view name, std::string_view text) {
  if (to.back() != '{') to += ',';
  to.append("\"").append(name).append("\":\"").append(json_escaped(text)).append("\"");
}

}  // namespace

std::string_view code_of(int status) {
  const auto *row = row_of(status);
  return row ? row->code : status < 500 ? "bad-request" : "internal";
}

answer problem(int status, std::string code, std::string detail, std::vector<input_fault> inputs) {
  answer a;
  a.status = status;
  a.code = code.empty() ? std::string(code_of(status)) : std::move(code);
  a.detail = std::move(detail);
  a.inputs = std::move(inputs);
  if (const auto *row = row_of(status)) {
    if (a.detail.empty()) a.detail = row->detail;
    a.retry_after = row->retry_after;
  }
  return a;
}

answer to_answer(const fault &why) {
  for (const auto &row : outcomes)
    if (row.what == why.what) {
      // What is internal stays internal.
      return problem(row.status, std::string(row.code), row.status == 500 ? std::string() : why.detail, why.inputs);
    }
  return problem(500);
}

std::string problem_body(const answer &a, std::string_view instance) {
  const auto *row = row_of(a.status);
  const std::string_view code = a.code.empty() ? code_of(a.status) : std::string_view(a.code);
  std::string out = "{";
  append_member(out, "type", "urn:causeway:problem:" + std::string(code));
  append_member(out, "title", title_of(code));
  out.append(",\"status\":").append(std::to_string(a.status));
  append_member(out, "detail", a.detail.empty() && row ? row->detail : std::string_view(a.detail));
  append_member(out, "instance", instance);
  if (!a.inputs.empty()) {
    out += ",\"errors\":[";
    for (const auto &input : a.inputs) {
      out += out.back() == '[' ? "{" : ",{";
      append_member(out, "pointer", input.pointer);
      append_member(out, "code", input.code);
      append_member(out, "detail", input.detail);
      out += '}';
    }
    out += ']';
  }
  return out + "}";
}

}  // namespace causeway::http
