#include "commands/progress.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace causeway {

namespace {

constexpr std::chrono::milliseconds between_bars{100};
constexpr std::chrono::milliseconds between_lines{10'000};
constexpr std::size_t width = 30;  // of the bar; a line fits 80 columns

}  // namespace

progress::progress(std::ostream &out, bool terminal, const clock &time, std::string what, std::uint64_t total)
    : out_(out),
      terminal_(terminal),
      time_(time),
      what_(std::move(what)),
      total_(total),
      began_(time.elapsed()),
      next_(began_ + (terminal ? std::chrono::milliseconds(0) : between_lines)) {}

std::string progress::words(std::uint64_t done, std::chrono::milliseconds now) const {
  const auto spent = std::max<std::int64_t>(1, (now - began_).count());
  const std::uint64_t a_second = done * 1000 / std::uint64_t(spent);
  std::string text = std::to_string(done);
  if (total_ > 0) text += " of " + std::to_string(total_);
  text += ", " + std::to_string(a_second) + "/s";
  if (total_ > done && a_second > 0) text += ", " + std::to_string((total_ - done) / a_second + 1) + " s left";
  return text;
}

void progress::show(std::uint64_t done) {
  const auto now = time_.elapsed();
  if (now < next_) return;
  next_ = now + (terminal_ ? between_bars : between_lines);
  if (total_ > 0) done = std::min(done, total_);
  if (!terminal_) {
    out_ << what_ << ": " << words(done, now) << "\n" << std::flush;
    return;
  }
  out_ << "\r" << what_ << " ";
  if (total_ > 0) {
    const auto filled = std::size_t(done * width / total_);
    out_ << "[" << std::string(filled, '#') << std::string(width - filled, '.') << "] " << done * 100 / total_ << "% ";
  }
  out_ << words(done, now) << "\033[K" << std::flush;
  shown_ = true;
}

void progress::clear() {
  if (!std::exchange(shown_, false)) return;
  out_ << "\r\033[K" << std::flush;
  // The bar comes back with the next step.
  next_ = time_.elapsed();
}

}  // namespace causeway
