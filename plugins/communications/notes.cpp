// Appending a note: it stands in the store that holds its communication, in that store's conventions.
#include <utility>

#include "answers.hpp"
#include "communications.hpp"

namespace communications {

namespace {

reply appended(const std::string &csid, const pluto::note &note) {
  auto answer = reply::json(201, note_json(note));
  answer.location = location_of(csid, note.communication_id);  // where the note is read
  return answer;
}

task<reply> append_in_pluto(call c, pluto::note note) {
  note.note_id = c.new_key<pluto::note>();
  const auto answer = appended(note.csid, note);
  causeway::sdk::unit work;
  work.insert(std::move(note));
  const auto committed = co_await c.commit(std::move(work), answer);
  if (!committed) co_return reply::from(committed.why());
  co_return answer;
}

task<reply> append_in_cuba(call c, pluto::note note) {
  note.note_id = c.new_key<cuba::notepad>();
  auto mapped = c.map<cuba::notepad>(note);
  if (!mapped) co_return reply::from(mapped.why());
  mapped->note_no = note.note_id;
  mapped->comm_no = note.communication_id;  // Cuba's own number; the mapping looks one up for copies only
  mapped->source_id.reset();
  // Answered as it will be read.
  auto stands = c.map<pluto::note>(*mapped);
  if (!stands) co_return reply::problem(500, "internal", {});
  stands->note_id = note.note_id;
  stands->communication_id = note.communication_id;
  const auto answer = appended(note.csid, *stands);
  causeway::sdk::unit work;
  work.insert(std::move(*mapped));
  const auto committed = co_await c.commit(std::move(work), answer);
  if (!committed) co_return reply::from(committed.why());
  co_return answer;
}

}  // namespace

task<reply> communications_plugin::add_note(call c, new_note body) {
  reply blank;
  if (is_blank(body.subject)) blank = reply::invalid_input("/body/subject", "blank", "Must not be only blanks.");
  if (is_blank(body.text)) {
    auto also = reply::invalid_input("/body/text", "blank", "Must not be only blanks.");
    also.inputs.insert(also.inputs.begin(), blank.inputs.begin(), blank.inputs.end());
    blank = std::move(also);
  }
  if (!blank.inputs.empty()) co_return blank;

  auto locating = locate(c, std::string(c.path("csid")), std::string(c.path("communicationId")));
  const auto found = co_await std::move(locating);
  if (!found) co_return reply::from(found.why());
  pluto::note note;
  note.communication_id = found->what.communication_id;
  note.csid = found->what.csid;
  note.subject = std::move(body.subject);
  note.text = std::move(body.text);
  note.created_at = causeway::sdk::format_time(c.now());
  note.created_by = c.principal();
  auto appending =
      found->where == store::pluto ? append_in_pluto(c, std::move(note)) : append_in_cuba(c, std::move(note));
  co_return co_await std::move(appending);
}

}  // namespace communications
