#include "http/lateness.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace causeway::http {

namespace {

constexpr int averaged_over = 16;  // requests, the newest among them

}  // namespace

bool lateness::refuses(time waited, time now, time wait, std::size_t connections) {
  mean_ += (waited - mean_) / averaged_over;
  if (connections <= few || mean_ < wait / 8) {
    crowded_ = false;
    late_since_ = time(0);
    return false;
  }
  if (!crowded_) {
    if (mean_ <= wait) {
      late_since_ = time(0);
      return false;
    }
    if (late_since_ == time(0)) late_since_ = now;
    if (now - late_since_ < patience) return false;
    crowded_ = true;
  }
  return waited > wait / 2 && late_++ % let_in != 0;
}

lateness::time waited_in(int socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return {};
  return std::chrono::milliseconds(info.tcpi_last_data_recv);
}

}  // namespace causeway::http
