// How far a long command is: a bar on a terminal, else a line now and then.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

#include "runtime/clock.hpp"

namespace causeway {

// One thread.
class progress {
 public:
  // `out` and `time` outlive it. `what`: the route's name, or whatever is under way. `total`: 0 where it is not known.
  progress(std::ostream &out, bool terminal, const clock &time, std::string what, std::uint64_t total);
  // Takes the bar away.
  ~progress() { clear(); }
  progress(const progress &) = delete;
  progress &operator=(const progress &) = delete;

  // Quick; writes ten times a second at most, or every 10 s where there is no terminal.
  void show(std::uint64_t done);
  // Before something else is written to the same terminal.
  void clear();

 private:
  std::string words(std::uint64_t done, std::chrono::milliseconds now) const;

  std::ostream &out_;
  const bool terminal_;
  const clock &time_;
  const std::string what_;
  const std::uint64_t total_;
  const std::chrono::milliseconds began_;
  std::chrono::milliseconds next_;
  bool shown_ = false;
};

}  // namespace causeway
