#include "http/head.hpp"

#include <algorithm>

#include "http/headers.hpp"

namespace causeway::http {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

refusal bad(std::string detail) { return {400, "bad-request", std::move(detail)}; }

// "http://host/path" -> "/path": what RFC 9112 asks a server to take though only proxies are sent it.
std::optional<std::string_view> origin_form(std::string_view target) {
  if (!target.empty() && target.front() == '/') return target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    const auto authority = target.substr(scheme.size());
    const auto end = authority.find_first_of("/?#");
    if (end == 0 || end == authority.npos || authority[end] != '/') return std::nullopt;
    return authority.substr(end);
  }
  return std::nullopt;
}

// A name or address with perhaps a port; nothing that could be taken for a second host or a path.
bool is_host(std::string_view host) {
  return host.size() <= 255 && host.find_first_not_of(
                                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "-._~:[]%") == host.npos;
}

// The fields that mean one thing only; two of them could be read as either.
struct single_fields {
  std::optional<std::string_view> host, transfer_encoding, content_length, expect;
  std::optional<std::string_view> authorization, content_type, content_encoding, idempotency_key, request_id,
      traceparent;

  std::optional<std::string_view> *find(std::string_view name) {
    using place = std::optional<std::string_view> single_fields::*;
    static constexpr std::pair<std::string_view, place> table[] = {
        {"Host", &single_fields::host},
        {"Transfer-Encoding", &single_fields::transfer_encoding},
        {"Content-Length", &single_fields::content_length},
        {"Expect", &single_fields::expect},
        {"Authorization", &single_fields::authorization},
        {"Content-Type", &single_fields::content_type},
        {"Content-Encoding", &single_fields::content_encoding},
        {"Idempotency-Key", &single_fields::idempotency_key},
        {"X-Request-Id", &single_fields::request_id},
        {"traceparent", &single_fields::traceparent},
    };
    for (const auto &[known, member] : table)
      if (known.size() == name.size() && equal_ignoring_case(known, name)) return &(this->*member);
    return nullptr;
  }
};

std::optional<refusal> check_framing(const single_fields &f, unsigned version) {
  if (!f.host && version >= 11) return bad("HTTP/1.1 asks for a Host.");
  if (f.host && !is_host(*f.host)) return bad("The Host is none.");
  if (f.transfer_encoding) {
    if (version < 11) return bad("HTTP/1.0 knows no Transfer-Encoding.");
    if (f.content_length) return bad("Content-Length and Transfer-Encoding exclude each other.");
    if (!equal_ignoring_case(*f.transfer_encoding, "chunked"))
      return refusal{501, "not-implemented", "Only the transfer coding chunked is known."};
  }
  if (f.content_length && (f.content_length->empty() || f.content_length->size() > 18 ||
                           !std::all_of(f.content_length->begin(), f.content_length->end(), is_digit)))
    return bad("The Content-Length is no decimal number.");
  if (f.expect && !equal_ignoring_case(*f.expect, "100-continue"))
    return refusal{417, "expectation-failed", "No other Expect than 100-continue is known."};
  return std::nullopt;
}

std::optional<std::string> copied(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

void append_to_list(std::optional<std::string> &list, std::string_view more) {
  if (list)
    list->append(", ").append(more);
  else
    list = std::string(more);
}

}  // namespace

std::variant<std::size_t, refusal> head_scan::look(std::string_view bytes) {
  for (; looked_at_ < bytes.size() && looked_at_ < longest; ++looked_at_) {
    const std::size_t i = looked_at_;
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c > ' ' && c < 0x7f) continue;
    if (c == '\r') {
      if (i + 1 == bytes.size()) return std::size_t(0);  // looked at again with what follows
      if (bytes[i + 1] != '\n') return bad("A CR stands by itself.");
      in_request_line_ = false;
    } else if (c == '\n') {
      if (i == 0 || bytes[i - 1] != '\r') return bad("An LF stands by itself.");
      if (i >= 3 && bytes[i - 2] == '\n') return i + 1;
    } else if (c == ' ' || c == '\t') {
      if (i > 0 && bytes[i - 1] == '\n') return bad("A line of the head begins with a blank.");
      if (c == '\t' && in_request_line_) return bad("The request line holds a tab.");
    } else if (c < ' ' || c == 0x7f) {
      return bad("The head holds a control character.");
    } else if (in_request_line_) {
      return bad("The request line holds a byte that is no ASCII.");
    }
  }
  if (bytes.size() >= longest)
    return refusal{431, "header-too-large", "The request line and the headers take more than 16 KiB."};
  return std::size_t(0);
}

std::optional<refusal> check_version(std::string_view head) {
  const auto line = head.substr(0, head.find('\r'));
  constexpr std::string_view shape = " HTTP/";
  if (line.size() < shape.size() + 3) return std::nullopt;
  const auto version = line.substr(line.size() - 3);
  if (line.substr(line.size() - 3 - shape.size(), shape.size()) != shape || !is_digit(version[0]) ||
      version[1] != '.' || !is_digit(version[2]))
    return std::nullopt;
  if (version == "1.0" || version == "1.1") return std::nullopt;
  return refusal{505, "version-not-supported", "Only HTTP/1.1 and HTTP/1.0 are spoken."};
}

std::variant<read_head, refusal> check_head(const raw_head &raw) {
  std::variant<read_head, refusal> checked;
  read_head &read = std::get<read_head>(checked);
  const auto target = origin_form(raw.target);
  if (!target || target->find('#') != target->npos) return bad("The request target is no path.");
  single_fields single;
  for (const auto &[name, content] : raw.fields) {
    if (auto *place = single.find(name)) {
      if (*place) return bad("The field " + std::string(name) + " stands twice.");
      *place = content;
    } else if (equal_ignoring_case(name, "If-Match")) {
      append_to_list(read.head.if_match, content);
    } else if (equal_ignoring_case(name, "If-None-Match")) {
      append_to_list(read.head.if_none_match, content);
    }
  }
  if (auto wrong = check_framing(single, raw.version)) return *wrong;
  read.chunked = single.transfer_encoding.has_value();
  read.expects_continue = single.expect.has_value() && raw.version >= 11;
  request &head = read.head;
  head.method = raw.method;
  head.target = *target;
  head.authorization = copied(single.authorization);
  head.content_type = copied(single.content_type);
  head.content_encoding = copied(single.content_encoding);
  head.idempotency_key = copied(single.idempotency_key);
  head.request_id = copied(single.request_id);
  head.traceparent = copied(single.traceparent);
  head.has_body = read.chunked || (single.content_length &&
                                   single.content_length->find_first_not_of('0') != single.content_length->npos);
  return checked;
}

}  // namespace causeway::http
