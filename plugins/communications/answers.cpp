// Every member is always there, null where it is empty, so that a caller's types stay simple. A schema stands beside
// the code that writes what it describes.
#include "answers.hpp"

#include "causeway/json.hpp"
#include "causeway/reply.hpp"

namespace communications {

namespace {

using causeway::sdk::json_writer;

#define RECORD_PROPERTIES \
  R"("communicationId": {"type": "string"}, "csid": {"type": "string", "pattern": "^[0-9]{9}$"},
  "store": {"type": "string", "enum": ["pluto", "cuba"], "description": "Where the record was created."},
  "type": {"type": "string"}, "reason": {"type": "string"}, "category": {"type": "string"}, "issue": {"type": "string"},
  "caseNumber": {"type": ["string", "null"]}, "with": {"type": ["string", "null"]},
  "subject": {"type": ["string", "null"]}, "text": {"type": ["string", "null"]},
  "createdAt": {"type": "string", "format": "date-time"}, "createdBy": {"type": "string"})"
#define RECORD_REQUIRED \
  R"("communicationId", "csid", "store", "type", "reason", "category", "issue", "caseNumber", "with", "subject", "text",
  "createdAt", "createdBy")"
#define NOTE_PROPERTIES \
  R"("noteId": {"type": "string"}, "subject": {"type": "string"}, "text": {"type": "string"},
  "createdAt": {"type": "string", "format": "date-time"}, "createdBy": {"type": "string"})"
#define NOTE_REQUIRED R"("noteId", "subject", "text", "createdAt", "createdBy")"

void write_record(json_writer &json, const entry &one) {
  const auto &what = one.what;
  json.member("communicationId", what.communication_id).member("csid", what.csid).member("store", to_string(one.where));
  json.member("type", what.type).member("reason", what.reason).member("category", what.category);
  json.member("issue", what.issue).member("caseNumber", what.case_number).member("with", what.with);
  json.member("subject", what.subject).member("text", what.text);
  json.member("createdAt", what.created_at).member("createdBy", what.created_by);
}

void write_note(json_writer &json, const pluto::note &one) {
  json.member("noteId", one.note_id).member("subject", one.subject).member("text", one.text);
  json.member("createdAt", one.created_at).member("createdBy", one.created_by);
}

}  // namespace

const std::string_view communication_schema = R"({"type": "object", "properties": {)" RECORD_PROPERTIES R"(,
  "copy": {"type": "object", "description": "The record's crossing to the other store.", "properties": {
    "state": {"type": "string", "enum": ["PENDING", "COPIED", "DEAD", "NOT_APPLICABLE"]},
    "targetId": {"type": ["string", "null"], "description": "The copy's key in the other store."},
    "copiedAt": {"type": ["string", "null"], "format": "date-time"}},
    "required": ["state", "targetId", "copiedAt"]},
  "notes": {"type": "array", "description": "Oldest first.", "items": {"type": "object", "properties": {)" NOTE_PROPERTIES
                                              R"(}, "required": [)" NOTE_REQUIRED R"(]}}},
  "required": [)" RECORD_REQUIRED R"(, "copy", "notes"]})";

const std::string_view list_schema =
    R"({"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": {)" RECORD_PROPERTIES
    R"(}, "required": [)" RECORD_REQUIRED R"(]}},
  "next": {"type": ["string", "null"], "description": "The cursor of the next page."}}, "required": ["items", "next"]})";

const std::string_view note_schema =
    R"({"type": "object", "properties": {"communicationId": {"type": "string"}, )" NOTE_PROPERTIES
    R"(}, "required": ["communicationId", )" NOTE_REQUIRED R"(]})";

std::string location_of(std::string_view csid, std::string_view id) {
  return "/v1/customers/" + std::string(csid) + "/communications/" + causeway::sdk::path_segment(id);
}

std::string communication_json(const entry &one, const std::optional<pluto::copy> &crossing,
                               const std::vector<pluto::note> &notes) {
  json_writer json;
  json.begin_object();
  write_record(json, one);
  json.name("copy").begin_object();
  json.member("state", copy_state(crossing ? std::optional<std::string_view>(crossing->state) : std::nullopt));
  json.member("targetId", crossing ? crossing->target_id : std::nullopt);
  json.member("copiedAt", crossing ? crossing->copied_at : std::nullopt).end_object();
  json.name("notes").begin_array();
  for (const auto &note : notes) {
    json.begin_object();
    write_note(json, note);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

std::string list_json(const page &of) {
  json_writer json;
  json.begin_object().name("items").begin_array();
  for (const auto &one : of.items) {
    json.begin_object();
    write_record(json, one);
    json.end_object();
  }
  json.end_array();
  if (of.next)
    json.member("next", to_cursor(*of.next));
  else
    json.member("next", nullptr);
  return json.end_object().take();
}

std::string note_json(const pluto::note &one) {
  json_writer json;
  json.begin_object().member("communicationId", one.communication_id);
  write_note(json, one);
  return json.end_object().take();
}

}  // namespace communications
