// Creating communication records and stacking documents: in Pluto for an international customer, from where the
// gateway copies them, in Cuba and in Cuba's own conventions for everyone else. Either way it is one insert.
#include <optional>
#include <utility>

#include "answers.hpp"
#include "communications.hpp"

namespace communications {

namespace {

reply created(const entry &one, const std::optional<pluto::copy> &crossing) {
  auto answer = reply::json(201, communication_json(one, crossing, {}));
  answer.location = location_of(one.what.csid, one.what.communication_id);
  return answer;
}

reply not_stored(const call &c, const causeway::fault &why, bool codes_from_body) {
  if (why.what != causeway::outcome::invalid || blames_the_body(why, codes_from_body)) return reply::from(why);
  for (const auto &input : why.inputs)
    c.log(CW_LOG_ERROR, "a communication cannot be stored: " + input.pointer + ": " + input.code +
                            "; compare the plugin's settings, the code tables and the mapping");
  return reply::problem(500, "internal", {});
}

task<reply> create_in_pluto(call c, pluto::communication what, bool codes_from_body) {
  what.communication_id = c.new_key<pluto::communication>();
  const pluto::copy crossing{what.communication_id, "PENDING", {}, {}};
  const auto answer = created({store::pluto, what}, crossing);
  causeway::sdk::unit work;
  work.insert(std::move(what));
  const auto committed = co_await c.commit(std::move(work), answer);
  if (!committed) co_return not_stored(c, committed.why(), codes_from_body);
  co_return answer;
}

task<reply> create_in_cuba(call c, pluto::communication what, bool codes_from_body) {
  what.communication_id = c.new_key<cuba::communication>();
  auto mapped = c.map<cuba::communication>(what);
  if (!mapped) co_return not_stored(c, mapped.why(), codes_from_body);
  mapped->comm_no = what.communication_id;
  mapped->source_id.reset();  // it is no copy
  // Answered as it will be read: what the mapping may lose is lost already.
  const auto stands = in_plutos_terms(c, *mapped);
  if (!stands) co_return reply::from(stands.why());
  const auto answer = created(*stands, std::nullopt);
  causeway::sdk::unit work;
  work.insert(std::move(*mapped));
  const auto committed = co_await c.commit(std::move(work), answer);
  if (!committed) co_return not_stored(c, committed.why(), codes_from_body);
  co_return answer;
}

task<reply> create_at_home(call c, pluto::communication what, bool international, bool codes_from_body) {
  what.created_at = causeway::sdk::format_time(c.now());
  what.created_by = c.principal();
  if (home_of(international) == store::pluto) return create_in_pluto(c, std::move(what), codes_from_body);
  return create_in_cuba(c, std::move(what), codes_from_body);
}

reply unknown_customer(const causeway::fault &why, const std::string &csid) {
  if (why.what != causeway::outcome::not_found) return reply::from(why);
  return reply::not_found("There is no customer " + csid + ".");
}

}  // namespace

task<reply> communications_plugin::create(call c, new_communication body) {
  const std::string csid(c.path("csid"));
  const auto customer = co_await c.get<pluto::customer>(csid);
  if (!customer) co_return unknown_customer(customer.why(), csid);
  pluto::communication what;
  what.csid = csid;
  what.type = std::move(body.type);
  what.reason = std::move(body.reason);
  what.category = std::move(body.category);
  what.issue = std::move(body.issue);
  what.case_number = std::move(body.case_number);
  what.with = std::move(body.with);
  what.subject = std::move(body.subject);
  what.text = std::move(body.text);
  auto creating = create_at_home(c, std::move(what), customer->international, true);
  co_return co_await std::move(creating);
}

task<reply> communications_plugin::stack(call c, new_stacking_document body) {
  const std::string csid(c.path("csid"));
  const auto customer = co_await c.get<pluto::customer>(csid);
  if (!customer) co_return unknown_customer(customer.why(), csid);
  const auto in_ps = co_await c.get<cuba::ps_customer>(csid);
  if (!in_ps && in_ps.why().what != causeway::outcome::not_found) co_return reply::from(in_ps.why());
  std::optional<std::string_view> status;
  if (in_ps) status = in_ps->status;
  if (!takes_stacking_documents(status))
    co_return reply::problem(409, "not-in-personalised-services",
                             "Customer " + csid + " is not in Personalised Services" +
                                 (status ? ": transferred out." : ".") + " Refer the customer first.");
  pluto::communication what;
  what.csid = csid;
  what.type = stacking_.type;
  what.reason = stacking_.reason;
  what.category = stacking_.category;
  what.issue = stacking_.issue;
  what.subject = std::move(body.subject);
  what.text = std::move(body.text);
  auto creating = create_at_home(c, std::move(what), customer->international, false);
  co_return co_await std::move(creating);
}

}  // namespace communications
