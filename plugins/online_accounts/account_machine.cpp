// One row a move. The README's picture is generated from here, and a test walks every state, action and role.
#include "account_machine.hpp"

namespace online_accounts {

namespace {

constexpr std::string_view officers = "service-officer ps-officer service-manager";

constexpr causeway::sdk::move moves[] = {
    {"ACTIVE", "DEACTIVATE", "DEACTIVATED", officers, "the account, its status history"},
    {"REACTIVATED", "DEACTIVATE", "DEACTIVATED", officers, "the account, its status history"},
    {"LINKED", "DEACTIVATE", "DEACTIVATED", officers, "the account, its status history"},
    {"DEACTIVATED", "REACTIVATE", "REACTIVATED", officers, "the account, its status history"},
    {"REACTIVATED", "LINK", "LINKED", officers, "the account, its status history, every preference due"},
    {"LINKED", "PREFERENCES_SET", "ACTIVE", officers, "the account, its status history"},
};

}  // namespace

const causeway::sdk::machine account_machine("online account", "", moves);

}  // namespace online_accounts
