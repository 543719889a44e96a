#include "http/lateness.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace causeway::http {

namespace {

double seconds(lateness::time t) { return std::chrono::duration<double>(t).count(); }

// Of the share, for each second that the waiting is off the target, and that it has become longer. A second of overload
// makes the waiting a second longer, so these let the share come to rest within some ten windows without swinging.
constexpr double by_distance = 1.0, by_change = 8.0;
constexpr double first = 0.5;  // thousands may wait by then, and each costs more the more there are
constexpr double fading = 0.9, least = 0.01;
constexpr double most = 0.99;  // some are let in, or nobody would know when it is over

}  // namespace

void lateness::tell(time waited, time now, time wait, std::size_t connections) {
  if (connections <= few) waited = time(0);
  const std::lock_guard lock(mutex_);
  if (refused_ == 0) {
    if (waited <= wait) {
      late_since_ = time(0);
      return;
    }
    if (late_since_ == time(0)) late_since_ = now;
    if (now - late_since_ < patience) return;
    late_since_ = time(0);
    begin_ = now;
    waited_ = asked_ = 0;
    before_ = seconds(waited);
    refused_ = first;
    move_share(before_);
    return;
  }
  waited_ += seconds(waited);
  ++asked_;
  if (now - begin_ < window) return;
  move_share(waited_ / asked_);
  begin_ = now;
  waited_ = asked_ = 0;
}

void lateness::move_share(double waited) {
  refused_ =
      std::clamp(refused_ + by_distance * (waited - seconds(target)) + by_change * (waited - before_), 0.0, most);
  // Nobody waits: the overload is most likely over, and the share is to be gone within a second.
  if (waited < seconds(target) / 2) refused_ = refused_ < least ? 0 : refused_ * fading;
  before_ = waited;
  share_.store(std::uint32_t(refused_ * double(UINT32_MAX)), std::memory_order_relaxed);
}

lateness::time waited_in(int socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return {};
  return std::chrono::milliseconds(info.tcpi_last_data_recv);
}

}  // namespace causeway::http
