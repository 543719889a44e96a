// What the tests of gateway/http share: a client that sends bytes as they are, and operations to serve.
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "http/server.hpp"

namespace causeway::http::test {

// A response as it came over the wire.
struct wire_response {
  int status = 0;
  std::map<std::string, std::string> fields;  // names in lower case
  std::string body;
};

// A connection that sends what it is told, byte for byte.
class raw_client {
 public:
  explicit raw_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr *>(&at), sizeof at) == 0;
  }
  ~raw_client() { ::close(socket_); }
  raw_client(const raw_client &) = delete;

  bool connected() const { return connected_; }

  // False where the other side has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(std::size_t(sent));
    }
    return true;
  }

  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  // The next response; nothing where the connection ends first, or nothing comes in five seconds.
  std::optional<wire_response> read(bool without_body = false) {
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return std::nullopt;
    wire_response r;
    const std::string head = pending_.substr(0, end + 2);
    pending_.erase(0, end + 4);
    r.status = std::stoi(head.substr(9, 3));
    for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
      const auto stop = head.find("\r\n", line), colon = head.find(": ", line);
      std::string name = head.substr(line, colon - line);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
      r.fields[name] = head.substr(colon + 2, stop - colon - 2);
      line = stop + 2;
    }
    const auto length = r.fields.count("content-length") ? std::stoul(r.fields["content-length"]) : 0;
    if (without_body) return r;
    while (pending_.size() < length)
      if (!more()) return std::nullopt;
    r.body = pending_.substr(0, length);
    pending_.erase(0, length);
    pending_.shrink_to_fit();  // tests weigh what a server holds
    return r;
  }

  // Whether something comes within `most`.
  bool is_readable(std::chrono::milliseconds most) const {
    pollfd waiting{socket_, POLLIN, 0};
    return !pending_.empty() || ::poll(&waiting, 1, int(most.count())) == 1;
  }

  // Whether the other side ends the connection within `most`, sending nothing more.
  bool is_closed(std::chrono::milliseconds most = std::chrono::seconds(5)) {
    if (!pending_.empty()) return false;
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, int(most.count())) != 1) return false;
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) <= 0;
  }

 private:
  bool more() {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, 5000) != 1) return false;
    char bytes[4096];
    const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    pending_.append(bytes, std::size_t(got));
    return true;
  }

  int socket_;
  bool connected_ = false;
  std::string pending_;
};

// A clock that goes when it is told to.
class stepped_clock final : public clock {
 public:
  time_point now() const override { return time_point(std::chrono::milliseconds(ms_ + wall_)); }
  std::chrono::milliseconds elapsed() const override { return std::chrono::milliseconds(ms_); }
  time_point steady() const override { return time_point(std::chrono::milliseconds(ms_)); }
  void step(std::chrono::milliseconds by) { ms_ += by.count(); }
  // The wall clock alone.
  void jump(std::chrono::milliseconds by) { wall_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'760'000'000'000};
  std::atomic<std::int64_t> wall_{0};
};

inline member text_member(std::string name, bool required = false) {
  member m;
  m.name = std::move(name);
  m.required = required;
  return m;
}

inline member csid_member() {
  member m = text_member("csid", true);
  m.format = "csid";
  return m;
}

// An operation of the plugin "test" that anyone may call.
inline operation test_operation(std::string method, std::string path,
                                std::function<void(std::shared_ptr<const call>, std::function<void(answer)>)> handle) {
  operation op;
  op.owner = "test";
  op.method = std::move(method);
  op.path = std::move(path);
  op.handle = std::move(handle);
  return op;
}

inline answer json_answer(std::string body, int status = 200) {
  answer a;
  a.status = status;
  a.body = std::move(body);
  return a;
}

// Throws where the operations are refused.
inline std::shared_ptr<const api> make_api(std::vector<operation> operations, api_options options = {}) {
  auto made = api::make(std::move(operations), std::move(options));
  if (!made) throw std::invalid_argument(made.why().detail);
  return *made;
}

inline server_options any_port() {
  server_options o;
  o.port = 0;
  return o;
}

}  // namespace causeway::http::test
