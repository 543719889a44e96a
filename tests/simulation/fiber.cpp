// Boost.Context switches; the sanitizer is told of each switch. Stacks are used again and again: a stack whose body has
// ended waits for the next one, for 100,000 schedules make a million bodies. They are never unwound, and the last of
// them go with the process.
#include "tests/simulation/fiber.hpp"

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <vector>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CAUSEWAY_ADDRESS_SANITIZER 1
#include <sanitizer/common_interface_defs.h>
#endif
#endif

namespace causeway::simulation {

namespace {

constexpr std::size_t stack_bytes = 512 * 1024;

void leave_stack([[maybe_unused]] void **keep, [[maybe_unused]] const void *bottom, [[maybe_unused]] std::size_t size) {
#ifdef CAUSEWAY_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(keep, bottom, size);
#endif
}

void arrive_on_stack([[maybe_unused]] void *kept, [[maybe_unused]] const void **bottom,
                     [[maybe_unused]] std::size_t *size) {
#ifdef CAUSEWAY_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(kept, bottom, size);
#endif
}

fiber *running = nullptr;

}  // namespace

struct fiber::stack {
  std::function<void()> body;
  boost::context::fiber inside, outside;
  const void *bottom = nullptr;  // of this stack
  std::size_t size = 0;
  const void *outer_bottom = nullptr;
  std::size_t outer_size = 0;
  void *kept_inside = nullptr, *kept_outside = nullptr;  // what the sanitizer keeps of a stack that is left

  stack() {
    boost::context::protected_fixedsize_stack allocator(stack_bytes);
    const auto memory = allocator.allocate();
    size = memory.size;
    bottom = static_cast<const char *>(memory.sp) - size;
    inside = boost::context::fiber(std::allocator_arg, boost::context::preallocated(memory.sp, memory.size, memory),
                                   allocator, [this](boost::context::fiber &&from) { return run(std::move(from)); });
  }

  boost::context::fiber run(boost::context::fiber &&from) {
    outside = std::move(from);
    arrive_on_stack(nullptr, &outer_bottom, &outer_size);
    for (;;) {
      body();
      body = nullptr;
      go_out();
    }
  }
  void go_in() {
    leave_stack(&kept_outside, bottom, size);
    inside = std::move(inside).resume();
    arrive_on_stack(kept_outside, nullptr, nullptr);
  }
  void go_out() {
    leave_stack(&kept_inside, outer_bottom, outer_size);
    outside = std::move(outside).resume();
    arrive_on_stack(kept_inside, &outer_bottom, &outer_size);
  }

  static std::vector<std::unique_ptr<stack>> &unused() {
    static auto &all = *new std::vector<std::unique_ptr<stack>>();
    return all;
  }
};

fiber::fiber() {
  auto &unused = stack::unused();
  if (unused.empty()) {
    on_ = std::make_unique<stack>();
  } else {
    on_ = std::move(unused.back());
    unused.pop_back();
  }
}

fiber::~fiber() {
  if (!ended()) std::abort();  // what lives on its stack would never be destroyed
  stack::unused().push_back(std::move(on_));
}

void fiber::begin(std::function<void()> body) { on_->body = std::move(body); }

void fiber::resume() {
  if (running) std::abort();
  if (ended()) return;
  running = this;
  wants_mutex_ = false;
  on_->go_in();
  running = nullptr;
}

bool fiber::ended() const { return !on_->body; }

fiber *fiber::current() { return running; }

void fiber::suspend(bool for_mutex) {
  running->wants_mutex_ = for_mutex;
  running->on_->go_out();
}

}  // namespace causeway::simulation
