// Named places where a test may end or halt the gateway, as a fault of the machine would. A build with the CMake option
// CAUSEWAY_FAULT_POINTS has them; in any other a place is checked for its name and becomes nothing.
//
// Which one, and what happens there, is said by the environment variable CAUSEWAY_FAULT when the process starts:
//
//   CAUSEWAY_FAULT=relay.target.committed:3:kill    the third time that it is passed, SIGKILL to the process itself
//   CAUSEWAY_FAULT=relay.target.committed:1:stop    SIGSTOP: it stands still, with all it holds, until it is continued
//
// Whatever else can happen at a place is done from outside while the process stands still there.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace causeway::fault_point {

// Every place, in the order in which work comes by. Tests read this table: one that no load reaches fails.
inline constexpr auto names = std::to_array<std::string_view>({
    // which gateways are alive
    "membership.joining",
    "membership.joined",
    "membership.beating",
    "membership.beaten",
    "membership.left",
    // who copies what
    "lease.taking",
    "lease.taken",
    "lease.fenced",
    "lease.returning",
    "lease.returned",
    // a request with an Idempotency-Key, and its answer
    "idempotency.reserved",
    "idempotency.taken-over",
    "idempotency.handled",
    "idempotency.settled",
    "idempotency.home.settling",
    "idempotency.home.settled",
    "http.answering",
    "http.answered",
    // units of work
    "store.write.beginning",
    "store.write.under-way",
    "store.write.committing",
    "store.write.committed",
    "store.write.answered",
    // copies
    "relay.claimed",
    "relay.mapped",
    "relay.looked-up",
    "relay.target.committing",
    "relay.target.committed",
    "relay.target.one.committed",
    "relay.settling",
    "relay.settled",
});

consteval std::size_t place_of(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return i;
  throw "no such fault point: name it in the table above";
}

#ifdef CAUSEWAY_FAULT_POINTS
// Any thread. Comes back unless this is the hit that was asked for. An environment variable that cannot be understood
// ends the process with a message: a test that means to kill must not pass because it did not.
void reach(std::size_t place);
#endif

}  // namespace causeway::fault_point

#ifdef CAUSEWAY_FAULT_POINTS
#define CAUSEWAY_FAULT_POINT(name) ::causeway::fault_point::reach(::causeway::fault_point::place_of(name))
#else
#define CAUSEWAY_FAULT_POINT(name) static_cast<void>(::causeway::fault_point::place_of(name))
#endif
