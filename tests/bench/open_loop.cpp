// Asks at a rate that does not depend on the answers, as many independent callers do: what wrk cannot, whose
// connections wait for their answers before they ask again. Each request has its time, by chance with a constant mean
// (a Poisson process); its latency counts from that time, so that a caller who had to wait for a connection is not left
// out. One thread, which never sleeps, and no more connections in use than requests are under way.
//
//     open_loop PORT KEY CUSTOMERS CONNECTIONS RATE SECONDS r1|w1
//
// r1: random customers' online accounts; w1: communications of random international ones, in bodies of 400 bytes, as
// requests.lua has them. With the rate 0 each connection asks again as soon as it is answered: for what a gateway can
// do, of the same requests. Prints one JSON object: what was offered, answered 200 or 201, refused (503 with
// Retry-After) and neither; p50 and p99 in milliseconds of those that were answered and refused; what the generator
// used of a processor, and how late it was itself.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr nanoseconds patience = std::chrono::seconds(20);  // for the last answers

struct connection {
  int socket = -1;
  clock_type::time_point due{};
  std::string received;
};

struct tally {
  std::vector<float> good, refused;  // milliseconds
  std::uint64_t wrong = 0;
};

double milliseconds(nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

double percentile(std::vector<float> &values, double part) {
  if (values.empty()) return 0;
  const auto at = std::min(values.size() - 1, std::size_t(double(values.size()) * part));
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(at), values.end());
  return double(values[at]);
}

int connect_to(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  if (made < 0 || ::connect(made, reinterpret_cast<const sockaddr *>(&to), sizeof to) != 0 ||
      ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
    throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
  return made;
}

// So that the connection has been taken up before the load begins: to be asked by thousands of new callers at once is
// another question.
void greet(int socket) {
  constexpr std::string_view live = "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  char answer[4096];
  if (::send(socket, live.data(), live.size(), MSG_NOSIGNAL) != ssize_t(live.size()) ||
      ::recv(socket, answer, sizeof answer, 0) <= 0)
    throw std::runtime_error("a connection was not taken up");
}

// The bytes of a whole answer, 0 while more is to come.
std::size_t whole(std::string_view received) {
  const auto end = received.find("\r\n\r\n");
  if (end == received.npos) return 0;
  constexpr std::string_view name = "Content-Length: ";
  const auto at = received.substr(0, end).find(name);
  if (at == received.npos) throw std::runtime_error("an answer without a Content-Length");
  std::size_t length = 0;
  std::from_chars(received.data() + at + name.size(), received.data() + end, length);
  return received.size() < end + 4 + length ? 0 : end + 4 + length;
}

std::string rest_of_head(const std::string &operation, const std::string &key) {
  return "/" + operation + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + key + "\r\n";
}
std::string rest_of_read(const std::string &key) { return rest_of_head("online-account", key) + "\r\n"; }
std::string rest_of_write(const std::string &key) {
  std::string body = R"({"type":"Phone Out","reason":"PERS SERVICES","category":"PS CUSTOMER CONTACT","issue":"Blank",)"
                     R"("subject":"Contact","text":")";
  while (body.size() < 398) body += "Spoke with the customer about the plan; agreed to call again. ";
  body.resize(398);
  body += "\"}";
  return rest_of_head("communications", key) +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class generator {
 public:
  generator(std::uint16_t port, const std::string &key, unsigned customers, unsigned connections, bool writes)
      : writes_(writes),
        rest_(writes ? rest_of_write(key) : rest_of_read(key)),
        customer_(1, writes ? customers / 4 : customers),
        poll_(::epoll_create1(0)),
        all_(connections) {
    for (auto &one : all_) {
      one.socket = connect_to(port);
      greet(one.socket);
      epoll_event wanted{};
      wanted.events = EPOLLIN;
      wanted.data.ptr = &one;
      if (::epoll_ctl(poll_, EPOLL_CTL_ADD, one.socket, &wanted) != 0) throw std::runtime_error("epoll_ctl failed");
      free_.push_back(&one);
    }
  }
  ~generator() {
    for (const auto &one : all_) ::close(one.socket);
    ::close(poll_);
  }
  generator(const generator &) = delete;

  void run(double rate, nanoseconds time) {
    std::exponential_distribution<double> gap(rate == 0 ? 1 : rate / 1e9);
    const auto begin = clock_type::now();
    end_ = begin + time;
    auto due = begin;
    for (;;) {
      const auto now = clock_type::now();
      for (; rate == 0 && now < end_ && waiting_.size() < free_.size(); ++offered_) waiting_.push_back(now);
      for (; rate != 0 && due <= now && due - begin < time; due += nanoseconds(std::int64_t(gap(chance_)) + 1)) {
        ++offered_;
        late_ = std::max(late_, nanoseconds(now - due));
        waiting_.push_back(due);
      }
      for (; !free_.empty() && !waiting_.empty(); waiting_.pop_front()) send(waiting_.front());
      const bool over = rate == 0 ? now >= end_ : due - begin >= time;
      if (over && waiting_.empty() && free_.size() == all_.size()) return;
      if (now - begin > time + patience) throw std::runtime_error("requests were not answered within 20 s");
      receive();
    }
  }

  void print(nanoseconds time) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const double seconds = std::chrono::duration<double>(time).count();
    const auto of = [](const timeval &t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    std::printf(
        "{\"offered\": %.1f, \"good\": %.1f, \"refused\": %.1f, \"wrong\": %llu, \"goodP50\": %.3f, \"goodP99\": %.3f, "
        "\"refusedP50\": %.3f, \"refusedP99\": %.3f, \"processor\": %.3f, \"late\": %.3f}\n",
        double(offered_) / seconds, double(good_in_time_) / seconds, double(tally_.refused.size()) / seconds,
        static_cast<unsigned long long>(tally_.wrong), percentile(tally_.good, 0.5), percentile(tally_.good, 0.99),
        percentile(tally_.refused, 0.5), percentile(tally_.refused, 0.99),
        (of(used.ru_utime) + of(used.ru_stime)) / seconds, milliseconds(late_));
  }

 private:
  void send(clock_type::time_point due) {
    connection &on = *free_.back();
    free_.pop_back();
    on.due = due;
    const unsigned customer = customer_(chance_) * (writes_ ? 4 : 1);  // each fourth is international
    const std::string request =
        (writes_ ? "POST /v1/customers/" : "GET /v1/customers/") + std::to_string(customer) + rest_;
    if (::send(on.socket, request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size()))
      throw std::runtime_error("a connection was lost");
  }

  // Never sleeps: to wake it would cost whoever answers.
  void receive() {
    epoll_event ready[256];
    const int count = ::epoll_wait(poll_, ready, 256, 0);
    for (int i = 0; i < count; ++i) take(*static_cast<connection *>(ready[i].data.ptr));
  }

  void take(connection &on) {
    char piece[16384];
    const auto got = ::recv(on.socket, piece, sizeof piece, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) throw std::runtime_error("a connection was closed");
    on.received.append(piece, std::size_t(got));
    const auto length = whole(on.received);
    if (length == 0) return;
    const std::string_view answer = std::string_view(on.received).substr(0, length);
    const auto now = clock_type::now();
    const auto took = float(milliseconds(now - on.due));
    if (answer.starts_with(writes_ ? "HTTP/1.1 201 " : "HTTP/1.1 200 ")) {
      if (now < end_) ++good_in_time_;
      tally_.good.push_back(took);
    } else if (answer.starts_with("HTTP/1.1 503 ") && answer.find("\r\nRetry-After: ") != answer.npos)
      tally_.refused.push_back(took);
    else
      ++tally_.wrong;
    on.received.erase(0, length);
    free_.push_back(&on);
  }

  const bool writes_;
  const std::string rest_;  // of each request, behind the customer
  std::mt19937_64 chance_{std::random_device{}()};
  std::uniform_int_distribution<unsigned> customer_;
  const int poll_;
  std::vector<connection> all_;
  std::vector<connection *> free_;
  std::deque<clock_type::time_point> waiting_;
  clock_type::time_point end_{};
  std::uint64_t offered_ = 0;
  std::uint64_t good_in_time_ = 0;  // what is answered after the load has ended says nothing of the rate
  nanoseconds late_{0};
  tally tally_;
};

}  // namespace

int main(int count, char **words) {
  const std::string_view workload = count == 8 ? words[7] : "";
  if (workload != "r1" && workload != "w1") {
    std::fprintf(stderr, "usage: open_loop PORT KEY CUSTOMERS CONNECTIONS RATE SECONDS r1|w1\n");
    return 2;
  }
  try {
    generator load(std::uint16_t(std::atoi(words[1])), words[2], unsigned(std::atoi(words[3])),
                   unsigned(std::atoi(words[4])), workload == "w1");
    const nanoseconds time(std::int64_t(std::atof(words[6]) * 1e9));
    load.run(std::atof(words[5]), time);
    load.print(time);
  } catch (const std::exception &e) {
    std::fprintf(stderr, "open_loop: %s\n", e.what());
    return 1;
  }
  return 0;
}
