#include "store/circuit_breaker.hpp"

#include <algorithm>

namespace causeway {

namespace {

// Without a connection nobody knows when it will be back: the longer it has been away, the later to come again.
constexpr std::chrono::milliseconds soonest_return{1'000};
constexpr std::chrono::milliseconds latest_return{10'000};

}  // namespace

std::string_view to_string(breaker_state state) {
  switch (state) {
    case breaker_state::open:
      return "open";
    case breaker_state::half_open:
      return "half-open";
    case breaker_state::closed:
      break;
  }
  return "closed";
}

std::optional<circuit_breaker::pass> circuit_breaker::admit(std::chrono::milliseconds now, bool connected) {
  if (!connected) {
    open(now, std::chrono::milliseconds(0));
    return std::nullopt;
  }
  if (state_ != breaker_state::open && is_silent(now)) open(now, options_.pause);
  if (state_ == breaker_state::open && now >= probe_at_) state_ = breaker_state::half_open;
  if (state_ == breaker_state::open || (state_ == breaker_state::half_open && probe_ != 0)) return std::nullopt;
  // Those that hang while it is open have been judged; the probe is waited for anew.
  if (waiting_ == 0 || state_ == breaker_state::half_open) heard_ = now;
  ++waiting_;
  const pass given{next_++, era_, now};
  if (state_ == breaker_state::half_open) probe_ = given.number;
  return given;
}

void circuit_breaker::report(const pass &of, store_sign what, std::chrono::milliseconds now) {
  --waiting_;
  const bool probed = of.number == probe_;
  if (probed) probe_ = 0;
  if (what == store_sign::late) what = heard_ > of.begun ? store_sign::none : store_sign::failed;
  switch (what) {
    case store_sign::answered:
      heard_ = now;
      failures_ = 0;
      if (state_ != breaker_state::closed) ++era_;
      state_ = breaker_state::closed;
      probe_ = 0;
      return;
    case store_sign::failed:
      if (!probed) {
        if (state_ != breaker_state::closed || of.era != era_) return;
        if (++failures_ < options_.failures) return;
      }
      open(now, options_.pause);
      return;
    case store_sign::late:
    case store_sign::none:
      return;
  }
}

breaker_state circuit_breaker::state(std::chrono::milliseconds now, bool connected) const {
  if (!connected) return breaker_state::open;
  if (state_ != breaker_state::open) return is_silent(now) ? breaker_state::open : state_;
  return now >= probe_at_ ? breaker_state::half_open : breaker_state::open;
}

std::chrono::milliseconds circuit_breaker::retry_in(std::chrono::milliseconds now, bool connected) const {
  if (!connected)
    return std::clamp(state_ == breaker_state::closed ? soonest_return : now - opened_at_, soonest_return,
                      latest_return);
  switch (state(now, true)) {
    case breaker_state::closed:
      return std::chrono::milliseconds(0);
    case breaker_state::half_open:
      return soonest_return;
    case breaker_state::open:
      break;
  }
  return state_ == breaker_state::open ? probe_at_ - now : options_.pause;
}

void circuit_breaker::open(std::chrono::milliseconds now, std::chrono::milliseconds pause) {
  if (state_ == breaker_state::closed) {
    opened_at_ = now;
    ++times_opened_;
  }
  state_ = breaker_state::open;
  failures_ = 0;
  probe_ = 0;
  probe_at_ = now + pause;
}

}  // namespace causeway
