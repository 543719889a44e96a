// Expected outcomes are values: `result<T>` holds a T or the fault that stood in its way.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "causeway/abi.h"

namespace causeway {

// What can be expected to go wrong at a store or a mapping; the numbers are those of the C border (abi.h).
enum class outcome : unsigned {
  not_found = CW_NOT_FOUND,
  conflict = CW_CONFLICT,
  stale = CW_STALE,
  invalid = CW_INVALID,
  unavailable = CW_UNAVAILABLE,
  overloaded = CW_OVERLOADED,
  deadline = CW_DEADLINE,
  internal = CW_INTERNAL,
};

// One thing wrong with one piece of input.
struct input_fault {
  std::string pointer;  // a field's name, or a JSON pointer ("/body/type")
  std::string code;     // for programs: "too-long"
  std::string detail;   // for people
  friend bool operator==(const input_fault &, const input_fault &) = default;
};

// Why something did not happen. `detail` may be shown to a caller: it holds no SQL, no path, no stored value.
struct fault {
  outcome what = outcome::internal;
  std::string detail;
  std::vector<input_fault> inputs;
};

template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  result(fault why) : state_(std::in_place_index<1>, std::move(why)) {}

  explicit operator bool() const { return state_.index() == 0; }
  // Only where the result is good.
  T &operator*() & { return *checked(); }
  const T &operator*() const & { return *const_cast<result *>(this)->checked(); }
  T operator*() && { return std::move(*checked()); }
  T *operator->() { return checked(); }
  const T *operator->() const { return const_cast<result *>(this)->checked(); }
  // Only where it is not.
  const fault &why() const { return std::get<1>(state_); }

 private:
  T *checked() {
    assert(state_.index() == 0);
    return &std::get<0>(state_);
  }
  std::variant<T, fault> state_;
};

// A result that carries nothing but its success.
struct done {};

}  // namespace causeway
