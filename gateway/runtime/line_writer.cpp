// A pipe that poll calls writable takes PIPE_BUF bytes without blocking, and so do terminals and sockets; files always
// do. So nothing is ever made non-blocking, which would change the descriptor for everybody who shares it.
#include "runtime/line_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace causeway {

using std::chrono::steady_clock;

bool line_writer::wait_until_writable(steady_clock::time_point until) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
    pollfd one{descriptor_, POLLOUT, 0};
    const int ready = ::poll(&one, 1, int(std::max<std::int64_t>(0, left.count())));
    if (ready > 0) return (one.revents & POLLOUT) != 0;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool line_writer::push(std::string_view bytes, steady_clock::time_point until) {
  while (!bytes.empty()) {
    if (!wait_until_writable(until)) return false;
    const auto piece = bytes.substr(0, PIPE_BUF);
    const auto written = ::write(descriptor_, piece.data(), piece.size());
    if (written > 0) {
      bytes.remove_prefix(std::size_t(written));
      cut_ = true;
    } else if (errno != EINTR && errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

bool line_writer::write(std::string_view line) {
  const auto until = steady_clock::now() + (stalled_ ? std::chrono::milliseconds(0) : patience_);
  std::string bytes;
  bytes.reserve(line.size() + 2);
  if (cut_) bytes += '\n';
  bytes.append(line).append(1, '\n');
  const bool whole = push(bytes, until);
  stalled_ = !whole;
  if (whole)
    cut_ = false;
  else
    ++dropped_;
  return whole;
}

std::uint64_t line_writer::take_dropped() { return std::exchange(dropped_, 0); }

}  // namespace causeway
