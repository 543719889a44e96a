// What all changes have in common that the same statement can make.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "store/record_store.hpp"

namespace causeway::sql {

class table;

// What of a change decides about its text: for each field whether it is written (update, put) or given (insert).
struct change_shape {
  change_type type = change_type::insert;
  std::vector<bool> present;
  bool tells_key = true;  // an insert's outcome says the key that the database makes

  bool operator==(const change_shape &) const = default;
};

// What a change's statement needs of a record, in the order of its parameters: fields, and `version_parameter` for the
// expected version.
std::vector<std::size_t> change_parameters(const table &of, const change_shape &shape);

// A shape worked out for a table; it belongs to the table (`table::form`), and is the same object for all changes of
// the shape. Immutable; any thread.
struct change_form {
  change_form(const table &of, change_shape shape);

  const change_shape shape;
  const std::vector<std::size_t> parameters;
  const std::vector<std::size_t> key;     // for each field of the key its place among the parameters, or `no_place`
  const std::vector<std::size_t> unique;  // places among the parameters of unique fields that are written
  const std::string signature;            // tells its statement from all others of the store

  static constexpr std::size_t no_place = std::size_t(-1);  // of a serial that the database makes
};

}  // namespace causeway::sql

template <>
struct std::hash<causeway::sql::change_shape> {
  std::size_t operator()(const causeway::sql::change_shape &shape) const noexcept {
    return std::hash<std::vector<bool>>()(shape.present) * 16 + std::size_t(shape.type) * 2 + shape.tells_key;
  }
};
