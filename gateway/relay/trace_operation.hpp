// The life of a record over HTTP, for operators.
#pragma once

#include <vector>

#include "relay/trace.hpp"
#include "runtime/operation.hpp"

namespace causeway {

// GET /v1/customers/{csid}/communications/{communicationId}/crossing: the crossing of a record of a kind named
// "communication", by its own key or its copy's; 404 where that customer has none. A record that was created in the
// target is answered with the state NOT_APPLICABLE. Nothing where no route carries such a kind.
std::vector<operation> trace_operations(trace_site_ptr site);

}  // namespace causeway
