// One connection: reads a head, has it judged, reads the body, has it served, writes the answer, and again.
// Inside gateway/http only.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "http/engine.hpp"
#include "http/server.hpp"

namespace causeway::http {

class session;

// On which a request is served, from its head to its answer.
struct terms {
  std::shared_ptr<const api> served;
  std::shared_ptr<const server_limits> limits;
};

// What all sessions of a server share. Any thread.
struct session_host {
  session_host(const server_limits &l, std::shared_ptr<const api> a, const clock &c, std::shared_ptr<engine> e)
      : time(c), loops(std::move(e)), now{std::move(a), std::make_shared<const server_limits>(l)} {}

  const clock &time;
  const std::shared_ptr<engine> loops;
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> connections{0};  // as many as are open
  std::atomic<std::size_t> under_way{0};
  std::atomic<std::uint64_t> overloaded{0};  // answers of which the log has not been told yet

  std::mutex mutex;
  std::condition_variable ended;
  terms now;                                         // under the mutex
  std::map<session *, std::weak_ptr<session>> open;  // under the mutex

  terms current();
  std::shared_ptr<const server_limits> current_limits();
  // False where there are as many as may be.
  bool add(const std::shared_ptr<session> &one);
  void remove(session *one);
  std::vector<std::shared_ptr<session>> all();
};

// Takes over the socket, whose executor is `where`'s; nothing happens before `begin`.
std::shared_ptr<session> make_session(
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, event_loop::executor_type> socket, event_loop &where,
    std::shared_ptr<session_host> host);
// Any thread.
void begin(const std::shared_ptr<session> &one);
// Closes it if it waits for a request; else it ends after its answer. Any thread.
void drain(const std::shared_ptr<session> &one);
// Closes it. Any thread.
void close(const std::shared_ptr<session> &one);

}  // namespace causeway::http
