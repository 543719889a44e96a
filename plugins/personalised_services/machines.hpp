// The three state machines of Personalised Services.
#pragma once

#include "causeway/machine.hpp"

namespace personalised_services {

// A customer: referred, assigned to an officer's list, transferred out.
extern const causeway::sdk::machine customer_machine;
// A Customer Management Plan: from draft through submission to a decision by someone else.
extern const causeway::sdk::machine plan_machine;
// A transfer out that waits for its decision.
extern const causeway::sdk::machine transfer_machine;

}  // namespace personalised_services
