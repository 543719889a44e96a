// Time, injected, so that tests step it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "store/record_store.hpp"

namespace causeway {

// Any thread.
class clock {
 public:
  virtual ~clock() = default;
  // The wall clock; may jump.
  virtual time_point now() const = 0;
  // For measuring how long something takes; never goes back.
  virtual std::chrono::milliseconds elapsed() const = 0;
  // What deadlines are made and judged by: the wall clock as it was when the process began, going on without jumps. Not
  // for anything that is kept or shown. A clock whose `now` does not jump needs no other.
  virtual time_point steady() const { return now(); }
};

// The machine's clock.
class system_clock final : public clock {
 public:
  time_point now() const override;
  std::chrono::milliseconds elapsed() const override;
  time_point steady() const override;
};

// "2026-11-21T09:15:00.000Z"
std::string to_rfc3339(time_point t);
// The time that such text says; nothing for any other text.
std::optional<time_point> from_rfc3339(std::string_view text);

}  // namespace causeway
