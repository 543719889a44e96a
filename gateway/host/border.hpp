// Values and answers as they cross the C border: what comes from a plugin is checked before it is believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "causeway/abi.h"
#include "causeway/value.hpp"
#include "runtime/operation.hpp"

namespace causeway {

// A struct of which its maker filled in `size` bytes; what lies behind them is zero.
template <class T>
T read_sized(const void *from, std::size_t size) {
  T to{};
  std::memcpy(&to, from, size < sizeof to ? size : sizeof to);
  return to;
}

// Element `i` of an array whose stride is at least `least` bytes (array_is_sound has said so).
template <class T>
T read_element(const cw_array &array, std::size_t i) {
  return read_sized<T>(static_cast<const char *>(array.data) + i * array.stride, array.stride);
}

// Whether an array may be read: a place for its elements, not more than `most`, each at least `least` bytes and
// aligned for any member.
inline bool array_is_sound(const cw_array &array, std::size_t most, std::size_t least) {
  if (array.count == 0) return true;
  return array.data != nullptr && array.count <= most && array.stride >= least && array.stride <= 4096 &&
         array.stride % alignof(void *) == 0;
}

inline std::string_view view_of(cw_text text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}
inline cw_text lend(std::string_view text) { return {text.data(), text.size()}; }

// The value as the border carries it; valid for as long as `from` is.
cw_value lend(const value &from);

// UTF-8 without a NUL.
bool is_clean_text(std::string_view text);

// Takes a value that must be of `type` (CW_BOOLEAN, CW_INTEGER, CW_TEXT) or, with `may_be_empty`, null or absent.
// Returns null, or what is wrong with it: a constant phrase.
const char *take_value(const cw_value &from, std::uint32_t type, bool may_be_empty, value &to);

// Takes an answer. Returns null, or what is wrong with it: a constant phrase.
const char *take_answer(const cw_answer *from, answer &to);

// The answer to a caller where the gateway or a plugin has a defect.
answer internal_error();

// What the border calls a type: "text", "an integer", "a boolean"; "nothing" for any other number.
std::string_view name_of_type(std::uint32_t type);

}  // namespace causeway
