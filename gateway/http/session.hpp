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

// What all sessions of a server share. Any thread.
struct session_host {
  session_host(server_options o, std::shared_ptr<const api> a, const clock &c, std::shared_ptr<engine> e)
      : options(std::move(o)), time(c), loop(std::move(e)), served(std::move(a)) {}

  const server_options options;
  const clock &time;
  const std::shared_ptr<engine> loop;
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> under_way{0};

  std::mutex mutex;
  std::condition_variable ended;
  std::shared_ptr<const api> served;                 // under the mutex
  std::map<session *, std::weak_ptr<session>> open;  // under the mutex

  std::shared_ptr<const api> current();
  // False where there are as many as may be.
  bool add(const std::shared_ptr<session> &one);
  void remove(session *one);
  std::vector<std::shared_ptr<session>> all();
};

// Takes over the socket, whose executor is `where`; nothing happens before `begin`.
std::shared_ptr<session> make_session(boost::asio::basic_stream_socket<boost::asio::ip::tcp, strand> socket,
                                      strand where, std::shared_ptr<session_host> host);
// Any thread.
void begin(const std::shared_ptr<session> &one);
// Closes it if it waits for a request; else it ends after its answer. Any thread.
void drain(const std::shared_ptr<session> &one);
// Closes it. Any thread.
void close(const std::shared_ptr<session> &one);

}  // namespace causeway::http
