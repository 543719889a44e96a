// What handlers share: who is in Personalised Services, what stands open, who may do what, and how a step is written.
#include <utility>

#include "causeway/machine.hpp"
#include "causeway/time.hpp"
#include "machines.hpp"
#include "personalised_services.hpp"

namespace personalised_services {

task<result<std::optional<ps_customer>>> find_in_ps(call c, std::string csid) {
  auto found = co_await c.get<ps_customer>(csid);
  if (found) co_return std::optional<ps_customer>(std::move(*found));
  if (found.why().what != causeway::outcome::not_found) co_return found.why();
  const auto known = co_await c.get<customer>(csid);
  if (known) co_return std::optional<ps_customer>();
  if (known.why().what != causeway::outcome::not_found) co_return known.why();
  co_return causeway::fault{causeway::outcome::not_found, "There is no customer " + csid + ".", {}};
}

task<result<std::vector<plan>>> open_plans(call c, std::string csid) {
  causeway::sdk::query<plan> query;
  query.where(&plan::csid, csid).newest_first(&plan::created_at, &plan::plan_id).limit(1000);
  auto rows = co_await c.find(std::move(query));
  if (!rows) co_return rows.why();
  std::erase_if(*rows, [](const plan &each) { return each.status == "CLOSED"; });
  co_return std::move(*rows);
}

task<result<std::optional<transfer>>> pending_transfer(call c, std::string csid) {
  causeway::sdk::query<transfer> query;
  query.where(&transfer::csid, csid)
      .where(&transfer::status, "PENDING")
      .newest_first(&transfer::requested_at, &transfer::transfer_id)
      .limit(1);
  auto rows = co_await c.find(std::move(query));
  if (!rows) co_return rows.why();
  std::optional<transfer> pending;
  if (!rows->empty()) pending = std::move(rows->front());
  co_return pending;
}

std::string_view state_of(const std::optional<ps_customer> &in_ps) {
  return in_ps ? std::string_view(in_ps->status) : customer_machine.initial();
}

causeway::sdk::ruling decide(const call &c, const causeway::sdk::machine &by, std::string_view state,
                             std::string_view action) {
  return by.decide(state, action, [&c](std::string_view role) { return c.has_role(role); });
}

history history_row(const call &c, const causeway::sdk::move &taken, const std::string &csid, std::string_view subject,
                    const std::string &subject_id) {
  history row;
  row.history_id = c.new_key<history>();
  row.csid = csid;
  row.subject = subject;
  row.subject_id = subject_id;
  row.action = taken.action;
  row.from_state = taken.from;
  row.to_state = taken.to;
  row.changed_at = causeway::sdk::format_time(c.now());
  row.changed_by = c.principal();
  row.request_id = c.request_id();
  return row;
}

namespace {

// What a store refuses it calls by its field; where the body calls it otherwise, the caller is told the body's name.
void name_as_the_body_does(causeway::fault &why) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"segment", "/body/trigger/segment"}, {"issue", "/body/trigger/issue"}, {"decisionComment", "/body/comment"}};
  for (auto &input : why.inputs)
    for (const auto &[field, pointer] : names)
      if (input.pointer == field) input.pointer = pointer;
}

}  // namespace

task<reply> commit_and_answer(call c, causeway::sdk::unit work, reply answer) {
  const auto committed = co_await c.commit(std::move(work), answer);
  if (committed) co_return answer;
  auto why = committed.why();
  if (why.what == causeway::outcome::conflict) why = {causeway::outcome::stale, {}, {}};  // what was to be made stands
  name_as_the_body_does(why);
  co_return reply::from(why);
}

}  // namespace personalised_services
