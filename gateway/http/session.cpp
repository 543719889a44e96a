// The one place that knows Beast: it parses heads and bodies, and no more. Everything of a session runs on its loop's
// thread, one step calling the next:
//
//   next_request -> read_head -> on_head -> [read_body] -> serve -> on_answer -> respond -> next_request
//
// Requests that were sent ahead wait in the buffer until the one before is answered: so answers keep the order.
#include "http/session.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <exception>
#include <optional>

#include "http/exchange.hpp"
#include "http/head.hpp"
#include "http/problem.hpp"
#include "runtime/log.hpp"
#include "store/fault_point.hpp"

namespace causeway::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using beast::error_code;

namespace {

using steady = std::chrono::steady_clock;
using socket_type = asio::basic_stream_socket<tcp, event_loop::executor_type>;

constexpr std::size_t read_piece = 4096;               // bytes that a connection asks for at once
constexpr std::size_t kept_answer = 16 * 1024;         // bytes that an idle connection may hold of its last
constexpr std::size_t worth_reading = 64 * 1024;       // of a body that is refused: read it and keep the connection
constexpr std::chrono::seconds linger_for{1};          // for the caller to read a refusal before the socket is gone
constexpr std::size_t linger_bytes = 4 * 1024 * 1024;  // of what it may still send meanwhile

constexpr std::string_view overloaded = "overloaded";

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Beast passes over whatever stands in quotes of a chunk's extension, a line's end too, at which another reader might
// see the chunk begin.
struct extension_check {
  void operator()(std::uint64_t, beast::string_view extension, error_code &ec) const {
    const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
    if (std::any_of(extension.begin(), extension.end(), is_control)) ec = beast::http::error::bad_chunk_extension;
  }
};

}  // namespace

class session : public std::enable_shared_from_this<session> {
 public:
  session(socket_type socket, event_loop &where, std::shared_ptr<session_host> host)
      : host_(std::move(host)),
        loop_(where),
        socket_(std::move(socket)),
        timer_(where.get_executor()),
        runs_on_(std::make_shared<loop_executor>(host_->loops, where)),
        limits_(host_->current_limits()) {}
  ~session() {
    if (answering_) end_answering(false);
    host_->remove(this);
  }

  void begin() {
    error_code ec;
    socket_.non_blocking(true, ec);
    if (ec) return close();
    next_request();
  }

  void drain() {
    if (idle_) close();
  }

  void close() {
    error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    ++turn_;
  }

  event_loop &where() const { return loop_; }

 private:
  using parser = beast::http::request_parser<beast::http::string_body>;

  // The clock that is injected counts milliseconds, and most answers take less.
  static steady::time_point now() { return steady::now(); }

  // What is waited for from here on must have come by then. Nearly all of it does, so the timer is not set anew for
  // each wait: it rings no later than it must, looks whether it is late, and is set again if not.
  void wait_until(steady::time_point due) {
    due_ = due;
    if (due < rings_at_) set_timer();
  }

  void set_timer() {
    rings_at_ = due_;
    timer_.expires_at(due_);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->ring();
    });
  }

  void ring() {
    rings_at_ = steady::time_point::max();
    if (!socket_.is_open()) return;
    if (now() < due_) return set_timer();
    if (refused_) return refuse_before_body();
    if (!answering_) return close();
    on_answer(turn_, exchange_->refuse(problem(504)));
  }

  std::string_view unread() const { return {static_cast<const char *>(buffer_.data().data()), buffer_.data().size()}; }

  void next_request() {
    exchange_.reset();
    refused_.reset();
    scan_ = {};
    hurries_ = false;
    keep_alive_ = false;
    http_1_0_ = false;
    // Not what is served: a connection that waits must not hold it.
    limits_ = host_->current_limits();
    if (buffer_.size() == 0 && host_->draining) return close();
    idle_ = buffer_.size() == 0;
    alone_ = idle_;
    if (idle_) {
      idle_since_ = now();
      wait_until(idle_since_ + limits_->idle_timeout);
    }
    scan_head();
  }

  void scan_head() {
    // An empty line before a request is forgiven (RFC 9112, 2.2).
    if (scan_.is_fresh() && unread().substr(0, 2) == "\r\n") buffer_.consume(2);
    const auto verdict = scan_.look(unread());
    if (const auto *wrong = std::get_if<refusal>(&verdict)) return refuse_connection(*wrong);
    const auto length = std::get<std::size_t>(verdict);
    if (length > 0) return on_head(length);
    read_some([](session &self) { self.scan_head(); });
  }

  // Once for the whole head and body: a caller that sends a byte now and then gains no time by it.
  void hurry() {
    if (!std::exchange(hurries_, true)) wait_until(now() + limits_->read_timeout);
  }

  // Reads what comes next into the buffer, which never holds more than one head's length.
  template <class Next>
  void read_some(Next next) {
    if (!idle_) hurry();
    const auto room = buffer_.max_size() - buffer_.size();
    socket_.async_read_some(buffer_.prepare(std::min(room, read_piece)),
                            [self = shared_from_this(), next](error_code ec, std::size_t n) {
                              if (ec) return self->close();
                              self->buffer_.commit(n);
                              self->idle_ = false;
                              next(*self);
                            });
  }

  void on_head(std::size_t length) {
    const auto bytes = unread().substr(0, length);
    late_ = is_late();
    if (auto wrong = check_version(bytes)) return refuse_connection(*wrong);
    parser_.emplace();
    parser_->header_limit(std::uint32_t(head_scan::longest));
    parser_->body_limit(boost::none);  // judged below, once the caller is known
    parser_->on_chunk_header(extensions_);
    error_code ec;
    const auto used = parser_->put(asio::buffer(bytes.data(), bytes.size()), ec);
    if (ec || used != length || !parser_->is_header_done())
      return refuse_connection({400, "bad-request", "The request's head is malformed."});
    auto checked = check_parsed_head();
    buffer_.consume(length);
    if (auto *wrong = std::get_if<refusal>(&checked)) return refuse_connection(*wrong);
    keep_alive_ = parser_->keep_alive();
    http_1_0_ = parser_->get().version() < 11;
    judge(std::get<read_head>(std::move(checked)));
  }

  // Half of the time for which a request is to wait at most may pass in the socket, and half once it has been read.
  std::chrono::nanoseconds wait_in_each() const { return limits_->wait / 2; }

  // Of what was sent ahead nobody knows when it came. Where that lay in the socket it has waited for the answer before
  // it first, and only since then to be read.
  bool is_late() {
    if (!alone_ || !loop_.late.asks()) return false;
    const auto at = now();
    const auto waited = std::min<lateness::time>(waited_in(socket_.native_handle()), at - idle_since_);
    return loop_.late.refuses(waited, at.time_since_epoch(), wait_in_each(), host_->connections);
  }

  std::variant<read_head, refusal> check_parsed_head() const {
    const auto &message = parser_->get();
    raw_head raw;
    raw.method = view(message.method_string());
    raw.target = view(message.target());
    raw.version = message.version();
    raw.fields.reserve(16);
    for (const auto &field : message) raw.fields.emplace_back(view(field.name_string()), view(field.value()));
    return check_head(raw);
  }

  void judge(read_head &&read) {
    const auto content_length = parser_->content_length().value_or(0);
    const bool has_body = read.head.has_body;
    auto who = identity_of(read.head.request_id, read.head.traceparent);
    auto now_served = host_->current();
    limits_ = std::move(now_served.limits);
    exchange_ = std::make_shared<exchange>(std::move(now_served.served), std::move(read.head), std::move(who));
    started_ = now();
    try {
      refused_ = exchange_->admit(content_length, limits_->body, wait_in_each(), late_);
    } catch (const std::exception &) {
      refused_ = broken();
    }
    if (host_->draining)
      refused_ = exchange_->refuse(problem(503, "draining", "The gateway is ending; another one serves."));
    if (!has_body) return refused_ ? respond_refused() : serve({});
    if (refused_ && (read.chunked || read.expects_continue || content_length > worth_reading))
      return refuse_before_body();
    parser_->body_limit(limits_->body);
    fields_before_body_ = count_fields();
    parser_->eager(true);
    if (read.expects_continue && buffer_.size() == 0) {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      hurry();
      asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code ec, std::size_t) {
        if (ec) return self->close();
        self->read_body();
      });
      return;
    }
    read_body();
  }

  std::size_t count_fields() const {
    const auto &message = parser_->get();
    return std::size_t(std::distance(message.begin(), message.end()));
  }

  void read_body() {
    while (buffer_.size() > 0 && !parser_->is_done()) {
      error_code ec;
      const auto used = parser_->put(buffer_.data(), ec);
      buffer_.consume(used);
      if (ec == beast::http::error::need_more) break;
      if (ec == beast::http::error::body_limit)
        return refuse_body(problem(413, {}, "The body has more than " + std::to_string(limits_->body) + " bytes."));
      if (ec) return refuse_body(problem(400, {}, "The body's framing is malformed."));
    }
    if (!parser_->is_done()) {
      // Only a chunk's head or a trailer that does not end can fill the buffer.
      if (buffer_.size() == buffer_.max_size())
        return refuse_body(problem(400, {}, "A chunk's extension or a trailer is too long."));
      return read_some([](session &self) { self.read_body(); });
    }
    // Trailers would stand among the header fields, where a caller could smuggle what was checked before.
    if (count_fields() != fields_before_body_) return refuse_body(problem(400, {}, "Trailers are not accepted."));
    if (refused_) return respond_refused();
    serve(std::move(parser_->get().body()));
  }

  void serve(std::string body) {
    if (host_->under_way.fetch_add(1) >= limits_->requests && exchange_->may_be_refused()) {
      --host_->under_way;
      return respond(exchange_->refuse(problem(503, "overloaded", "Too many requests are under way; try again.")));
    }
    answering_ = true;
    exchange_->limit().begun(now().time_since_epoch());
    const auto turn = ++turn_;
    const auto served = exchange_;  // it may be answered, and the next request begun, before this returns
    try {
      served->serve(std::move(body), runs_on_, host_->time.steady() + limits_->deadline,
                    [weak = weak_from_this(), turn](response &&r) {
                      if (const auto self = weak.lock()) self->take(turn, std::move(r));
                    });
    } catch (const std::exception &) {
      on_answer(turn, broken());
    }
    if (answering_ && turn == turn_) wait_until(now() + limits_->deadline);
  }

  // For what nobody expects to be thrown: one request ends badly, the others go on.
  response broken() const {
    log(log_level::error, "a request broke off",
        {{"requestId", exchange_->who().request_id}, {"traceId", exchange_->who().trace_id}});
    return exchange_->refuse(problem(500));
  }

  // Any thread.
  void take(std::uint64_t turn, response &&r) {
    if (loop_.runs_here()) return on_answer(turn, std::move(r));
    runs_on_->post(
        [self = shared_from_this(), turn, r = std::move(r)]() mutable { self->on_answer(turn, std::move(r)); });
  }

  // The first answer of this turn counts; what comes behind the deadline, or behind another answer, is late.
  void on_answer(std::uint64_t turn, response &&r) {
    if (turn != turn_ || !answering_) return;
    end_answering(r.status != 504);
    respond(std::move(r));
  }

  void end_answering(bool in_time) {
    answering_ = false;
    --host_->under_way;
    exchange_->limit().ended(now().time_since_epoch(), in_time);
  }

  void refuse_connection(const refusal &why) {
    keep_alive_ = false;
    unread_body_ = true;
    started_ = now();
    const auto who = identity_of(std::nullopt, std::nullopt);
    respond(to_response(problem(why.status, why.code, why.detail), who), who);
  }

  void refuse_body(const answer &a) {
    if (!refused_) refused_ = exchange_->refuse(a);
    refuse_before_body();
  }

  // The body is not waited for, so what follows on this connection cannot be told from it.
  void refuse_before_body() {
    keep_alive_ = false;
    unread_body_ = true;
    respond_refused();
  }

  void respond_refused() {
    auto r = *std::move(refused_);
    refused_.reset();
    respond(std::move(r));
  }

  void respond(response &&r) { respond(std::move(r), exchange_->who()); }

  void respond(response &&r, const identity &who) {
    if (!socket_.is_open()) return;
    if (host_->draining) keep_alive_ = false;
    const auto took = now() - started_;
    if (auto *meter = exchange_ ? exchange_->meter() : host_->current().served->other_meter())
      meter->answered(r.status, took);
    log_access(r, who, took);
    out_ = to_wire(r, {keep_alive_, http_1_0_}, host_->time.now());
    CAUSEWAY_FAULT_POINT("http.answering");
    write_answer();
  }

  // Nearly every answer fits into the socket's buffer at once, without the loop and a timeout.
  void write_answer() {
    error_code ec;
    const auto sent = socket_.write_some(asio::buffer(out_), ec);
    if (ec && ec != asio::error::would_block) return close();
    if (sent == out_.size()) return on_answer_written();
    wait_until(now() + limits_->read_timeout);
    asio::async_write(socket_, asio::buffer(out_) + sent, [self = shared_from_this()](error_code failed, std::size_t) {
      if (failed) return self->close();
      self->on_answer_written();
    });
  }

  void on_answer_written() {
    CAUSEWAY_FAULT_POINT("http.answered");
    if (out_.capacity() > kept_answer) std::string().swap(out_);
    if (!keep_alive_) return linger();
    if (buffer_.size() == 0) return next_request();
    // Many that were sent ahead must not use up the stack.
    asio::post(loop_.get_executor(), [self = shared_from_this()] { self->next_request(); });
  }

  void log_access(const response &r, const identity &who, std::chrono::nanoseconds took) const {
    const bool slow = took > limits_->slow;
    const bool wanted = r.status >= 400 || limits_->log_every_request;
    const auto level = r.status >= 500 || slow ? log_level::warning : wanted ? log_level::info : log_level::debug;
    if (!is_logged(level)) return;
    // A line for each would cost those who are served more than the refusal itself.
    if (r.code == overloaded && !limits_->log_every_request) {
      ++host_->overloaded;
      return;
    }
    log(level, slow ? "slow request" : "request",
        {{"requestId", who.request_id},
         {"traceId", who.trace_id},
         {"operation", std::string(r.label)},
         {"status", std::to_string(r.status)},
         {"code", r.code},
         {"milliseconds", std::to_string(std::chrono::floor<std::chrono::milliseconds>(took).count())}});
  }

  // Closing a socket with unread bytes in it resets the connection, and the caller may lose the answer: say the end,
  // then read on for a moment.
  void linger() {
    error_code ec;
    socket_.shutdown(tcp::socket::shutdown_send, ec);
    if (ec || !unread_body_) return close();
    buffer_.clear();
    wait_until(now() + linger_for);
    read_away();
  }

  void read_away() {
    socket_.async_read_some(buffer_.prepare(buffer_.max_size()),
                            [self = shared_from_this()](error_code ec, std::size_t n) {
                              self->lingered_ += n;
                              if (ec || self->lingered_ > linger_bytes || self->host_->draining) return self->close();
                              self->read_away();
                            });
  }

  const std::shared_ptr<session_host> host_;  // holds the loops: first, so that it goes last
  event_loop &loop_;
  socket_type socket_;
  asio::basic_waitable_timer<steady, asio::wait_traits<steady>, event_loop::executor_type> timer_;
  steady::time_point due_;                                   // when what is waited for is late
  steady::time_point rings_at_ = steady::time_point::max();  // of the timer
  const std::shared_ptr<loop_executor> runs_on_;
  std::shared_ptr<const server_limits> limits_;
  beast::flat_buffer buffer_{head_scan::longest};
  extension_check extensions_;
  std::optional<parser> parser_;
  head_scan scan_;
  std::shared_ptr<exchange> exchange_;
  std::optional<response> refused_;  // what is answered once the body has come
  std::string out_;
  steady::time_point started_;
  steady::time_point idle_since_;  // since when the next request is waited for
  std::uint64_t turn_ = 0;         // counts what was served; a late answer belongs to an earlier one
  std::size_t fields_before_body_ = 0;
  std::size_t lingered_ = 0;
  bool alone_ = false;      // nothing of the request had come when the one before was answered
  bool late_ = false;       // it has waited too long to be read
  bool idle_ = false;       // waits for the first byte of a request
  bool hurries_ = false;    // has been told when the request must have come
  bool answering_ = false;  // a handler has the request
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool unread_body_ = false;  // the caller may still be sending what nobody will read
};

std::shared_ptr<session> make_session(socket_type socket, event_loop &where, std::shared_ptr<session_host> host) {
  return std::make_shared<session>(std::move(socket), where, std::move(host));
}

void begin(const std::shared_ptr<session> &one) {
  asio::post(one->where().get_executor(), [one] { one->begin(); });
}

void drain(const std::shared_ptr<session> &one) {
  asio::post(one->where().get_executor(), [one] { one->drain(); });
}

void close(const std::shared_ptr<session> &one) {
  asio::post(one->where().get_executor(), [one] { one->close(); });
}

}  // namespace causeway::http
