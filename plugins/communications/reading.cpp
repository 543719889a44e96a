// Reading communications: by id from whichever store holds them, and as one list over both. Answers speak Pluto's
// codes: what Cuba holds goes back through the declared mapping.
#include <utility>

#include "answers.hpp"
#include "communications.hpp"
#include "plugins/shared/at_risk.hpp"

namespace communications {

namespace {

constexpr std::uint32_t notes_a_read = 1000;

result<pluto::note> in_plutos_terms(const call &c, const cuba::notepad &what) {
  auto told = c.map<pluto::note>(what);
  if (!told) {
    c.log(CW_LOG_ERROR, "cuba.notepad " + what.note_no + " cannot be mapped back; see its mapping");
    return causeway::fault{causeway::outcome::internal, {}, {}};
  }
  told->note_id = what.note_no;
  told->communication_id = what.comm_no;
  return told;
}

causeway::sdk::query<pluto::note> notes_query(const std::string &id, const pluto::note *after) {
  causeway::sdk::query<pluto::note> q;
  q.where(&pluto::note::communication_id, id).ascending(&pluto::note::created_at, &pluto::note::note_id);
  if (after) q.after({after->created_at, after->note_id});
  return q.limit(notes_a_read);
}

causeway::sdk::query<cuba::notepad> notepad_query(const std::string &id, const pluto::note *after) {
  causeway::sdk::query<cuba::notepad> q;
  q.where(&cuba::notepad::comm_no, id).ascending(&cuba::notepad::created_at, &cuba::notepad::note_no);
  if (after) q.after({after->created_at, after->note_id});
  return q.limit(notes_a_read);
}

}  // namespace

result<entry> in_plutos_terms(const call &c, const cuba::communication &what) {
  auto told = c.map<pluto::communication>(what);
  if (!told) {
    c.log(CW_LOG_ERROR, "cuba.communication " + what.comm_no + " cannot be mapped back; see its mapping");
    return causeway::fault{causeway::outcome::internal, {}, {}};
  }
  told->communication_id = what.comm_no;
  return entry{store::cuba, std::move(*told)};
}

task<result<entry>> locate(call c, std::string csid, std::string id) {
  const causeway::fault unknown{
      causeway::outcome::not_found, "Customer " + csid + " has no communication " + id + ".", {}};
  auto in_pluto = co_await c.get<pluto::communication>(id);
  if (!in_pluto && in_pluto.why().what != causeway::outcome::not_found) co_return in_pluto.why();
  if (in_pluto && in_pluto->csid == csid) co_return entry{store::pluto, std::move(*in_pluto)};
  // Also where Pluto has the id for another customer: each store gives its own.
  const auto in_cuba = co_await c.get<cuba::communication>(id);
  if (!in_cuba && in_cuba.why().what != causeway::outcome::not_found) co_return in_cuba.why();
  if (!in_cuba || in_cuba->csid != csid) co_return unknown;
  if (in_cuba->source_id)
    co_return causeway::fault{causeway::outcome::not_found,
                              id + " is Cuba's copy of communication " + *in_cuba->source_id + "; ask for that.",
                              {}};
  co_return in_plutos_terms(c, *in_cuba);
}

task<result<std::vector<pluto::note>>> notes_of(call c, store where, std::string id) {
  std::vector<pluto::note> notes;
  for (bool more = true; more;) {
    const pluto::note *after = notes.empty() ? nullptr : &notes.back();
    std::size_t read = 0;
    if (where == store::pluto) {
      auto query = notes_query(id, after);
      auto rows = co_await c.find(std::move(query));
      if (!rows) co_return rows.why();
      read = rows->size();
      for (auto &row : *rows) notes.push_back(std::move(row));
    } else {
      auto query = notepad_query(id, after);
      const auto rows = co_await c.find(std::move(query));
      if (!rows) co_return rows.why();
      read = rows->size();
      for (const auto &row : *rows) {
        auto told = in_plutos_terms(c, row);
        if (!told) co_return told.why();
        notes.push_back(std::move(*told));
      }
    }
    more = read == notes_a_read;
  }
  co_return notes;
}

task<reply> communications_plugin::list(call c) {
  std::optional<position> begin;
  if (!c.cursor().empty()) {
    begin = from_cursor(c.cursor());
    if (!begin) co_return reply::bad_cursor();
  }
  const std::string csid(c.path("csid"));
  const auto customer = co_await c.get<pluto::customer>(csid);
  if (!customer) {
    if (customer.why().what != causeway::outcome::not_found) co_return reply::from(customer.why());
    co_return reply::not_found("There is no customer " + csid + ".");
  }
  auto recording = shared::record_read_at_risk(c, csid, "communications");
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return reply::from(recorded.why());

  // One more than asked for tells whether there is more.
  const auto rows = static_cast<std::uint32_t>(c.limit() + 1);
  causeway::sdk::query<pluto::communication> pluto_query;
  pluto_query.where(&pluto::communication::csid, csid)
      .newest_first(&pluto::communication::created_at, &pluto::communication::communication_id)
      .limit(rows);
  causeway::sdk::query<cuba::communication> cuba_query;
  cuba_query.where(&cuba::communication::csid, csid)
      .where_null(&cuba::communication::source_id)  // no copies
      .newest_first(&cuba::communication::created_at, &cuba::communication::comm_no)
      .limit(rows);
  if (begin) {
    pluto_query.after({begin->created_at, begin->id});
    cuba_query.after({begin->created_at, begin->id});
  }
  auto pluto_rows = co_await c.find(std::move(pluto_query));
  if (!pluto_rows) co_return reply::from(pluto_rows.why());
  const auto cuba_rows = co_await c.find(std::move(cuba_query));
  if (!cuba_rows) co_return reply::from(cuba_rows.why());

  std::vector<entry> from_pluto, from_cuba;
  for (auto &row : *pluto_rows) from_pluto.push_back({store::pluto, std::move(row)});
  for (const auto &row : *cuba_rows) {
    auto told = in_plutos_terms(c, row);
    if (!told) co_return reply::from(told.why());
    from_cuba.push_back(std::move(*told));
  }
  co_return reply::json(
      200, list_json(merge(std::move(from_pluto), std::move(from_cuba), static_cast<std::size_t>(c.limit()))));
}

task<reply> communications_plugin::show(call c) {
  auto locating = locate(c, std::string(c.path("csid")), std::string(c.path("communicationId")));
  const auto found = co_await std::move(locating);
  if (!found) co_return reply::from(found.why());
  auto recording = shared::record_read_at_risk(c, std::string(c.path("csid")), "communication");
  const auto recorded = co_await std::move(recording);
  if (!recorded) co_return reply::from(recorded.why());
  std::optional<pluto::copy> crossing;
  if (found->where == store::pluto) {
    const auto copy = co_await c.get<pluto::copy>(found->what.communication_id);
    if (!copy && copy.why().what != causeway::outcome::not_found) co_return reply::from(copy.why());
    if (copy) crossing = *copy;
  }
  auto reading = notes_of(c, found->where, found->what.communication_id);
  const auto notes = co_await std::move(reading);
  if (!notes) co_return reply::from(notes.why());
  auto answer = reply::json(200, communication_json(*found, crossing, *notes));
  answer.etag = causeway::sdk::digest().add(answer.body).text();
  co_return answer;
}

}  // namespace communications
