// The plugin's class: one handler per operation. What they decide is in privacy.hpp.
#pragma once

#include <optional>
#include <string>

#include "answers.hpp"
#include "causeway/plugin.hpp"
#include "records.hpp"

namespace online_accounts {

using causeway::result;
using causeway::task;
using causeway::sdk::call;
using causeway::sdk::reply;

class online_accounts_plugin {
 public:
  static causeway::sdk::declaration declare();
  explicit online_accounts_plugin(const causeway::sdk::settings &) {}

  task<reply> show_customer(call c);
  task<reply> show_account(call c);
};

// ---- shared by the handlers -----------------------------------------------------------------------------------------

// The customer; not_found, with a reason for people, where there is none.
task<result<customer>> find_customer(call c, std::string csid);
// The newest privacy check of this customer, whoever made it.
task<result<std::optional<privacy_check>>> newest_check(call c, std::string csid);
// All accounts and preferences of a customer.
task<result<account_state>> read_account_state(call c, std::string csid);

}  // namespace online_accounts
