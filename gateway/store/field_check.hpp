// Whether a value may stand in a field: the part of a kind that needs no database to be checked.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "causeway/result.hpp"
#include "causeway/value.hpp"
#include "store/record_kind.hpp"

namespace causeway {

// What is wrong with `v` as the content of `f`; nothing where it may stand there. `pointer` is the field's name; the
// codes are "required", "wrong-type", "not-text" (not UTF-8, or with a NUL), "too-long", "not-a-csid",
// "unknown-code", "trailing-blanks" (padded columns), "not-a-date", "not-a-time" and "out-of-range" (a year that the
// column's format cannot write, or that the database's own dates do not have). An absent value counts as null.
// Details never repeat the value.
// Pure; any thread.
std::optional<input_fault> check_value(const field &f, const value &v);

// What keeps the field's form from fitting its type, codes, format and length; empty where nothing does.
std::string fault_of_form(const field &f);

// Characters (code points) of UTF-8 text; nothing if it is not UTF-8 or holds a NUL.
std::optional<std::size_t> count_characters(std::string_view text);

}  // namespace causeway
