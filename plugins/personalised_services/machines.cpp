// One row a move. The README's pictures are generated from here, and a test walks every state, action and role. NONE is
// the state of what is not there yet.
#include "machines.hpp"

namespace personalised_services {

namespace {

using causeway::sdk::move;

constexpr std::string_view officers = "ps-officer service-manager";
constexpr std::string_view ps_officer = "ps-officer";
constexpr std::string_view manager = "service-manager";

constexpr move customer_moves[] = {
    {"NONE", "REFER", "REFERRED", officers, "the customer, the referral"},
    {"TRANSFERRED_OUT", "REFER", "REFERRED", officers, "the customer, the referral"},
    {"REFERRED", "ASSIGN", "ASSIGNED", manager, "the customer"},
    {"ASSIGNED", "RECORD_PLAN", "ASSIGNED", officers, "the plan"},
    {"ASSIGNED", "REQUEST_TRANSFER", "ASSIGNED", officers, "the transfer"},
    {"ASSIGNED", "ACCEPT_TRANSFER", "TRANSFERRED_OUT", manager, "the customer, the transfer, the plans that it closes"},
    {"ASSIGNED", "REJECT_TRANSFER", "ASSIGNED", manager, "the transfer"},
};

constexpr move plan_moves[] = {
    {"NONE", "RECORD", "DRAFT", officers, "the plan"},
    {"DRAFT", "EDIT", "DRAFT", officers, "the plan"},
    {"RETURNED", "EDIT", "RETURNED", officers, "the plan"},
    {"DRAFT", "SUBMIT", "SUBMITTED", ps_officer, "the plan"},
    {"RETURNED", "SUBMIT", "SUBMITTED", ps_officer, "the plan"},
    {"SUBMITTED", "ACCEPT", "ACCEPTED", manager, "the plan"},
    {"SUBMITTED", "RETURN", "RETURNED", manager, "the plan"},
    {"DRAFT", "CLOSE", "CLOSED", manager, "the plan, when its customer is transferred out"},
    {"SUBMITTED", "CLOSE", "CLOSED", manager, "the plan, when its customer is transferred out"},
    {"RETURNED", "CLOSE", "CLOSED", manager, "the plan, when its customer is transferred out"},
    {"ACCEPTED", "CLOSE", "CLOSED", manager, "the plan, when its customer is transferred out"},
};

constexpr move transfer_moves[] = {
    {"NONE", "REQUEST", "PENDING", officers, "the transfer"},
    {"PENDING", "ACCEPT", "ACCEPTED", manager, "the transfer"},
    {"PENDING", "REJECT", "REJECTED", manager, "the transfer"},
};

}  // namespace

const causeway::sdk::machine customer_machine("customer", "NONE", customer_moves);
const causeway::sdk::machine plan_machine("plan", "NONE", plan_moves);
const causeway::sdk::machine transfer_machine("transfer", "NONE", transfer_moves);

}  // namespace personalised_services
