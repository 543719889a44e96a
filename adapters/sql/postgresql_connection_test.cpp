// What PostgreSQL says at a moment that no real one can be brought to say it at, by a server that speaks just enough of
// its protocol (version 3.0).
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "sql/connection.hpp"

namespace causeway::sql {
namespace {

// Takes one connection, and answers every statement as an INSERT of one row.
class scripted_server {
 public:
  scripted_server() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    if (::bind(listener_, reinterpret_cast<const sockaddr *>(&at), length) != 0 || ::listen(listener_, 1) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr *>(&at), &length) != 0)
      ADD_FAILURE() << "no port";
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~scripted_server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  scripted_server(const scripted_server &) = delete;
  scripted_server &operator=(const scripted_server &) = delete;

  std::string connect() const {
    return "host=127.0.0.1 port=" + std::to_string(port_) + " user=u dbname=d sslmode=disable gssencmode=disable";
  }
  // Ends the session by its own will in place of the end of the next message, and leaves the socket open.
  void part() { parts_ = true; }

 private:
  static std::string message(char type, std::string_view body) {
    const auto length = htonl(std::uint32_t(body.size() + 4));
    return type + std::string(reinterpret_cast<const char *>(&length), 4) + std::string(body);
  }
  static std::string text(std::string_view words) { return std::string(words) + '\0'; }
  static std::string ready() { return message('Z', "I"); }

  bool take(std::string &into, std::size_t size) const {
    into.resize(size);
    // To read nothing would be to wait for more.
    return size == 0 || ::recv(socket_, into.data(), size, MSG_WAITALL) == ssize_t(size);
  }
  bool take_body(std::string &body) const {
    std::uint32_t length = 0;
    if (::recv(socket_, &length, 4, MSG_WAITALL) != 4) return false;
    return take(body, ntohl(length) - 4);
  }
  void say(const std::string &words) const { ::send(socket_, words.data(), words.size(), MSG_NOSIGNAL); }

  void serve() {
    socket_ = ::accept(listener_, nullptr, nullptr);
    if (socket_ < 0) return;
    std::string type, body;
    if (take_body(body)) {
      say(message('R', std::string(4, '\0')) + message('S', text("server_version") + text("15.0")) +
          message('S', text("client_encoding") + text("UTF8")) +
          message('S', text("standard_conforming_strings") + text("on")) + message('K', std::string(8, '\1')) +
          ready());
      while (take(type, 1) && take_body(body) && type[0] != 'X') answer(type[0]);
    }
    ::close(socket_);
  }

  void answer(char type) {
    if (type == 'Q') say(message('C', text("SET")) + ready());
    if (type == 'P') say(message('1', {}));
    if (type == 'B') say(message('2', {}));
    if (type == 'D') say(message('n', {}));
    if (type == 'E') say(message('C', text("INSERT 0 1")));
    if (type != 'S') return;
    say(parts_.exchange(false)
            ? message('E', text("SFATAL") + text("VFATAL") + text("C57P01") + text("Mparting") + '\0')
            : ready());
  }

  const int listener_;
  std::uint16_t port_ = 0;
  int socket_ = -1;
  std::atomic<bool> parts_{false};
  std::thread thread_;
};

failure_class failure_of(const std::function<void()> &what) {
  try {
    what();
  } catch (const database_failure &failure) {
    return failure.what;
  }
  ADD_FAILURE() << "nothing failed";
  return failure_class::internal;
}

class postgresql_connection_test : public testing::Test {
 protected:
  static time_point now() {
    return std::chrono::time_point_cast<time_point::duration>(std::chrono::system_clock::now());
  }

  scripted_server server_;
  const std::unique_ptr<connection> on_ =
      connection::open({sql_dialect::postgresql, server_.connect(), false, false, now, {}, false});
  statement &insert_ = on_->prepared("insert", [] { return sql_text{"INSERT INTO t VALUES (1)", {}, 0}; });
};

TEST_F(postgresql_connection_test, answers_statements_that_were_sent_together) {
  for (int message = 0; message < 2; ++message) {
    const sent_statements ahead(*on_);
    insert_.send();
    insert_.send();
    EXPECT_EQ(insert_.run(), 1u);
    EXPECT_EQ(insert_.run(), 1u);
  }
  EXPECT_EQ(insert_.run(), 1u) << "alone";
}

TEST_F(postgresql_connection_test, is_lost_where_the_session_ends_instead_of_a_message) {
  server_.part();
  {
    const sent_statements ahead(*on_);
    insert_.send();
    insert_.send();
    EXPECT_EQ(insert_.run(), 1u);
    EXPECT_EQ(failure_of([&] { insert_.run(); }), failure_class::lost);
  }
  EXPECT_EQ(failure_of([&] { on_->execute("SELECT 1"); }), failure_class::lost) << "and stays so";
}

TEST_F(postgresql_connection_test, is_lost_where_that_is_met_with_answers_nobody_wants) {
  server_.part();
  {
    const sent_statements ahead(*on_);
    insert_.send();
    insert_.send();
  }
  EXPECT_EQ(failure_of([&] { on_->execute("SELECT 1"); }), failure_class::lost);
}

}  // namespace
}  // namespace causeway::sql
