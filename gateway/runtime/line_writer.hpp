// Writes lines to a file descriptor and never waits long for who reads it: a log that is not read must not hold up what
// is logged.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace causeway {

// One thread at a time; other processes may write to the same descriptor, then lines may mix.
class line_writer {
 public:
  // The descriptor stays its owner's. `patience`: how long a reader may take before lines are dropped; from then on
  // until it takes some again, nobody waits at all.
  explicit line_writer(int descriptor, std::chrono::milliseconds patience = std::chrono::milliseconds(100))
      : descriptor_(descriptor), patience_(patience) {}

  // `line` without its end. False where it was dropped. A line that was cut by a stall is ended before the next one.
  bool write(std::string_view line);

  // Lines dropped that nobody was told of; told by taking the number.
  std::uint64_t take_dropped();

 private:
  bool wait_until_writable(std::chrono::steady_clock::time_point until) const;
  bool push(std::string_view bytes, std::chrono::steady_clock::time_point until);

  const int descriptor_;
  const std::chrono::milliseconds patience_;
  bool stalled_ = false;
  bool cut_ = false;  // the last line was not written to its end
  std::uint64_t dropped_ = 0;
};

}  // namespace causeway
