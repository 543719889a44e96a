// When a store that fails is left alone for a while, and when it is tried again. Pure: a function of what became of the
// requests and of the times given with it.
//
// Two things open it: failures one after another with no answer in between, and silence, that is requests that wait
// while nothing at all is answered. A database that refuses one record, is slow, or has a long queue does neither as
// long as it answers others. While there is no connection it is open: there is nobody to ask, and connecting is the
// store's own business; once there is one, the next request is the probe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace causeway {

struct breaker_options {
  unsigned failures = 5;                    // one after another, at least 1
  std::chrono::milliseconds silence{5000};  // with requests waiting
  std::chrono::milliseconds pause{1000};    // before a probe

  bool operator==(const breaker_options &) const = default;
};

enum class breaker_state {
  closed,     // requests pass
  open,       // none does
  half_open,  // one does, the probe; what becomes of it decides
};

// "closed", "open", "half-open"
std::string_view to_string(breaker_state state);

// What an outcome says of the store.
enum class store_sign {
  answered,  // the database did: the record, or that there is none, that it is stale, ...
  failed,    // it could not
  late,      // no answer in time: it could not, unless it answered others meanwhile
  none,      // it was not asked
};

// `now` throughout: of a clock that never goes back. One thread at a time.
class circuit_breaker {
 public:
  explicit circuit_breaker(breaker_options options) : options_(options) {}

  // Judges by these from now on; what has been seen counts on.
  void adopt(const breaker_options &options) { options_ = options; }

  // A request on its way; to be reported once.
  struct pass {
    std::uint64_t number = 0;
    std::uint64_t era = 0;  // how often the breaker had closed by then
    std::chrono::milliseconds begun{};
  };

  // Nothing: the request is to be refused. `connected`: there is a connection to ask on.
  std::optional<pass> admit(std::chrono::milliseconds now, bool connected);
  void report(const pass &of, store_sign what, std::chrono::milliseconds now);
  // The same database has answered a request that passed elsewhere.
  void heard(std::chrono::milliseconds now) { heard_ = now; }

  // As the next request would find it.
  breaker_state state(std::chrono::milliseconds now, bool connected) const;
  // How long until it is worth while to come again; 0 while closed.
  std::chrono::milliseconds retry_in(std::chrono::milliseconds now, bool connected) const;
  // How often it has opened.
  std::uint64_t opened() const { return times_opened_; }

 private:
  bool is_silent(std::chrono::milliseconds now) const { return waiting_ > 0 && now - heard_ >= options_.silence; }
  void open(std::chrono::milliseconds now, std::chrono::milliseconds pause);

  breaker_options options_;
  breaker_state state_ = breaker_state::closed;
  unsigned failures_ = 0;
  std::size_t waiting_ = 0;
  std::chrono::milliseconds heard_{};      // the last answer, or when the first of those that wait was admitted
  std::chrono::milliseconds probe_at_{};   // while open
  std::chrono::milliseconds opened_at_{};  // for the first time since it was closed
  std::uint64_t next_ = 1;
  std::uint64_t probe_ = 0;  // the number of the probe that is under way; 0: none
  std::uint64_t era_ = 0;
  std::uint64_t times_opened_ = 0;
};

}  // namespace causeway
