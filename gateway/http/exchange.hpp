// The life of one request behind the wire: who asks for what, whether it may, whether it is valid, what is answered.
// Knows no socket.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/api.hpp"
#include "http/headers.hpp"
#include "http/message.hpp"
#include "runtime/executor.hpp"

namespace causeway::http {

// An answer that needs no operation: what is wrong with the wire, or with the gateway.
response to_response(answer a, const identity &who);

// `admit` and `serve` by one thread at a time, one after the other; the rest from any.
class exchange : public std::enable_shared_from_this<exchange> {
 public:
  exchange(std::shared_ptr<const api> served, request &&head, identity &&who);

  // Judges what the head says: route, credential, roles, preconditions, the kind of body. Nothing: go on to read the
  // body and serve it. `content_length` is 0 where none is announced; `wait`: see concurrency_limit; `late`: see
  // lateness.
  std::optional<response> admit(std::uint64_t content_length, std::size_t most_body, std::chrono::nanoseconds wait,
                                bool late);

  // Only after `admit` gave nothing; once. `done` is called once, perhaps before this returns, perhaps from another
  // thread, perhaps long after the deadline, perhaps never: handlers are not the gateway's.
  void serve(std::string body, std::shared_ptr<executor> runs_on, time_point deadline,
             std::function<void(response)> done);

  // An answer of the gateway's own to this request.
  response refuse(answer a) const;

  // Whether that may be because of overload: the gateway's own operations are few and cheap, and tell of it. After
  // `admit` gave nothing.
  bool may_be_refused() const;

  // How many of the operation are under way. After `admit`.
  concurrency_limit &limit() const { return *served_->limit; }

  const identity &who() const { return who_; }
  // What counts the answer; null: nobody. After `admit`.
  request_meter *meter() const { return served_ ? served_->meter : api_->other_meter(); }

 private:
  void serve_keyed(std::shared_ptr<call> made, std::shared_ptr<executor> runs_on);
  // `answered` in place of the caller, where there is one.
  void run_handler(std::shared_ptr<const call> made, std::function<void(answer)> answered);
  response to_response_of_operation(answer &&a, bool replayed) const;
  void log_defect(std::string_view what) const;

  class answer_once;

  const std::shared_ptr<const api> api_;
  request head_;
  const identity who_;
  const api::served *served_ = nullptr;
  std::vector<std::string> path_;
  std::string_view query_;  // in head_.target
  principal caller_;
  std::string if_match_;
  std::function<void(response)> done_;
};

}  // namespace causeway::http
