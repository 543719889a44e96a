// Listens for HTTP/1.1 and serves an api over it. Plain TCP: a reverse proxy in front speaks TLS.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/api.hpp"
#include "runtime/clock.hpp"

namespace causeway {

// What a caller may use, and what is said of it in the log.
struct server_limits {
  std::size_t body = 1 << 20;                      // bytes of a request's body; more is 413
  std::size_t connections = 4096;                  // open at once; more are answered 503 and closed
  std::size_t requests = 8192;                     // under way at once; more are answered 503
  std::chrono::milliseconds wait{1'000};           // at most, half in its socket and half under way
  std::chrono::milliseconds deadline{10'000};      // of a request, from when it is read; then 504
  std::chrono::milliseconds read_timeout{10'000};  // for a head and body to come, and for an answer to go
  std::chrono::milliseconds idle_timeout{60'000};  // of a connection between requests
  bool log_every_request = false;                  // otherwise those refused, failed or slow; the level debug logs all
  std::chrono::milliseconds slow{1'000};           // an answer that takes longer is logged as slow
};

struct server_options : server_limits {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;       // 0: any free one
  std::string setting = "listen";  // what the configuration calls these two, for messages
  unsigned threads = 1;            // that serve connections, each its own; they are shared out in turn
};

// How often a server looks after Idempotency-Keys that were left behind, and says how many requests it refused under
// overload.
constexpr std::chrono::seconds between_sweeps{2};

// Any thread, but the destructor and `drain` not on the server's own.
class server {
 public:
  // Listens and serves from here on. Throws std::runtime_error, saying the address, the reason and what to do, where it
  // cannot listen. `clock` outlives every call.
  server(const server_options &options, std::shared_ptr<const api> served, const clock &clock);
  // Closes what is open. Work that is posted to a call's executor after that runs on the poster's thread.
  ~server();
  server(const server &) = delete;

  // The port it listens on.
  std::uint16_t port() const;

  std::size_t connections() const;  // open
  std::size_t under_way() const;    // requests that an operation has

  // Serves another api within other limits from the next request on; requests under way end with theirs, and so does
  // the wait of an idle connection. `served` is let go of when the last of its requests is answered, on any thread.
  void replace(std::shared_ptr<const api> served, server_limits limits);

  // Stops listening, closes idle connections, answers requests that begin now with 503 and lets those under way end,
  // each with Connection: close. Returns when no connection is left, or after `most`; true for the former.
  bool drain(std::chrono::milliseconds most);

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace causeway
