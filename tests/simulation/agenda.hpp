// Simulated time: what is to happen and when, one thing after the other; the dice that all chance of a schedule comes
// from; and the trace that says what happened.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace causeway::simulation {

using moment = std::chrono::milliseconds;  // since the schedule began

// SplitMix64: the same numbers from the same seed on every machine.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x632BE59BD9B4E019u) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }
  // From 0 to below n.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  // Both ends included.
  moment between(moment least, moment most) {
    return least + moment(std::int64_t(below(std::uint64_t((most - least).count()) + 1)));
  }
  bool happens(unsigned in_ten_thousand) { return below(10'000) < in_ten_thousand; }
  double fraction() { return double(next() >> 11) / double(std::uint64_t(1) << 53); }

 private:
  std::uint64_t state_;
};

class agenda {
 public:
  moment now() const { return now_; }
  void in(moment delay, std::function<void()> what) {
    entries_.push_back({now_ + delay, ++made_, std::move(what)});
    std::push_heap(entries_.begin(), entries_.end(), later);
  }
  // Does what comes next; of what comes at the same moment, what was entered first. False where there is nothing.
  bool step() {
    if (entries_.empty()) return false;
    std::pop_heap(entries_.begin(), entries_.end(), later);
    entry next = std::move(entries_.back());
    entries_.pop_back();
    now_ = next.when;
    next.what();
    return true;
  }

 private:
  struct entry {
    moment when{};
    std::uint64_t number = 0;
    std::function<void()> what;
  };
  static bool later(const entry &a, const entry &b) { return a.when != b.when ? a.when > b.when : a.number > b.number; }

  moment now_{0};
  std::uint64_t made_ = 0;
  std::vector<entry> entries_;
};

// A line for everything that happens, where somebody wants to read it. What differs between two runs of one seed (the
// UUIDs of gateways) never gets into it.
class trace {
 public:
  trace(const agenda &time, bool wanted) : time_(time), wanted_(wanted) {}
  // `say` gives the line; it is only called where it is wanted.
  template <class Say>
  void note(Say say) {
    if (!wanted_) return;
    char at[32];
    std::snprintf(at, sizeof at, "%9.3f  ", double(time_.now().count()) / 1000);
    text_.append(at).append(say()).append("\n");
  }
  // Whether lines are wanted, for what is costly to put together.
  bool wanted() const { return wanted_; }
  const std::string &text() const { return text_; }

 private:
  const agenda &time_;
  const bool wanted_;
  std::string text_;
};

}  // namespace causeway::simulation
