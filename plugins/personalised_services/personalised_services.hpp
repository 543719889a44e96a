// The plugin's class: one handler per operation. What they decide is in machines.hpp and rules.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/machine.hpp"
#include "causeway/plugin.hpp"
#include "records.hpp"
#include "requests.hpp"

namespace personalised_services {

using causeway::result;
using causeway::task;
using causeway::sdk::call;
using causeway::sdk::reply;

class personalised_services_plugin {
 public:
  static causeway::sdk::declaration declare();
  explicit personalised_services_plugin(const causeway::sdk::settings &) {}

  task<reply> refer(call c, new_referral body);
  task<reply> assign(call c, new_assignment body);
  task<reply> list_customers(call c);
  task<reply> show_customer(call c);
  task<reply> list_officers(call c);
  task<reply> record_plan(call c, new_plan body);
  task<reply> show_plan(call c);
  task<reply> change_plan(call c, plan_changes body);
  task<reply> submit_plan(call c);
  task<reply> decide_plan(call c, plan_decision body);
  task<reply> request_transfer(call c, new_transfer body);
  task<reply> decide_transfer(call c, transfer_decision body);
  task<reply> list_officer_actions(call c);
  task<reply> list_manager_actions(call c);
};

// ---- shared by the handlers -----------------------------------------------------------------------------------------

// A customer's part in Personalised Services: none where they were never referred. not_found, with a reason for people,
// where there is no such customer at all.
task<result<std::optional<ps_customer>>> find_in_ps(call c, std::string csid);

// The customer's plans that are not closed, newest first.
task<result<std::vector<plan>>> open_plans(call c, std::string csid);
// The customer's transfer that waits for its decision.
task<result<std::optional<transfer>>> pending_transfer(call c, std::string csid);

// The state of a customer by the machine's names.
std::string_view state_of(const std::optional<ps_customer> &in_ps);

// What the machines say of the caller's move.
causeway::sdk::ruling decide(const call &c, const causeway::sdk::machine &by, std::string_view state,
                             std::string_view action);

// The history row of a move.
history history_row(const call &c, const causeway::sdk::move &taken, const std::string &csid, std::string_view subject,
                    const std::string &subject_id);

// Commits, and answers `answer`: a record that stands meanwhile, or another's faster change, is 409, what
// cannot be stored 422 by the names of the body.
task<reply> commit_and_answer(call c, causeway::sdk::unit work, reply answer);

}  // namespace personalised_services
