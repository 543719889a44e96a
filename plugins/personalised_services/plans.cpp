// The Customer Management Plan: recorded, changed, submitted, decided. A plan's state is the plan machine's; recording
// one is a move of the customer as well, so that none is recorded for a customer who is being transferred out.
#include <utility>

#include "answers.hpp"
#include "causeway/machine.hpp"
#include "causeway/time.hpp"
#include "machines.hpp"
#include "personalised_services.hpp"
#include "plugins/shared/at_risk.hpp"

namespace personalised_services {

namespace {

reply with_etag(int status, const plan &of) {
  auto answer = reply::json(status, plan_json(of));
  answer.etag = etag_of(of);
  return answer;
}

std::string location_of(const plan &of) {
  return "/v1/ps/customers/" + of.csid + "/plans/" + causeway::sdk::path_segment(of.plan_id);
}

// The plan of the path; not_found, with a reason for people, where this customer has none of this id.
task<result<plan>> find_plan(call c) {
  const std::string csid(c.path("csid")), id(c.path("planId"));
  auto found = co_await c.get<plan>(id);
  if (!found && found.why().what != causeway::outcome::not_found) co_return found.why();
  if (!found || found->csid != csid)
    co_return causeway::fault{causeway::outcome::not_found, "Customer " + csid + " has no plan " + id + ".", {}};
  co_return found;
}

// The plan has changed since the caller, who sent If-Match, read it.
reply overtaken() {
  return reply::problem(412, "precondition-failed", "The plan has changed since you read it; read it again.");
}

bool is_overtaken(const call &c, const plan &now) {
  return !c.if_match().empty() && c.if_match() != "*" && c.if_match() != etag_of(now);
}

void take(std::optional<std::string> &given, std::string &into) {
  if (given) into = std::move(*given);
}

// Writes the plan after a move, and the move's history. Another's faster change is 412 where the caller sent If-Match.
task<reply> write_move(call c, plan after, const causeway::sdk::move *taken) {
  causeway::sdk::unit work;
  work.update(after, after.version++);
  work.insert(history_row(c, *taken, after.csid, "plan", after.plan_id));
  auto committing = commit_and_answer(c, std::move(work), with_etag(200, after));
  auto answer = co_await std::move(committing);
  if (answer.code == "stale" && !c.if_match().empty()) co_return overtaken();
  co_return answer;
}

}  // namespace

task<reply> personalised_services_plugin::record_plan(call c, new_plan body) {
  const std::string csid(c.path("csid"));
  auto finding = find_in_ps(c, csid);
  const auto in_ps = co_await std::move(finding);
  if (!in_ps) co_return reply::from(in_ps.why());
  auto of_customer = decide(c, customer_machine, state_of(*in_ps), "RECORD_PLAN");
  if (!of_customer.taken) co_return std::move(of_customer.refusal);
  auto ruling = decide(c, plan_machine, plan_machine.initial(), "RECORD");
  if (!ruling.taken) co_return std::move(ruling.refusal);

  plan made;
  made.plan_id = c.new_key<plan>();
  made.csid = csid;
  made.core_issue = std::move(body.core_issue);
  made.referral_type = std::move(body.referral_type);
  made.stacking_document_date = std::move(body.stacking_document_date);
  made.segment = std::move(body.segment);
  made.issue = std::move(body.issue);
  made.status = ruling.taken->to;
  made.status_since = causeway::sdk::format_time(c.now());
  made.created_at = made.status_since;
  made.created_by = c.principal();
  made.version = 1;  // as it will stand
  auto answer = with_etag(201, made);
  answer.location = location_of(made);
  causeway::sdk::unit work;
  work.update(**in_ps, (*in_ps)->version);  // whoever transfers the customer out meanwhile must see this plan
  work.insert(history_row(c, *ruling.taken, csid, "plan", made.plan_id));
  work.insert(std::move(made));
  auto committing = commit_and_answer(c, std::move(work), std::move(answer));
  co_return co_await std::move(committing);
}

task<reply> personalised_services_plugin::show_plan(call c) {
  auto finding = find_plan(c);
  const auto found = co_await std::move(finding);
  if (!found) co_return reply::from(found.why());
  auto recording = shared::record_read_at_risk(c, found->csid, "plan");
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return reply::from(recorded.why());
  co_return with_etag(200, *found);
}

task<reply> personalised_services_plugin::change_plan(call c, plan_changes body) {
  auto finding = find_plan(c);
  auto found = co_await std::move(finding);
  if (!found) co_return reply::from(found.why());
  if (is_overtaken(c, *found)) co_return overtaken();
  auto ruling = decide(c, plan_machine, found->status, "EDIT");
  if (!ruling.taken) co_return std::move(ruling.refusal);
  take(body.core_issue, found->core_issue);
  take(body.referral_type, found->referral_type);
  take(body.stacking_document_date, found->stacking_document_date);
  take(body.segment, found->segment);
  take(body.issue, found->issue);
  auto writing = write_move(c, std::move(*found), ruling.taken);
  co_return co_await std::move(writing);
}

task<reply> personalised_services_plugin::submit_plan(call c) {
  auto finding = find_plan(c);
  auto found = co_await std::move(finding);
  if (!found) co_return reply::from(found.why());
  if (is_overtaken(c, *found)) co_return overtaken();
  auto ruling = decide(c, plan_machine, found->status, "SUBMIT");
  if (!ruling.taken) co_return std::move(ruling.refusal);
  found->status = ruling.taken->to;
  found->status_since = causeway::sdk::format_time(c.now());
  found->submitted_at = found->status_since;
  found->submitted_by = std::string(c.principal());
  found->decided_at.reset();  // of the submission before
  found->decided_by.reset();
  found->decision_comment.reset();
  auto writing = write_move(c, std::move(*found), ruling.taken);
  co_return co_await std::move(writing);
}

task<reply> personalised_services_plugin::decide_plan(call c, plan_decision body) {
  auto finding = find_plan(c);
  auto found = co_await std::move(finding);
  if (!found) co_return reply::from(found.why());
  if (is_overtaken(c, *found)) co_return overtaken();
  auto ruling = decide(c, plan_machine, found->status, body.decision == "ACCEPTED" ? "ACCEPT" : "RETURN");
  if (!ruling.taken) co_return std::move(ruling.refusal);
  if (found->submitted_by == c.principal())
    co_return reply::problem(403, "own-submission", "Who submitted a plan does not decide it; ask another manager.");
  found->status = ruling.taken->to;
  found->status_since = causeway::sdk::format_time(c.now());
  found->decided_at = found->status_since;
  found->decided_by = std::string(c.principal());
  found->decision_comment = std::move(body.comment);
  auto writing = write_move(c, std::move(*found), ruling.taken);
  co_return co_await std::move(writing);
}

}  // namespace personalised_services
