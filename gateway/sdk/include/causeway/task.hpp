// task<T>: a coroutine that starts when it is awaited, runs on whatever thread resumes it, and gives its one result to
// the one who awaits it. `start` sets a task going that nobody awaits. `callback_awaiter` turns a function that takes
// a completion into something to await. No scheduler, no executor: the gateway decides where a call runs.
//
// Style that every supported compiler translates correctly: `auto x = co_await f(named);`, named coroutine functions
// that take their state by value, no `co_await` inside a condition, a ternary or an expression with temporaries.
#pragma once

#include <array>
#include <atomic>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace causeway {

template <class T = void>
class task;

namespace detail {

struct task_promise_base {
  std::coroutine_handle<> awaiting = std::noop_coroutine();
  std::exception_ptr thrown;

  struct final_awaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      return self.promise().awaiting;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  final_awaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }
};

template <class T>
struct task_promise : task_promise_base {
  std::optional<T> value;
  task<T> get_return_object();
  template <class U>
  void return_value(U &&result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*value);
  }
};

template <>
struct task_promise<void> : task_promise_base {
  inline task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const {
    if (thrown) std::rethrow_exception(thrown);
  }
};

}  // namespace detail

// Owns its coroutine. Move only. Await it once. Destroying it before it has ended ends it where it waits; whoever
// holds a completion of it must not use it after that.
template <class T>
class [[nodiscard]] task {
 public:
  using promise_type = detail::task_promise<T>;

  explicit task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  task(task &&other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  task &operator=(task &&other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() &&noexcept {
    struct awaiter {
      std::coroutine_handle<promise_type> handle;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const noexcept {
        handle.promise().awaiting = awaiting;
        return handle;
      }
      T await_resume() const { return handle.promise().take(); }
    };
    return awaiter{handle_};
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() {
  return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<void> task_promise<void>::get_return_object() {
  return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

// Starts at once, destroys itself at its end; what escapes it ends the program, so its body catches.
struct detached {
  struct promise_type {
    detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

template <class T, class Done>
detached run_detached(task<T> work, Done done) {
  std::exception_ptr thrown;
  std::optional<T> value;
  try {
    value.emplace(co_await std::move(work));
  } catch (...) {
    thrown = std::current_exception();
  }
  done(std::move(value), thrown);
}

template <class Done>
detached run_detached(task<void> work, Done done) {
  std::exception_ptr thrown;
  try {
    co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  done(thrown);
}

}  // namespace detail

// Sets a task going on this thread. When it ends, on whatever thread that is, `done` is called once: for task<T> with
// std::optional<T> (empty when it threw) and the std::exception_ptr, for task<void> with the std::exception_ptr.
// `done` must not throw.
template <class T, class Done>
void start(task<T> work, Done done) {
  detail::run_detached(std::move(work), std::move(done));
}

// Awaits a function that reports through a completion: `begin(complete)` is called once and must call
// `complete(value)` exactly once, now or later, on any thread; the coroutine goes on there.
// A completion that comes before `begin` has returned does not recurse.
template <class T, class Begin>
class callback_awaiter {
 public:
  explicit callback_awaiter(Begin begin) : begin_(std::move(begin)) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    // Shared with the completion: the coroutine, and this awaiter with it, may be gone before `begin_` returns.
    auto state = std::make_shared<shared>();
    state_ = state;
    state->awaiting = awaiting;
    auto begin = std::move(begin_);
    begin([state](T value) {
      state->value.emplace(std::move(value));
      if (state->second.exchange(true, std::memory_order_acq_rel)) state->awaiting.resume();
    });
    return !state->second.exchange(true, std::memory_order_acq_rel);
  }
  T await_resume() { return std::move(*state_->value); }

 private:
  struct shared {
    std::optional<T> value;
    std::coroutine_handle<> awaiting;
    std::atomic<bool> second{false};  // set by the first of the two sides to arrive
  };
  Begin begin_;
  std::shared_ptr<shared> state_;
};

template <class T, class Begin>
callback_awaiter<T, Begin> await_callback(Begin begin) {
  return callback_awaiter<T, Begin>(std::move(begin));
}

namespace detail {

template <class... T>
class when_all_awaiter {
 public:
  explicit when_all_awaiter(task<T>... tasks) : tasks_(std::move(tasks)...) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    // Shared with the tasks: this awaiter may be gone before the last of them has been started.
    auto state = std::make_shared<shared>();
    state_ = state;
    state->awaiting = awaiting;
    begin(std::move(tasks_), state, std::index_sequence_for<T...>());
    return !state->end_one();
  }
  std::tuple<T...> await_resume() {
    for (const auto &thrown : state_->thrown)
      if (thrown) std::rethrow_exception(thrown);
    return std::apply([](auto &...value) { return std::tuple<T...>(std::move(*value)...); }, state_->values);
  }

 private:
  struct shared {
    std::tuple<std::optional<T>...> values;
    std::array<std::exception_ptr, sizeof...(T)> thrown;
    std::coroutine_handle<> awaiting;
    std::atomic<std::size_t> open{sizeof...(T) + 1};  // the tasks, and the one who starts them
    bool end_one() { return open.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  };

  template <std::size_t... I>
  static void begin(std::tuple<task<T>...> tasks, const std::shared_ptr<shared> &state, std::index_sequence<I...>) {
    (start(std::move(std::get<I>(tasks)),
           [state](auto value, std::exception_ptr thrown) {
             std::get<I>(state->values) = std::move(value);
             state->thrown[I] = std::move(thrown);
             if (state->end_one()) state->awaiting.resume();
           }),
     ...);
  }

  std::tuple<task<T>...> tasks_;
  std::shared_ptr<shared> state_;
};

}  // namespace detail

// Awaits several tasks at once: all are started before any is waited for, so that what they ask of a store can be
// answered together. Gives a tuple of their results when the last has ended, on that one's thread; throws what the
// first of them threw, in their order.
//   auto reading = when_all(first(c), second(c));
//   auto both = co_await std::move(reading);
template <class... T>
auto when_all(task<T>... tasks) {
  return detail::when_all_awaiter<T...>(std::move(tasks)...);
}

}  // namespace causeway
