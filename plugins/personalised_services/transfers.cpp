// Transfers out: requested, accepted, rejected. An accepted one takes the customer off the officer's list and closes
// whatever plans were open, all in one unit of work.
#include <utility>

#include "answers.hpp"
#include "causeway/machine.hpp"
#include "causeway/time.hpp"
#include "machines.hpp"
#include "personalised_services.hpp"

namespace personalised_services {

task<reply> personalised_services_plugin::request_transfer(call c, new_transfer body) {
  const std::string csid(c.path("csid"));
  auto finding = find_in_ps(c, csid);
  const auto in_ps = co_await std::move(finding);
  if (!in_ps) co_return reply::from(in_ps.why());
  auto of_customer = decide(c, customer_machine, state_of(*in_ps), "REQUEST_TRANSFER");
  if (!of_customer.taken) co_return std::move(of_customer.refusal);
  auto asking = pending_transfer(c, csid);
  const auto pending = co_await std::move(asking);
  if (!pending) co_return reply::from(pending.why());
  if (*pending)
    co_return reply::problem(
        409, "transfer-pending",
        "Transfer " + (*pending)->transfer_id + " of this customer waits for its decision already.");
  auto ruling = decide(c, transfer_machine, transfer_machine.initial(), "REQUEST");
  if (!ruling.taken) co_return std::move(ruling.refusal);

  transfer made;
  made.transfer_id = c.new_key<transfer>();
  made.csid = csid;
  made.reason = std::move(body.reason);
  made.comment = std::move(body.comment);
  made.status = ruling.taken->to;
  made.requested_at = causeway::sdk::format_time(c.now());
  made.requested_by = c.principal();
  auto answer = reply::json(201, transfer_json(made));
  answer.location = "/v1/ps/customers/" + csid;  // where it is read while it is pending
  causeway::sdk::unit work;
  work.update(**in_ps, (*in_ps)->version);  // two at once: one is pending, the other refused
  work.insert(history_row(c, *ruling.taken, csid, "transfer", made.transfer_id));
  work.insert(std::move(made));
  auto committing = commit_and_answer(c, std::move(work), std::move(answer));
  co_return co_await std::move(committing);
}

task<reply> personalised_services_plugin::decide_transfer(call c, transfer_decision body) {
  const std::string csid(c.path("csid")), id(c.path("transferId"));
  auto found = co_await c.get<transfer>(id);
  if (!found && found.why().what != causeway::outcome::not_found) co_return reply::from(found.why());
  if (!found || found->csid != csid) co_return reply::not_found("Customer " + csid + " has no transfer " + id + ".");
  const bool accepted = body.decision == "ACCEPTED";
  auto ruling = decide(c, transfer_machine, found->status, accepted ? "ACCEPT" : "REJECT");
  if (!ruling.taken) co_return std::move(ruling.refusal);
  auto finding = find_in_ps(c, csid);
  auto in_ps = co_await std::move(finding);
  if (!in_ps) co_return reply::from(in_ps.why());
  auto of_customer = decide(c, customer_machine, state_of(*in_ps), accepted ? "ACCEPT_TRANSFER" : "REJECT_TRANSFER");
  if (!of_customer.taken) co_return std::move(of_customer.refusal);

  const std::string now = causeway::sdk::format_time(c.now());
  found->status = ruling.taken->to;
  found->decided_at = now;
  found->decided_by = std::string(c.principal());
  found->decision_comment = std::move(body.comment);
  causeway::sdk::unit work;
  work.update(*found, found->version);
  work.insert(history_row(c, *ruling.taken, csid, "transfer", id));
  ps_customer who = std::move(**in_ps);
  if (accepted) {
    who.status = of_customer.taken->to;
    who.officer_id.reset();
    who.assigned_at.reset();
    work.update(who, who.version);
    work.insert(history_row(c, *of_customer.taken, csid, "customer", id));
    auto reading = open_plans(c, csid);
    auto plans = co_await std::move(reading);
    if (!plans) co_return reply::from(plans.why());
    for (auto &each : *plans) {
      auto closing = decide(c, plan_machine, each.status, "CLOSE");
      if (!closing.taken) co_return std::move(closing.refusal);
      each.status = closing.taken->to;
      each.status_since = now;
      work.update(each, each.version);
      work.insert(history_row(c, *closing.taken, csid, "plan", each.plan_id));
    }
  } else {
    work.require(who, who.version);
  }
  auto answer = reply::json(200, transfer_json(*found));
  auto committing = commit_and_answer(c, std::move(work), std::move(answer));
  co_return co_await std::move(committing);
}

}  // namespace personalised_services
