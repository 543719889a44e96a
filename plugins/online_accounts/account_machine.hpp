// The online account's states and moves.
#pragma once

#include "causeway/machine.hpp"

namespace online_accounts {

// An account is deactivated and reactivated by officers; after a reactivation its owner links it again, and it is
// active once every preference that the link made due has been set anew.
extern const causeway::sdk::machine account_machine;

}  // namespace online_accounts
