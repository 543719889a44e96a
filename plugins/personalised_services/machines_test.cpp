// The three machines, walked through every state, action and role, and compared with their pictures in the README.
#include "machines.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace personalised_services {
namespace {

using causeway::sdk::machine;

constexpr std::string_view roles[] = {"service-officer", "ps-officer", "service-manager", "partner", "operator"};

// "p" for PS officers, "m" for service managers, and where the move leads.
using expected_moves =
    std::map<std::pair<std::string_view, std::string_view>, std::pair<std::string_view, std::string_view>>;

void walk(const machine &of, std::size_t states, std::size_t actions, const expected_moves &expected) {
  EXPECT_EQ(of.states().size(), states);
  EXPECT_EQ(of.actions().size(), actions);
  EXPECT_EQ(of.moves().size(), expected.size());
  for (const auto state : of.states())
    for (const auto action : of.actions())
      for (const auto role : roles) {
        SCOPED_TRACE(std::string(state) + " " + std::string(action) + " " + std::string(role));
        const auto ruling = of.decide(state, action, [role](auto asked) { return asked == role; });
        const auto known = expected.find({state, action});
        if (known == expected.end()) {
          ASSERT_EQ(ruling.taken, nullptr);
          EXPECT_EQ(ruling.refusal.status, 409);
          EXPECT_EQ(ruling.refusal.code, "state-forbids");
          EXPECT_NE(ruling.refusal.detail.find("is " + std::string(state)), std::string::npos);
          EXPECT_NE(ruling.refusal.detail.find("allowed: " + of.allowed(state)), std::string::npos);
          continue;
        }
        const auto who = known->second.first;
        const bool allowed = (role == "ps-officer" && who.find('p') != std::string_view::npos) ||
                             (role == "service-manager" && who.find('m') != std::string_view::npos);
        ASSERT_EQ(ruling.taken != nullptr, allowed);
        if (allowed)
          EXPECT_EQ(ruling.taken->to, known->second.second);
        else
          EXPECT_EQ(ruling.refusal.status, 403);
      }
}

TEST(CustomerMachine, is_walked_through_every_state_action_and_role) {
  walk(customer_machine, 4, 6,
       {{{"NONE", "REFER"}, {"pm", "REFERRED"}},
        {{"TRANSFERRED_OUT", "REFER"}, {"pm", "REFERRED"}},
        {{"REFERRED", "ASSIGN"}, {"m", "ASSIGNED"}},
        {{"ASSIGNED", "RECORD_PLAN"}, {"pm", "ASSIGNED"}},
        {{"ASSIGNED", "REQUEST_TRANSFER"}, {"pm", "ASSIGNED"}},
        {{"ASSIGNED", "ACCEPT_TRANSFER"}, {"m", "TRANSFERRED_OUT"}},
        {{"ASSIGNED", "REJECT_TRANSFER"}, {"m", "ASSIGNED"}}});
}

TEST(PlanMachine, is_walked_through_every_state_action_and_role) {
  walk(plan_machine, 6, 6,
       {{{"NONE", "RECORD"}, {"pm", "DRAFT"}},
        {{"DRAFT", "EDIT"}, {"pm", "DRAFT"}},
        {{"RETURNED", "EDIT"}, {"pm", "RETURNED"}},
        {{"DRAFT", "SUBMIT"}, {"p", "SUBMITTED"}},
        {{"RETURNED", "SUBMIT"}, {"p", "SUBMITTED"}},
        {{"SUBMITTED", "ACCEPT"}, {"m", "ACCEPTED"}},
        {{"SUBMITTED", "RETURN"}, {"m", "RETURNED"}},
        {{"DRAFT", "CLOSE"}, {"m", "CLOSED"}},
        {{"SUBMITTED", "CLOSE"}, {"m", "CLOSED"}},
        {{"RETURNED", "CLOSE"}, {"m", "CLOSED"}},
        {{"ACCEPTED", "CLOSE"}, {"m", "CLOSED"}}});
}

TEST(TransferMachine, is_walked_through_every_state_action_and_role) {
  walk(transfer_machine, 4, 3,
       {{{"NONE", "REQUEST"}, {"pm", "PENDING"}},
        {{"PENDING", "ACCEPT"}, {"m", "ACCEPTED"}},
        {{"PENDING", "REJECT"}, {"m", "REJECTED"}}});
}

TEST(Machines, are_drawn_in_the_readme_as_they_are) {
  std::ifstream file("plugins/personalised_services/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  for (const auto *each : {&customer_machine, &plan_machine, &transfer_machine})
    EXPECT_NE(readme.str().find(each->mermaid()), std::string::npos)
        << "put this into plugins/personalised_services/README.md:\n"
        << each->mermaid();
}

}  // namespace
}  // namespace personalised_services
