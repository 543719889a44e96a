// The environment is read once, at the first place that is passed. Without CAUSEWAY_FAULT_POINTS nothing is left of
// this.
#include "store/fault_point.hpp"

#ifdef CAUSEWAY_FAULT_POINTS

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace causeway::fault_point {

namespace {

constexpr const char *variable = "CAUSEWAY_FAULT";

struct plan {
  std::size_t place = names.size();  // none
  std::uint64_t hit = 0;             // from 1
  int signal = 0;
  std::atomic<std::uint64_t> passed{0};
};

[[noreturn]] void refuse(const char *given) {
  std::fprintf(stderr, "%s=%s: must be NAME:HIT:kill or NAME:HIT:stop, HIT from 1, NAME one of\n", variable, given);
  for (const std::string_view name : names) std::fprintf(stderr, "  %.*s\n", int(name.size()), name.data());
  std::_Exit(2);
}

void read_into(plan &asked) {
  const char *const given = std::getenv(variable);
  if (!given || !*given) return;
  const std::string_view text = given;
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) refuse(given);
  const std::string_view name = text.substr(0, first), hit = text.substr(first + 1, second - first - 1),
                         action = text.substr(second + 1);
  asked.place = std::size_t(std::find(names.begin(), names.end(), name) - names.begin());
  const auto read = std::from_chars(hit.data(), hit.data() + hit.size(), asked.hit);
  asked.signal = action == "kill" ? SIGKILL : action == "stop" ? SIGSTOP : 0;
  if (asked.place == names.size() || read.ec != std::errc() || read.ptr != hit.data() + hit.size() || asked.hit == 0 ||
      asked.signal == 0)
    refuse(given);
}

plan &the_plan() {
  static plan asked;
  static const bool was_read = (read_into(asked), true);
  static_cast<void>(was_read);
  return asked;
}

}  // namespace

void reach(std::size_t place) {
  plan &asked = the_plan();
  if (place != asked.place || asked.passed.fetch_add(1) + 1 != asked.hit) return;
  std::raise(asked.signal);  // both are the whole process's, and come before this returns
}

}  // namespace causeway::fault_point

#endif
