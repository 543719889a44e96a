#include "relay/trace_operation.hpp"

#include <algorithm>
#include <utility>

#include "relay/coroutine_operation.hpp"
#include "relay/problems.hpp"

namespace causeway {

namespace {

constexpr std::string_view traced = "communication";

// Written out for callers; trace_text.cpp writes it.
constexpr std::string_view crossing_schema =
    R"({"type":"object","required":["csid","route","store","kind","state","postedBy","postedAt","mapping","outbox",)"
    R"("attempts","attemptsLeftOut","repairs","moreRepairs","target","agreement","followers","moreFollowers"],)"
    R"("properties":{"communicationId":{"type":"string"},"csid":{"type":"string"},"route":{"type":"string"},)"
    R"("store":{"type":"string"},"kind":{"type":"string"},)"
    R"("state":{"enum":["PENDING","COPIED","DEAD","DISCARDED","NOT_APPLICABLE"]},)"
    R"("postedBy":{"type":["string","null"]},"postedAt":{"type":["string","null"]},)"
    R"("mapping":{"type":"object","properties":{"version":{"type":["string","null"]},)"
    R"("current":{"type":["string","null"]}}},)"
    R"("outbox":{"type":["object","null"],"properties":{"id":{"type":"string"},"state":{"type":"string"},)"
    R"("origin":{"enum":["POST","BACKFILL","REPAIR"]},"action":{"enum":["COPY","REPLACE","REMOVE"]},)"
    R"("requestedBy":{"type":["string","null"]},"attempts":{"type":"integer"},"partition":{"type":"integer"},)"
    R"("createdAt":{"type":"string"},"nextAttemptAt":{"type":["string","null"]},)"
    R"("copiedAt":{"type":["string","null"]},"reason":{"type":["string","null"]},)"
    R"("heldBy":{"type":["string","null"],"description":"The dead letter that it waits behind"}}},)"
    R"("attempts":{"type":"array","items":{"type":"object","properties":{"number":{"type":"integer"},)"
    R"("at":{"type":"string"},"outcome":{"enum":["COPIED","WAITING","DEAD","REPLAYED","DISCARDED"]},)"
    R"("gateway":{"type":["string","null"]},"mapping":{"type":["string","null"]},)"
    R"("reason":{"type":["string","null"]},"by":{"type":["string","null"]}}}},)"
    R"("attemptsLeftOut":{"type":"integer"},"repairs":{"type":"array","items":{"type":"object"}},)"
    R"("moreRepairs":{"type":"boolean"},)"
    R"("target":{"type":["object","null"],"properties":{"store":{"type":"string"},"kind":{"type":"string"},)"
    R"("key":{"type":["string","null"]},"present":{"type":"boolean"}}},)"
    R"("agreement":{"type":"object","properties":{"agrees":{"type":["boolean","null"]},)"
    R"("differingFields":{"type":"array","items":{"type":"string"}},"reason":{"type":["string","null"]},)"
    R"("checkedAt":{"type":"string"}}},)"
    R"("followers":{"type":"array","items":{"type":"object","properties":{"route":{"type":"string"},)"
    R"("id":{"type":"string"},"state":{"type":"string"},"targetId":{"type":["string","null"]}}}},)"
    R"("moreFollowers":{"type":"boolean"}}})";

task<answer> show_crossing(trace_site_ptr site, call_ptr c) {
  const std::string csid(text_of(c->path.at(0))), id(text_of(c->path.at(1)));
  auto tracing = trace(site, id, std::string(traced), c->deadline);
  const auto found = co_await std::move(tracing);
  if (!found) co_return problem_of(found.why());
  const auto of_customer =
      std::find_if(found->begin(), found->end(), [&](const crossing &one) { return one.csid == csid; });
  if (of_customer == found->end())
    co_return problem(404, "not-found", "Customer " + csid + " has no communication " + id + ".");
  answer a;
  a.body = to_json(*of_customer);
  co_return a;
}

}  // namespace

std::vector<operation> trace_operations(trace_site_ptr site) {
  const bool carried = std::any_of(site->routes.begin(), site->routes.end(), [](const copy_route &route) {
    const record_kind &from = *route.map->from();
    return from.name == from.store + "." + std::string(traced);
  });
  if (!carried) return {};
  auto op = coroutine_operation(
      "GET", "/v1/customers/{csid}/communications/{communicationId}/crossing",
      "The life of a communication: its outbox entry, each attempt, its copy, and whether both agree now",
      [site](call_ptr c) { return show_crossing(site, std::move(c)); });
  member csid = path_member("csid", "The customer");
  csid.format = "csid";
  csid.max_length = 9;
  op.path_members = {std::move(csid), path_member("communicationId", "The communication's id, or its copy's")};
  op.answer_schema = crossing_schema;
  return {std::move(op)};
}

}  // namespace causeway
