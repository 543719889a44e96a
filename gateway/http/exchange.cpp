// The order of refusals is a rule of its own: a path that nobody has is 404 for anyone; whoever may not call an
// operation learns nothing of its members; what costs least is asked first.
#include "http/exchange.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <openssl/evp.h>
#include <stdexcept>

#include "http/problem.hpp"
#include "http/request_check.hpp"
#include "runtime/log.hpp"

namespace causeway::http {

namespace {

constexpr const char *json_type = "application/json";
constexpr const char *problem_type = "application/problem+json";

std::string sha256_hex(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  std::array<unsigned char, 32> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available from the crypto library");
  std::string out;
  for (const unsigned char byte : digest) {
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  return out;
}

bool shares_role(const std::vector<std::string> &needed, const std::vector<std::string> &held) {
  return std::any_of(needed.begin(), needed.end(),
                     [&](const std::string &role) { return std::find(held.begin(), held.end(), role) != held.end(); });
}

// A call that keeps alive the executor it runs on.
struct held_call final : call {
  std::shared_ptr<executor> hold;
};

}  // namespace

response to_response(answer a, const identity &who) {
  response r;
  r.status = a.status;
  if (a.status >= 400 && a.body.empty()) a.body = problem_body(a, who.request_id);
  if (a.status >= 400) r.code = a.code.empty() ? std::string(code_of(a.status)) : std::move(a.code);
  r.body = std::move(a.body);
  r.content_type = std::move(a.content_type);
  if (r.content_type.empty() && !r.body.empty()) r.content_type = a.status >= 400 ? problem_type : json_type;
  if (!a.etag.empty()) r.add("ETag", "\"" + a.etag + "\"");
  if (!a.location.empty()) r.add("Location", a.location);
  if (a.status == 429 || a.status == 503 || a.retry_after > 0)
    r.add("Retry-After", std::to_string(std::max(1, a.retry_after)));
  r.add("X-Request-Id", who.request_id);
  r.add("traceparent", who.traceparent);
  return r;
}

exchange::exchange(std::shared_ptr<const api> served, request &&head, identity &&who)
    : api_(std::move(served)), head_(std::move(head)), who_(std::move(who)) {}

bool exchange::may_be_refused() const { return served_->op.owner != gateways_own; }

response exchange::refuse(answer a) const { return to_response_of_operation(std::move(a), false); }

response exchange::to_response_of_operation(answer &&a, bool replayed) const {
  if (a.status < 200 || a.status > 599) {
    log(log_level::error, "an operation answered with a status that is none",
        {{"operation", served_ ? served_->label : ""}, {"requestId", who_.request_id}, {"traceId", who_.trace_id}});
    a = problem(500);
  }
  const bool reads = head_.method == "GET" || head_.method == "HEAD";
  if (a.status == 200 && reads && !a.etag.empty() && head_.if_none_match &&
      none_match_covers(*head_.if_none_match, a.etag)) {
    a.status = 304;
    a.body.clear();
    a.content_type.clear();
  }
  if (a.status == 503 && a.code == code_of(503) && api_->options().retry_in)
    a.retry_after =
        std::max(a.retry_after, int(std::chrono::ceil<std::chrono::seconds>(api_->options().retry_in()).count()));
  response r = to_response(std::move(a), who_);
  if (replayed) r.add("Idempotent-Replayed", "true");
  r.omit_body = head_.method == "HEAD";
  if (served_) r.label = served_->label;
  return r;
}

std::optional<response> exchange::admit(std::uint64_t content_length, std::size_t most_body,
                                        std::chrono::nanoseconds wait, bool late) {
  const std::string_view target = head_.target;
  const auto question = std::min(target.find('?'), target.size());
  if (question < target.size()) query_ = target.substr(question + 1);
  auto route = api_->find(head_.method, target.substr(0, question));
  switch (route.what) {
    case match::kind::bad:
      return refuse(problem(400, "malformed-path", "The path is not percent-encoded UTF-8 without U+0000."));
    case match::kind::not_found:
      return refuse(problem(404));
    case match::kind::not_allowed: {
      auto r = refuse(problem(405));
      r.add("Allow", route.allow);
      return r;
    }
    case match::kind::found:
      break;
  }
  served_ = &api_->at(route.route);
  path_ = std::move(route.parameters);
  const operation &op = served_->op;

  // Before anything is spent on it: what refusing costs is taken from those who are served.
  if (may_be_refused() &&
      (late || served_->limit->is_reached(std::chrono::steady_clock::now().time_since_epoch(), wait)))
    return refuse(problem(503, "overloaded", "More is asked than can be answered soon; try again."));

  if (!op.roles.empty()) {
    auto who = api_->options().authenticate(head_.authorization.value_or(""));
    if (!who) {
      auto r = refuse(problem(401));
      r.add("WWW-Authenticate", head_.authorization ? "Bearer error=\"invalid_token\"" : "Bearer");
      return r;
    }
    if (!shares_role(op.roles, who->roles)) return refuse(problem(403));
    caller_ = std::move(*who);
  }

  if (head_.has_body) {
    if (head_.method == "GET" || head_.method == "HEAD")
      return refuse(problem(400, "body-not-allowed", "A GET has no body."));
    if (content_length > most_body)
      return refuse(problem(413, {}, "The body has more than " + std::to_string(most_body) + " bytes."));
    if (head_.content_encoding || !head_.content_type || !is_json(*head_.content_type)) return refuse(problem(415));
  }

  const auto precondition = parse_if_match(head_.if_match);
  const bool accepts = op.if_match || op.if_match_needed;
  if (precondition.what != if_match::kind::none && !accepts && op.method != "GET")
    return refuse(
        problem(422, {}, {}, {{"/header/If-Match", "unknown-member", "this operation takes no precondition"}}));
  if (accepts) {
    switch (precondition.what) {
      case if_match::kind::none:
        if (op.if_match_needed) return refuse(problem(428));
        break;
      case if_match::kind::tag:
        if_match_ = precondition.tag;
        break;
      case if_match::kind::never:
        return refuse(problem(412, {}, "Weak entity tags never match; send the ETag as read."));
      case if_match::kind::many:
        return refuse(problem(400, "malformed-if-match", "Send If-Match with one entity tag, or *."));
      case if_match::kind::malformed:
        return refuse(problem(400, "malformed-if-match", "If-Match is no entity tag in double quotes."));
    }
  }

  if (head_.idempotency_key && op.method == "POST" && !is_idempotency_key(*head_.idempotency_key))
    return refuse(problem(
        422, {}, {}, {{"/header/Idempotency-Key", "bad-format", "must be 1 to 255 printable characters of ASCII"}}));
  return std::nullopt;
}

void exchange::serve(std::string body, std::shared_ptr<executor> runs_on, time_point deadline,
                     std::function<void(response)> done) {
  const log_scope lines(who_.request_id, who_.trace_id);
  const operation &op = served_->op;
  done_ = std::move(done);
  auto checked = check_request(op, path_, query_, body);
  if (checked.refused) return done_(refuse(*std::move(checked.refused)));

  auto made = std::make_shared<held_call>();
  made->caller = std::move(caller_);
  made->request_id = who_.request_id;
  made->traceparent = who_.traceparent;
  made->if_match = std::move(if_match_);
  made->cursor = std::move(checked.cursor);
  made->limit = checked.limit;
  made->deadline = deadline;
  made->path = std::move(checked.path);
  made->query = std::move(checked.query);
  made->body = std::move(checked.body);
  made->runs_on = runs_on.get();
  made->hold = runs_on;

  const bool keyed =
      head_.idempotency_key && op.method == "POST" && !op.home_store.empty() && api_->options().keys != nullptr;
  if (keyed) return serve_keyed(std::move(made), std::move(runs_on));
  run_handler(std::move(made), nullptr);
}

void exchange::serve_keyed(std::shared_ptr<call> made, std::shared_ptr<executor> runs_on) {
  const auto self = shared_from_this();
  idempotency::keyed_call keyed;
  keyed.caller = made->caller.name;
  keyed.key = *head_.idempotency_key;
  keyed.body_hash = sha256_hex(canonical(served_->op, *made));
  keyed.home_store = served_->op.home_store;
  keyed.deadline = made->deadline;
  keyed.runs_on = std::move(runs_on);
  keyed.handler = [self, made](std::shared_ptr<answer_keeper> keeper, std::function<void(answer)> answered) {
    made->keeper = std::move(keeper);
    self->run_handler(made, std::move(answered));
  };
  keyed.problem_body = [self](const answer &a) { return problem_body(a, self->who_.request_id); };
  start(api_->options().keys->serve(std::move(keyed)),
        [self](std::optional<idempotency::served> out, std::exception_ptr thrown) {
          if (thrown || !out) {
            log(log_level::error, "an Idempotency-Key could not be served",
                {{"operation", self->served_->label},
                 {"requestId", self->who_.request_id},
                 {"traceId", self->who_.trace_id}});
            return self->done_(self->refuse(problem(500)));
          }
          self->done_(self->to_response_of_operation(std::move(out->given), out->replayed));
        });
}

// Passes on the first answer; later ones are dropped and logged. A handler that lets go of it without an answer has
// given its answer with that.
class exchange::answer_once {
 public:
  answer_once(std::shared_ptr<exchange> of, std::function<void(answer)> answered)
      : of_(std::move(of)), answered_elsewhere_(std::move(answered)) {}
  answer_once(const answer_once &) = delete;
  ~answer_once() {
    if (answered_) return;
    of_->log_defect("an operation let go of a request without an answer");
    pass_on(problem(500));
  }
  void operator()(answer &&a) {
    if (answered_.exchange(true)) return of_->log_defect("an operation answered a second time; the answer is dropped");
    pass_on(std::move(a));
  }
  bool answered() const { return answered_; }

 private:
  void pass_on(answer &&a) const {
    if (answered_elsewhere_) return answered_elsewhere_(std::move(a));
    of_->done_(of_->to_response_of_operation(std::move(a), false));
  }

  const std::shared_ptr<exchange> of_;
  const std::function<void(answer)> answered_elsewhere_;
  std::atomic<bool> answered_{false};
};

void exchange::log_defect(std::string_view what) const {
  log(log_level::warning, what,
      {{"operation", served_->label},
       {"owner", served_->op.owner},
       {"requestId", who_.request_id},
       {"traceId", who_.trace_id}});
}

void exchange::run_handler(std::shared_ptr<const call> made, std::function<void(answer)> answered) {
  const auto once = std::make_shared<answer_once>(shared_from_this(), std::move(answered));
  try {
    served_->op.handle(std::move(made), [once](answer &&a) { (*once)(std::move(a)); });
  } catch (...) {
    // What an exception says may hold personal data; the request's id leads to the handler's own lines.
    log_defect("an operation threw");
    if (!once->answered()) (*once)(problem(500));
  }
}

}  // namespace causeway::http
