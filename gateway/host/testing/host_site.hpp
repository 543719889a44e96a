// A small site for the host's tests: three record kinds in two stores, one mapping.
#pragma once

#include "tests/support/plugin_harness.hpp"

namespace causeway::testing {

// pluto.customer (csid; name, country (code AU|NZ)?, international, visits?; version), pluto.note (noteId generated;
// csid, text 100), cuba.customer (csid; applicantName?). pluto.customer maps to cuba.customer, its name in capitals and
// at most 10 characters.
test_site small_site();

}  // namespace causeway::testing
