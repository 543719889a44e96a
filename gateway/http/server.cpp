// The listener: accepts connections, counts them, makes a session of each, and ends them.
#include "http/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <stdexcept>

#include "http/engine.hpp"
#include "http/exchange.hpp"
#include "http/headers.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/session.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr unsigned sweeps_to_a_purge = 5;
constexpr std::chrono::milliseconds after_failed_accept{100};

}  // namespace

struct server::state : std::enable_shared_from_this<server::state> {
  using socket = asio::basic_stream_socket<tcp, http::event_loop::executor_type>;

  state(const server_options &options, std::shared_ptr<const api> served, const clock &time)
      : loops(std::make_shared<http::engine>(options.threads)),
        host(std::make_shared<http::session_host>(options, std::move(served), time, loops)),
        loop(loops->next()),
        acceptor(loop.get_executor()),
        retry(loop.get_executor()),
        sweep(loop.get_executor()) {}

  const std::shared_ptr<http::engine> loops;
  const std::shared_ptr<http::session_host> host;
  http::event_loop &loop;  // of what follows
  tcp::acceptor acceptor;
  asio::steady_timer retry;
  asio::steady_timer sweep;
  unsigned sweeps = 0;
  bool ending = false;  // on the loop's thread
  std::uint16_t port = 0;

  void listen(const server_options &options) {
    const auto fail = [&](const std::string &why) {
      throw std::runtime_error("cannot listen on " + options.address + ":" + std::to_string(options.port) + ": " + why +
                               "; choose another " + options.setting + ".address or " + options.setting +
                               ".port, or end what listens there");
    };
    error_code ec;
    const auto address = asio::ip::make_address(options.address, ec);
    if (ec) fail("it is no IP address");
    const tcp::endpoint at(address, options.port);
    acceptor.open(at.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor.bind(at, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) fail(ec.message());
    port = acceptor.local_endpoint(ec).port();
  }

  void accept() {
    auto &where = loops->next();
    acceptor.async_accept(where.get_executor(), [self = shared_from_this(), &where](error_code ec, socket accepted) {
      if (ec == asio::error::operation_aborted || !self->acceptor.is_open()) return;
      if (ec) {
        // Most likely no file descriptor is left; connections that end give some back.
        log(log_level::warning, "a connection could not be accepted", {{"reason", ec.message()}});
        self->retry.expires_after(after_failed_accept);
        self->retry.async_wait([self](error_code cancelled) {
          if (!cancelled) self->accept();
        });
        return;
      }
      self->take(std::move(accepted), where);
      self->accept();
    });
  }

  void take(socket accepted, http::event_loop &where) {
    error_code ignored;
    accepted.set_option(tcp::no_delay(true), ignored);
    if (host->draining) return;
    const int native = accepted.native_handle();
    const auto one = http::make_session(std::move(accepted), where, host);
    if (host->add(one)) return http::begin(one);
    if (auto *meter = host->current().served->other_meter()) meter->answered(503, std::chrono::nanoseconds(0));
    // One write that does not wait: this caller is owed a reason, not a place in memory.
    const auto full = http::to_response(http::problem(503, "overloaded", "Too many connections are open; try again."),
                                        http::identity_of(std::nullopt, std::nullopt));
    const auto bytes = http::to_wire(full, {false, false}, host->time.now());
    [[maybe_unused]] const auto sent = ::send(native, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  // A key that was left behind is given free before its caller has waited long; what has expired can wait.
  void sweep_now_and_then() {
    sweep.expires_after(between_sweeps);
    sweep.async_wait([self = shared_from_this()](error_code cancelled) {
      // One that was due already is not cancelled any more; begun anew it would keep everything for ever.
      if (cancelled || self->ending) return;
      self->tell_overload();
      if (const auto keys = self->host->current().served->options().keys) {
        keys->sweep();
        if (++self->sweeps % sweeps_to_a_purge == 0) keys->purge();
      }
      self->sweep_now_and_then();
    });
  }

  void tell_overload() {
    if (const auto refused = host->overloaded.exchange(0))
      log(log_level::warning, "requests were refused: overloaded", {{"requests", std::to_string(refused)}});
  }

  void stop_listening() {
    asio::post(loop.get_executor(), [self = shared_from_this()] {
      error_code ignored;
      self->acceptor.close(ignored);
      self->retry.cancel();
    });
  }
};

server::server(const server_options &options, std::shared_ptr<const api> served, const clock &clock)
    : state_(std::make_shared<state>(options, std::move(served), clock)) {
  state_->listen(options);
  state_->accept();
  state_->sweep_now_and_then();
  state_->loops->begin();
}

server::~server() {
  state_->host->draining = true;
  state_->stop_listening();
  asio::post(state_->loop.get_executor(), [state = state_] {
    state->ending = true;
    state->sweep.cancel();
  });
  for (const auto &one : state_->host->all()) http::close(one);
  state_->loops->end();
  state_->tell_overload();
}

std::uint16_t server::port() const { return state_->port; }

std::size_t server::connections() const { return state_->host->connections; }

std::size_t server::under_way() const { return state_->host->under_way; }

void server::replace(std::shared_ptr<const api> served, server_limits limits) {
  http::terms now{std::move(served), std::make_shared<const server_limits>(limits)};
  const std::lock_guard lock(state_->host->mutex);
  std::swap(state_->host->now, now);
}

bool server::drain(std::chrono::milliseconds most) {
  auto &host = *state_->host;
  host.draining = true;
  state_->stop_listening();
  for (const auto &one : host.all()) http::drain(one);
  std::unique_lock lock(host.mutex);
  return host.ended.wait_for(lock, most, [&] { return host.open.empty(); });
}

}  // namespace causeway
