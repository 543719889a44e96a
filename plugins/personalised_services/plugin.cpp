// What the plugin declares: its kinds and its operations.
#include "answers.hpp"
#include "personalised_services.hpp"
#include "plugins/shared/at_risk.hpp"

namespace personalised_services {

causeway::sdk::declaration personalised_services_plugin::declare() {
  using plugin = personalised_services_plugin;
  causeway::sdk::declaration d("personalised-services", "1.0.0");
  d.uses<customer>(CW_READS).uses<ps_officer>(CW_READS).uses<shared::privacy_outcome>(CW_READS);
  d.uses<ps_customer>(CW_READS | CW_INSERTS | CW_UPDATES);
  d.uses<plan>(CW_READS | CW_INSERTS | CW_UPDATES).uses<transfer>(CW_READS | CW_INSERTS | CW_UPDATES);
  d.uses<referral>(CW_INSERTS).uses<history>(CW_INSERTS).uses<shared::customer_read>(CW_INSERTS);
  d.uses<listed_customer>(CW_READS).uses<listed_officer>(CW_READS);
  d.uses<officer_action>(CW_READS).uses<manager_action>(CW_READS);

  constexpr std::string_view officers = "ps-officer service-manager";
  constexpr std::string_view ps_officer = "ps-officer";
  constexpr std::string_view manager = "service-manager";

  d.post("/v1/ps/referrals", &plugin::refer)
      .summary("Refers a customer to Personalised Services.")
      .roles(officers)
      .home("cuba")
      .answers(referral_schema);
  d.get("/v1/ps/customers", &plugin::list_customers)
      .summary("The customers in Personalised Services.")
      .roles(officers)
      .home("cuba")
      .list()
      .query("status", 20, "cuba.psCustomer.status")
      .query("officerId", 64)
      .answers(customer_list_schema);
  d.get("/v1/ps/customers/{csid}", &plugin::show_customer)
      .summary("One customer in Personalised Services, with the current plan and the pending transfer.")
      .roles(officers)
      .home("cuba")
      .answers(customer_schema);
  d.get("/v1/ps/officers", &plugin::list_officers)
      .summary("PS officers by stream and team, with their workload.")
      .roles(officers)
      .home("cuba")
      .list()
      .query("stream", 40)
      .query("team", 40)
      .answers(officer_list_schema);
  d.post("/v1/ps/assignments", &plugin::assign)
      .summary("Assigns a referred customer to an officer's list.")
      .roles(manager)
      .home("cuba")
      .answers(assignment_schema);
  d.post("/v1/ps/customers/{csid}/plans", &plugin::record_plan)
      .summary("Records a Customer Management Plan.")
      .roles(officers)
      .home("cuba")
      .answers(plan_schema);
  d.get("/v1/ps/customers/{csid}/plans/{planId}", &plugin::show_plan)
      .summary("One plan.")
      .roles(officers)
      .home("cuba")
      .answers(plan_schema);
  d.patch("/v1/ps/customers/{csid}/plans/{planId}", &plugin::change_plan)
      .summary("Changes a draft or a returned plan; members left out stay as they are.")
      .roles(officers)
      .home("cuba")
      .if_match(true)
      .answers(plan_schema);
  d.post("/v1/ps/customers/{csid}/plans/{planId}/submission", &plugin::submit_plan)
      .summary("Submits a draft or a returned plan for its decision.")
      .roles(ps_officer)
      .home("cuba")
      .status(200)
      .if_match()
      .answers(plan_schema);
  d.post("/v1/ps/customers/{csid}/plans/{planId}/decision", &plugin::decide_plan)
      .summary("Accepts or returns a submitted plan.")
      .roles(manager)
      .home("cuba")
      .status(200)
      .if_match()
      .answers(plan_schema);
  d.post("/v1/ps/customers/{csid}/transfers", &plugin::request_transfer)
      .summary("Refers a customer for transfer out.")
      .roles(officers)
      .home("cuba")
      .answers(transfer_schema);
  d.post("/v1/ps/customers/{csid}/transfers/{transferId}/decision", &plugin::decide_transfer)
      .summary("Accepts or rejects a transfer out.")
      .roles(manager)
      .home("cuba")
      .status(200)
      .answers(transfer_schema);
  d.get("/v1/ps/action-lists/cso", &plugin::list_officer_actions)
      .summary("What waits for an officer, the caller if none is named; longest waiting first.")
      .roles(officers)
      .home("cuba")
      .list()
      .query("officerId", 64)
      .answers(action_list_schema);
  d.get("/v1/ps/action-lists/service-manager", &plugin::list_manager_actions)
      .summary("Plans and transfers that wait for a decision; longest waiting first.")
      .roles(manager)
      .home("cuba")
      .list()
      .answers(action_list_schema);
  return d;
}

}  // namespace personalised_services

CAUSEWAY_PLUGIN(personalised_services::personalised_services_plugin)
