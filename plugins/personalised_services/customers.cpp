// Referring and assigning customers, the customer list and the officers with their workload.
#include <utility>

#include "answers.hpp"
#include "causeway/machine.hpp"
#include "causeway/time.hpp"
#include "machines.hpp"
#include "personalised_services.hpp"
#include "plugins/shared/at_risk.hpp"

namespace personalised_services {

namespace {

// What the body of a referral says about the associate, as far as it can be judged by itself.
std::optional<reply> refuse_associate(const new_referral &body) {
  if (body.type == "ASSOCIATE" && !body.associate_of)
    return reply::invalid_input("/body/associateOf", "required",
                                "An ASSOCIATE names a customer in Personalised Services.");
  if (body.type != "ASSOCIATE" && body.associate_of)
    return reply::invalid_input("/body/associateOf", "not-expected", "Only an ASSOCIATE names another customer.");
  if (body.associate_of == body.csid)
    return reply::invalid_input("/body/associateOf", "same-customer", "A customer is no associate of their own.");
  return std::nullopt;
}

bool is_in_ps(const std::optional<ps_customer> &who) { return who && who->status != "TRANSFERRED_OUT"; }

}  // namespace

task<reply> personalised_services_plugin::refer(call c, new_referral body) {
  auto refused = refuse_associate(body);
  if (refused) co_return std::move(*refused);
  const auto known = co_await c.get<customer>(body.csid);
  if (!known) {
    if (known.why().what != causeway::outcome::not_found) co_return reply::from(known.why());
    co_return reply::not_found("There is no customer " + body.csid + ".");
  }
  if (body.associate_of) {
    auto asking = find_in_ps(c, *body.associate_of);
    const auto associate = co_await std::move(asking);
    if (!associate && associate.why().what != causeway::outcome::not_found) co_return reply::from(associate.why());
    if (!associate || !is_in_ps(*associate))
      co_return reply::invalid_input("/body/associateOf", "not-in-personalised-services",
                                     "Customer " + *body.associate_of + " is not in Personalised Services.");
  }
  auto finding = find_in_ps(c, body.csid);
  auto in_ps = co_await std::move(finding);
  if (!in_ps) co_return reply::from(in_ps.why());
  auto ruling = decide(c, customer_machine, state_of(*in_ps), "REFER");
  if (!ruling.taken) co_return std::move(ruling.refusal);

  referral made;
  made.referral_id = c.new_key<referral>();
  made.csid = body.csid;
  made.type = body.type;
  made.associate_of = body.associate_of;
  made.referred_at = causeway::sdk::format_time(c.now());
  made.referred_by = c.principal();
  const bool again = in_ps->has_value();
  ps_customer who = again ? std::move(**in_ps) : ps_customer();
  who.csid = body.csid;
  who.status = ruling.taken->to;
  who.referral_type = body.type;
  who.associate_of = body.associate_of;
  who.officer_id.reset();
  who.referred_at = made.referred_at;
  who.assigned_at.reset();

  auto answer = reply::json(201, referral_json(made, !known->applicant_name || known->applicant_name->empty()));
  answer.location = "/v1/ps/customers/" + body.csid;
  causeway::sdk::unit work;
  if (again)
    work.update(who, who.version);
  else
    work.insert(who);
  work.insert(history_row(c, *ruling.taken, body.csid, "customer", made.referral_id));
  work.insert(std::move(made));
  auto committing = commit_and_answer(c, std::move(work), std::move(answer));
  co_return co_await std::move(committing);
}

task<reply> personalised_services_plugin::assign(call c, new_assignment body) {
  auto finding = find_in_ps(c, body.csid);
  auto in_ps = co_await std::move(finding);
  if (!in_ps) co_return reply::from(in_ps.why());
  auto ruling = decide(c, customer_machine, state_of(*in_ps), "ASSIGN");
  if (!ruling.taken) co_return std::move(ruling.refusal);
  const auto officer = co_await c.get<ps_officer>(body.officer_id);
  if (!officer) {
    if (officer.why().what != causeway::outcome::not_found) co_return reply::from(officer.why());
    co_return reply::invalid_input("/body/officerId", "unknown", "There is no PS officer " + body.officer_id + ".");
  }
  ps_customer who = std::move(**in_ps);
  who.status = ruling.taken->to;
  who.officer_id = body.officer_id;
  who.assigned_at = causeway::sdk::format_time(c.now());
  auto answer = reply::json(201, assignment_json(who, c.principal()));
  answer.location = "/v1/ps/customers/" + who.csid;
  causeway::sdk::unit work;
  work.update(who, who.version);
  work.insert(history_row(c, *ruling.taken, who.csid, "customer", body.officer_id));
  auto committing = commit_and_answer(c, std::move(work), std::move(answer));
  co_return co_await std::move(committing);
}

task<reply> personalised_services_plugin::show_customer(call c) {
  const std::string csid(c.path("csid"));
  const auto listed = co_await c.get<listed_customer>(csid);
  if (!listed) {
    if (listed.why().what != causeway::outcome::not_found) co_return reply::from(listed.why());
    co_return reply::not_found("Customer " + csid + " is not in Personalised Services.");
  }
  auto recording = shared::record_read_at_risk(c, csid, "personalised-services");
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return reply::from(recorded.why());
  auto reading = open_plans(c, csid);
  auto plans = co_await std::move(reading);
  if (!plans) co_return reply::from(plans.why());
  auto asking = pending_transfer(c, csid);
  const auto pending = co_await std::move(asking);
  if (!pending) co_return reply::from(pending.why());
  std::optional<plan> current;
  if (!plans->empty()) current = std::move(plans->front());
  auto answer = reply::json(200, customer_json(*listed, current, *pending));
  answer.etag = causeway::sdk::digest().add(answer.body).text();
  co_return answer;
}

task<reply> personalised_services_plugin::list_customers(call c) {
  causeway::sdk::query<listed_customer> query;
  query.ascending(&listed_customer::csid).limit(static_cast<std::uint32_t>(c.limit() + 1));
  if (const auto status = c.query("status")) query.where(&listed_customer::status, std::string(*status));
  if (const auto officer = c.query("officerId")) query.where(&listed_customer::officer_id, std::string(*officer));
  if (!c.cursor().empty()) {
    const auto place = causeway::sdk::read_cursor(c.cursor(), 1);
    const bool csid =
        place && (*place)[0].size() == 9 && (*place)[0].find_first_not_of("0123456789") == std::string::npos;
    if (!csid) co_return reply::bad_cursor();
    query.after({(*place)[0]});
  }
  const auto rows = co_await c.find(std::move(query));
  if (!rows) co_return reply::from(rows.why());
  co_return reply::json(200, customers_json(*rows, static_cast<std::size_t>(c.limit())));
}

task<reply> personalised_services_plugin::list_officers(call c) {
  causeway::sdk::query<listed_officer> query;
  query.ascending(&listed_officer::officer_id).limit(static_cast<std::uint32_t>(c.limit() + 1));
  if (const auto stream = c.query("stream")) query.where(&listed_officer::stream, std::string(*stream));
  if (const auto team = c.query("team")) query.where(&listed_officer::team, std::string(*team));
  if (!c.cursor().empty()) {
    const auto place = causeway::sdk::read_cursor(c.cursor(), 1);
    if (!place) co_return reply::bad_cursor();
    query.after({(*place)[0]});
  }
  const auto rows = co_await c.find(std::move(query));
  if (!rows) co_return reply::from(rows.why());
  co_return reply::json(200, officers_json(*rows, static_cast<std::size_t>(c.limit())));
}

}  // namespace personalised_services
