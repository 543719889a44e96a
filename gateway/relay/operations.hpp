// What an operator sees of the copies and does about dead letters: the operations under /v1/admin/copies.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "relay/route.hpp"
#include "runtime/clock.hpp"
#include "runtime/operation.hpp"
#include "store/record_store.hpp"

namespace causeway {

// `sources` by name, one for the source of each route; they and `time` outlive the operations. `signal` hears a route's
// name when one of its dead letters was replayed or discarded; from any thread.
//
// GET /v1/admin/copies: per route name, pending, oldestPendingSeconds, copied, dead.
// GET /v1/admin/copies/{route}/dead-letters: id, csid, reason, attempts, firstFailedAt, lastFailedAt.
// POST /v1/admin/copies/{route}/dead-letters/{id}/replay: 202; pending again, in its old place before later ones.
// POST /v1/admin/copies/{route}/dead-letters/{id}/discard: 200; given up, the customer's later copies go on.
std::vector<operation> relay_operations(std::vector<copy_route> routes, std::map<std::string, record_store *> sources,
                                        const clock &time, std::function<void(const std::string &route)> signal);

}  // namespace causeway
