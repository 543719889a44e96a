// Runs the tests that a mapping file carries.
#pragma once

#include <vector>

#include "mapping/mapping.hpp"
#include "runtime/finding.hpp"

namespace causeway {

// Puts a value as written into the field that holds it: a number, true or false where text stands is an error. The
// values of a test, of `causeway map`. Faults: invalid, with the field.
result<record> record_of(const kind_ptr &kind, const std::vector<named_value> &values);

// One error for each expectation that is not met: place, test, field, what was expected and what came.
std::vector<finding> run_mapping_tests(const mapping &map, const mapping_declaration &declared);

}  // namespace causeway
