// How a compiled mapping fills one field of the target. Shared by compile.cpp, which makes steps, and mapping.cpp,
// which takes them.
#pragma once

#include <cstddef>

#include "mapping/declaration.hpp"
#include "mapping/text_convention.hpp"
#include "mapping/value_table.hpp"

namespace causeway {

enum class step_type {
  constant,
  plain,   // the source's value as it is
  day,     // the day of a time
  text,    // through the convention, but for values that the table lists
  table,   // through the table, and nothing else
  lookup,  // from the target store
};

struct mapping_step {
  step_type type = step_type::plain;
  std::size_t source = 0;  // not of constants
  std::size_t target = 0;
  bool needed = false;      // the target must have a value
  bool reads_back = false;  // fills the source's field when the mapping is reversed
  std::string where;        // "cuba.communication.text"
  std::string known;        // of tables: the words they take, for people
  value constant;
  value_table table;
  text_convention convention;
  lookup_rule lookup;
};

}  // namespace causeway
