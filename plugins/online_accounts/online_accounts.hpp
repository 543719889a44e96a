// The plugin's class: one handler per operation. What they decide is in privacy.hpp, channels.hpp and
// account_machine.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "answers.hpp"
#include "causeway/plugin.hpp"
#include "channels.hpp"
#include "records.hpp"
#include "requests.hpp"

namespace online_accounts {

using causeway::result;
using causeway::task;
using causeway::sdk::call;
using causeway::sdk::reply;

class online_accounts_plugin {
 public:
  static causeway::sdk::declaration declare();
  explicit online_accounts_plugin(const causeway::sdk::settings &given);

  task<reply> show_customer(call c);
  task<reply> show_account(call c);
  task<reply> check_privacy(call c, new_privacy_check body);
  task<reply> set_channel(call c, new_channel body);
  task<reply> act(call c, account_action body);
  task<reply> link(call c);
  task<reply> list_web_sessions(call c);
  task<reply> list_status_changes(call c);
  task<reply> list_poi_attempts(call c);

 private:
  std::int64_t privacy_check_valid_for_;
  channel_rules rules_;
};

// ---- shared by the handlers -----------------------------------------------------------------------------------------

// The customer; not_found, with a reason for people, where there is none.
task<result<customer>> find_customer(call c, std::string csid);
// The newest privacy check of this customer, whoever made it.
task<result<std::optional<privacy_check>>> newest_check(call c, std::string csid);
// All accounts and preferences of a customer.
task<result<account_state>> read_account_state(call c, std::string csid);
// Records that the caller reads `what` of a customer whose newest check is AT_RISK; does nothing for any other. Where
// it cannot be recorded, nothing may be read.
task<result<causeway::done>> record_read_at_risk(call c, std::string csid, std::optional<privacy_check> newest,
                                                 std::string what);

// What every change begins with: a customer who is there, an officer who may change them, the accounts and preferences
// as they stand and as the caller has seen them (If-Match). A reply where it ends there.
struct change_start {
  std::optional<reply> refused;
  account_state state;
  std::string checked_at;  // of the officer's own privacy check that allows it
};
task<change_start> begin_change(call c, std::int64_t privacy_check_valid_for);

// What every change ends with: the answer, with the ETag of what stands now, or that another was faster: 412 where the
// caller sent If-Match, else 409.
task<reply> commit_change(call c, causeway::sdk::unit work, reply answer);

// The row of an account's status history; its details say which move it was, and which privacy check allowed it.
status_change history_row(const call &c, const online_account &after, const causeway::sdk::move &taken,
                          std::string_view checked_at, std::optional<std::string> reason);

}  // namespace online_accounts
