// The plugin through the real host, over memory stores with the shipped kinds and mappings: where a record stands, what
// is answered, and every refusal.
#include <algorithm>
#include <gtest/gtest.h>

#include "tests/support/flat_json.hpp"
#include "tests/support/plugin_harness.hpp"
#include "tests/support/reads_at_risk.hpp"

namespace causeway::testing {
namespace {

const principal officer = as("SO100", {"service-officer"});
const principal ps_officer = as("PSO001", {"ps-officer"});

const std::string abroad = "/v1/customers/4", here = "/v1/customers/5";

members record_of(std::string subject, std::string text) {
  return {{"type", "Phone In"}, {"reason", "Provide Inform"},    {"category", "Communication"},
          {"issue", "Arrears"}, {"subject", std::move(subject)}, {"text", std::move(text)}};
}

class Communications : public ::testing::Test {
 protected:
  Communications() {
    customer("000000004", true);
    customer("000000005", false);
  }

  void customer(const char *csid, bool international) {
    harness.put("pluto.customer",
                {{"csid", csid}, {"name", "Zoë"}, {"country", "NZ"}, {"international", international}});
  }
  void in_ps(const char *csid, const char *status) {
    harness.put(
        "cuba.psCustomer",
        {{"csid", csid}, {"status", status}, {"referralType", "OTHER"}, {"referredAt", "2026-01-02T03:04:05.000Z"}});
  }
  answer post(const std::string &path, const members &body, const principal &who = officer) {
    return harness.call("POST", path, body, who);
  }
  answer get(const std::string &path, const extras &with = {}) { return harness.call("GET", path, {}, officer, with); }

  // A record made through the API; its id.
  std::string make(const std::string &customer, const std::string &subject = "Call") {
    const auto made = post(customer + "/communications", record_of(subject, "text"));
    EXPECT_EQ(made.status, 201) << made.detail;
    harness.time().advance(std::chrono::milliseconds(1));
    return flat_json(made.body)["communicationId"];
  }

  void expect_refused(const answer &a, int status, const std::string &code, const std::string &pointer = {}) {
    EXPECT_EQ(a.status, status) << a.body;
    EXPECT_EQ(a.code, code) << a.detail;
    EXPECT_EQ(a.inputs.empty() ? "" : a.inputs[0].pointer, pointer);
  }

  plugin_harness harness{{.library = "communications", .site = shipped_site()}};
};

// ---- creating

TEST_F(Communications, of_an_international_customer_stand_in_pluto_and_wait_for_their_copy) {
  const auto made = post(abroad + "/communications", record_of("Ärger — 😀", "first\nsecond"));
  ASSERT_EQ(made.status, 201) << made.detail;
  const flat_json body(made.body);
  EXPECT_EQ(body["csid"], "000000004");
  EXPECT_EQ(body["store"], "pluto");
  EXPECT_EQ(body["type"], "Phone In");
  EXPECT_EQ(body["issue"], "Arrears");
  EXPECT_EQ(body["subject"], "Ärger — 😀");
  EXPECT_EQ(body["text"], "first\nsecond");
  EXPECT_EQ(body["caseNumber"], "null");
  EXPECT_EQ(body["with"], "null");
  EXPECT_EQ(body["createdAt"], "2026-11-21T09:15:00.000Z");
  EXPECT_EQ(body["createdBy"], "SO100");
  EXPECT_EQ(body["copy.state"], "PENDING");
  EXPECT_EQ(body["copy.targetId"], "null");
  EXPECT_EQ(body["copy.copiedAt"], "null");
  EXPECT_EQ(body["notes"], "0 items");
  EXPECT_EQ(made.location, "/v1/customers/000000004/communications/" + body["communicationId"]);
  const auto rows = harness.all("pluto.communication");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(text_of(rows[0]["communicationId"]), body["communicationId"]);
  EXPECT_EQ(text_of(rows[0]["subject"]), "Ärger — 😀");
  EXPECT_TRUE(harness.all("cuba.communication").empty());
}

TEST_F(Communications, of_anyone_else_stand_in_cuba_in_cubas_conventions) {
  const std::string line(80, 'x');
  const auto made = post(here + "/communications", record_of("Łukasz", "first\n" + line));
  ASSERT_EQ(made.status, 201) << made.detail;
  const flat_json body(made.body);
  EXPECT_EQ(body["store"], "cuba");
  EXPECT_EQ(body["copy.state"], "NOT_APPLICABLE");
  EXPECT_EQ(body["subject"], "Lukasz") << "answered as it stands";
  EXPECT_EQ(body["text"], "first\n" + line);
  const auto rows = harness.all("cuba.communication");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(text_of(rows[0]["commNo"]), body["communicationId"]);
  EXPECT_EQ(text_of(rows[0]["commDate"]), "2026-11-21");
  EXPECT_EQ(text_of(rows[0]["text"]), "first\n" + std::string(72, 'x') + "\n" + std::string(8, 'x'));
  EXPECT_TRUE(is_null(rows[0]["sourceId"])) << "it is no copy";
  EXPECT_TRUE(harness.all("pluto.communication").empty());
  EXPECT_EQ(get(made.location).status, 200);
}

TEST_F(Communications, keep_empty_texts_word_for_word) {
  for (const auto &customer : {abroad, here}) {
    const auto made = post(customer + "/communications", record_of("", " \n"));
    ASSERT_EQ(made.status, 201) << made.detail;
    EXPECT_EQ(flat_json(made.body)["subject"], "");
    EXPECT_EQ(flat_json(get(made.location).body)["text"], " \n");
  }
}

TEST_F(Communications, are_refused_where_the_input_is_not_valid) {
  expect_refused(post("/v1/customers/6/communications", record_of("s", "t")), 404, "not-found");
  const std::pair<const char *, value> wrong[] = {{"type", "Telegram"},
                                                  {"reason", "Because"},
                                                  {"category", "Other"},
                                                  {"issue", "None"},
                                                  {"caseNumber", ""},
                                                  {"text", std::string(4001, 'x')},
                                                  {"subject", std::string(101, 'x')}};
  for (const auto &[name, content] : wrong) {
    auto body = record_of("s", "t");
    std::erase_if(body, [&](const auto &each) { return each.first == name; });
    body.emplace_back(name, content);
    EXPECT_EQ(post(abroad + "/communications", body).status, 422) << name;
  }
  // What Cuba cannot hold is refused at once, for the member that is to blame.
  std::string wide;
  for (int i = 0; i < 1000; ++i) wide += "😀";
  expect_refused(post(here + "/communications", record_of("s", wide)), 422, "invalid", "/body/text");
}

TEST_F(Communications, need_both_stores_only_for_what_is_theirs) {
  harness.store("cuba").set_away(true);
  EXPECT_EQ(post(abroad + "/communications", record_of("s", "t")).status, 201);
  expect_refused(post(here + "/communications", record_of("s", "t")), 503, "unavailable");
}

// ---- stacking documents

TEST_F(Communications, stacking_documents_have_the_four_codes_of_the_settings) {
  in_ps("000000004", "ASSIGNED");
  in_ps("000000005", "REFERRED");
  for (const auto &[customer, store] : {std::pair(abroad, "pluto"), std::pair(here, "cuba")}) {
    const auto made = post(customer + "/stacking-documents", {{"subject", "Stack"}}, ps_officer);
    ASSERT_EQ(made.status, 201) << made.detail;
    const flat_json body(made.body);
    EXPECT_EQ(body["store"], store);
    EXPECT_EQ(body["type"], "Phone Out");
    EXPECT_EQ(body["reason"], "PERS SERVICES");
    EXPECT_EQ(body["category"], "PS CUSTOMER CONTACT");
    EXPECT_EQ(body["issue"], "Blank");
    EXPECT_EQ(body["subject"], "Stack");
    EXPECT_EQ(body["text"], "null");
  }
  EXPECT_EQ(post(here + "/stacking-documents", {}, ps_officer).status, 201) << "without a body";
}

TEST_F(Communications, stacking_documents_are_for_customers_in_ps_only) {
  expect_refused(post(here + "/stacking-documents", {}, ps_officer), 409, "not-in-personalised-services");
  in_ps("000000005", "TRANSFERRED_OUT");
  expect_refused(post(here + "/stacking-documents", {}, ps_officer), 409, "not-in-personalised-services");
  expect_refused(post("/v1/customers/6/stacking-documents", {}, ps_officer), 404, "not-found");
  EXPECT_TRUE(harness.all("cuba.communication").empty());
}

TEST(StackingSettings, are_the_sites_and_a_code_that_no_store_knows_is_its_fault) {
  plugin_harness harness{{.library = "communications",
                          .site = shipped_site(),
                          .settings = {{"stackingType", "Phone In"}, {"stackingIssue", "Nonsense"}}}};
  harness.put("pluto.customer", {{"csid", "000000005"}, {"name", "A"}, {"country", "AU"}, {"international", false}});
  harness.put("cuba.psCustomer", {{"csid", "000000005"},
                                  {"status", "ASSIGNED"},
                                  {"referralType", "OTHER"},
                                  {"referredAt", "2026-01-02T03:04:05.000Z"}});
  const auto refused = harness.call("POST", here + "/stacking-documents", {}, ps_officer);
  EXPECT_EQ(refused.status, 500) << refused.code;
  EXPECT_TRUE(refused.inputs.empty());
}

// ---- notes

TEST_F(Communications, notes_stand_with_their_record) {
  for (const auto &[customer, kind] : {std::pair(abroad, "pluto.note"), std::pair(here, "cuba.notepad")}) {
    const auto record = customer + "/communications/" + make(customer);
    for (const char *text : {"one\ntwo", "três"}) {
      const auto made = post(record + "/notes", {{"subject", "Note"}, {"text", text}});
      ASSERT_EQ(made.status, 201) << made.detail;
      EXPECT_EQ(flat_json(made.body)["text"], text);
      EXPECT_EQ(flat_json(made.body)["createdBy"], "SO100");
      EXPECT_EQ(get(made.location).status, 200) << "the location shows it";
      harness.time().advance(std::chrono::milliseconds(1));
    }
    const flat_json body(get(record).body);
    EXPECT_EQ(body["notes"], "2 items");
    EXPECT_EQ(body["notes.0.text"], "one\ntwo") << "oldest first";
    EXPECT_EQ(body["notes.1.text"], "três");
    EXPECT_EQ(body["notes.1.subject"], "Note");
    EXPECT_EQ(harness.all(kind).size(), 2u);
  }
  EXPECT_TRUE(is_null(harness.all("cuba.notepad")[0]["sourceId"])) << "it is no copy";
}

TEST_F(Communications, notes_are_refused_where_there_is_no_such_record) {
  const auto id = make(here);
  const members note = {{"subject", "s"}, {"text", "t"}};
  expect_refused(post(here + "/communications/nothing/notes", note), 404, "not-found");
  expect_refused(post(abroad + "/communications/" + id + "/notes", note), 404, "not-found");
  expect_refused(post(here + "/communications/" + make(abroad) + "/notes", note), 404, "not-found");
}

TEST_F(Communications, notes_say_something) {
  const auto record = here + "/communications/" + make(here);
  expect_refused(post(record + "/notes", {{"subject", " "}, {"text", "t"}}), 422, "invalid", "/body/subject");
  expect_refused(post(record + "/notes", {{"subject", "s"}, {"text", "\n\t"}}), 422, "invalid", "/body/text");
  EXPECT_EQ(post(record + "/notes", {{"subject", " "}, {"text", " "}}).inputs.size(), 2u) << "both at once";
  EXPECT_EQ(post(record + "/notes", {{"subject", "s"}}).status, 422);
  EXPECT_TRUE(harness.all("cuba.notepad").empty());
}

// ---- reading

TEST_F(Communications, one_is_shown_with_the_state_of_its_copy) {
  const auto id = make(abroad);
  const auto path = abroad + "/communications/" + id;
  EXPECT_EQ(flat_json(get(path).body)["copy.state"], "NOT_APPLICABLE") << "no route carries it";
  const std::pair<const char *, const char *> states[] = {
      {"PENDING", "PENDING"}, {"DEAD", "DEAD"}, {"DISCARDED", "DEAD"}, {"COPIED", "COPIED"}};
  for (const auto &[stored, told] : states) {
    harness.put("pluto.copy", {{"sourceId", id}, {"route", "communications"}, {"state", stored}});
    const auto shown = get(path);
    EXPECT_EQ(flat_json(shown.body)["copy.state"], told);
    EXPECT_NE(shown.etag, "");
  }
  harness.put("pluto.copy", {{"sourceId", id},
                             {"route", "communications"},
                             {"state", "COPIED"},
                             {"targetId", "000000000042"},
                             {"copiedAt", "2026-11-21T09:15:01.000Z"}});
  const auto before = get(path), again = get(path);
  EXPECT_EQ(flat_json(before.body)["copy.targetId"], "000000000042");
  EXPECT_EQ(flat_json(before.body)["copy.copiedAt"], "2026-11-21T09:15:01.000Z");
  EXPECT_EQ(before.etag, again.etag);
  ASSERT_EQ(post(path + "/notes", {{"subject", "s"}, {"text", "t"}}).status, 201);
  EXPECT_NE(get(path).etag, before.etag) << "a note changes it";
}

TEST_F(Communications, reading_of_a_customer_at_risk_is_recorded) {
  const auto one = abroad + "/communications/" + make(abroad);
  put_privacy_check(harness, "1", "000000004", "AT_RISK", "2026-01-01T00:00:00.000Z");
  put_privacy_check(harness, "2", "000000004", "SAFE", "2026-01-02T00:00:00.000Z");
  EXPECT_EQ(get(one).status, 200);
  EXPECT_EQ(get(abroad + "/communications").status, 200);
  EXPECT_TRUE(reads_recorded(harness).empty()) << "the newest check is SAFE";
  put_privacy_check(harness, "3", "000000004", "AT_RISK", "2026-01-03T00:00:00.000Z");
  EXPECT_EQ(get(one).status, 200);
  EXPECT_EQ(get(abroad + "/communications").status, 200);
  EXPECT_EQ(reads_recorded(harness),
            (std::vector<std::string>{"communication by " + officer.name, "communications by " + officer.name}));
}

TEST_F(Communications, what_is_not_there_is_not_found) {
  const auto mine = make(here);
  expect_refused(get(here + "/communications/nothing"), 404, "not-found");
  expect_refused(get(abroad + "/communications/" + mine), 404, "not-found");
  expect_refused(get("/v1/customers/6/communications"), 404, "not-found");
}

class Listed : public Communications {
 protected:
  void cuba_row(const char *number, const char *created_at, value source_id = null()) {
    harness.put("cuba.communication", {{"commNo", number},
                                       {"csid", "000000004"},
                                       {"type", "Letter In"},
                                       {"reason", "Payment"},
                                       {"category", "Collection"},
                                       {"issue", "Blank"},
                                       {"text", "x"},
                                       {"commDate", "2019-02-03"},
                                       {"status", "FINAL"},
                                       {"createdAt", created_at},
                                       {"createdBy", "OLDUSER"},
                                       {"sourceId", source_id}});
  }
  static extras from(std::string cursor, std::int64_t limit) {
    extras with;
    with.cursor = std::move(cursor);
    with.limit = limit;
    return with;
  }
  static std::string ids(const answer &page) {
    const flat_json body(page.body);
    std::string all;
    for (int i = 0; body.has("items." + std::to_string(i) + ".communicationId"); ++i)
      all += body["items." + std::to_string(i) + ".communicationId"] + " ";
    return all;
  }
};

TEST_F(Listed, newest_first_over_both_stores_and_each_record_once) {
  const auto first = make(abroad), second = make(abroad);
  cuba_row("OLD", "2019-02-03T10:11:12.013Z");
  cuba_row("BETWEEN", "2026-11-21T09:15:00.000Z");
  cuba_row("COPY", "2026-11-21T09:15:00.001Z", second);
  const auto page = get(abroad + "/communications");
  ASSERT_EQ(page.status, 200) << page.detail;
  const flat_json body(page.body);
  EXPECT_EQ(body["items"], "4 items");
  EXPECT_EQ(body["next"], "null");
  EXPECT_EQ(ids(page), second + " BETWEEN " + first + " OLD ");
  EXPECT_EQ(body["items.3.store"], "cuba");
  EXPECT_EQ(body["items.3.type"], "Letter In") << "in Pluto's codes";
  EXPECT_EQ(body["items.3.createdAt"], "2019-02-03T10:11:12.013Z");
  EXPECT_EQ(body["items.0.store"], "pluto");
  // A copy has no page of its own; the refusal says where the record is.
  const auto copy = get(abroad + "/communications/COPY");
  expect_refused(copy, 404, "not-found");
  EXPECT_NE(copy.detail.find(second), std::string::npos);
}

TEST_F(Listed, in_pages_that_stay_where_they_are_while_records_are_added) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(make(abroad));
  cuba_row("OLD", "2019-02-03T10:11:12.013Z");
  auto page = get(abroad + "/communications", from({}, 2));
  EXPECT_EQ(ids(page), made[4] + " " + made[3] + " ");
  make(abroad);
  cuba_row("NEW", "2026-11-21T09:16:00.000Z");
  page = get(abroad + "/communications", from(flat_json(page.body)["next"], 2));
  EXPECT_EQ(ids(page), made[2] + " " + made[1] + " ");
  page = get(abroad + "/communications", from(flat_json(page.body)["next"], 2));
  EXPECT_EQ(ids(page), made[0] + " OLD ");
  EXPECT_EQ(flat_json(page.body)["next"], "null");
}

TEST_F(Listed, with_ids_that_stand_percent_encoded_in_a_location) {
  cuba_row("AB 12é", "2019-02-03T10:11:12.013Z");
  const auto made = post(abroad + "/communications/AB 12é/notes", {{"subject", "s"}, {"text", "t"}});
  ASSERT_EQ(made.status, 201) << made.detail;
  EXPECT_EQ(made.location, "/v1/customers/000000004/communications/AB%2012%C3%A9");
}

TEST_F(Listed, in_pages_that_end_at_any_id_that_a_site_has) {
  const std::vector<std::string> at_one_moment = {"ÄB-1", "AB/12", "AB 12"};
  for (const auto &id : at_one_moment) cuba_row(id.c_str(), "2019-02-03T10:11:12.013Z");
  std::string cursor;
  for (const auto &id : at_one_moment) {
    const auto page = get(abroad + "/communications", from(cursor, 1));
    ASSERT_EQ(page.status, 200) << page.detail;
    EXPECT_EQ(ids(page), id + " ");
    cursor = flat_json(page.body)["next"];
  }
  EXPECT_EQ(cursor, "null");
}

TEST_F(Listed, but_not_from_a_cursor_that_it_has_not_given) {
  for (const char *cursor : {"nonsense", "!", "YQpi", "MjAyNi0xMS0yMVQwOToxNTowMC4wMDBa"})
    expect_refused(get(abroad + "/communications", from(cursor, 50)), 422, "invalid", "/query/cursor");
}

TEST_F(Listed, and_each_can_be_asked_for_where_the_other_store_has_its_id_for_another_customer) {
  cuba_row("TWICE", "2019-02-03T10:11:12.013Z");
  auto of_another = record_of("Another's", "text");
  for (const auto &[name, content] : {std::pair("communicationId", "TWICE"),
                                      {"csid", "000000005"},
                                      {"createdAt", "2026-11-21T09:15:00.000Z"},
                                      {"createdBy", "SO100"}})
    of_another.emplace_back(name, content);
  harness.put("pluto.communication", of_another);
  EXPECT_EQ(ids(get(abroad + "/communications")), "TWICE ");
  EXPECT_EQ(flat_json(get(abroad + "/communications/TWICE").body)["store"], "cuba");
  EXPECT_EQ(post(abroad + "/communications/TWICE/notes", {{"subject", "s"}, {"text", "t"}}).status, 201);
  EXPECT_EQ(flat_json(get(here + "/communications/TWICE").body)["subject"], "Another's");
  expect_refused(get("/v1/customers/6/communications/TWICE"), 404, "not-found");
}

// ---- the declaration

TEST_F(Communications, operations_have_the_roles_of_the_contract) {
  const std::vector<std::string> everyone = {"service-officer", "ps-officer", "service-manager"};
  const std::vector<std::string> ps_only = {"ps-officer", "service-manager"};
  std::size_t seen = 0;
  for (const auto &each : harness.host().operations()) {
    if (each.owner != "communications") continue;
    ++seen;
    EXPECT_EQ(each.roles, each.path.ends_with("/stacking-documents") ? ps_only : everyone) << each.path;
    EXPECT_NO_THROW(flat_json(each.answer_schema)) << each.path;
    EXPECT_EQ(each.success_status, each.method == "POST" ? 201 : 200) << each.path;
  }
  EXPECT_EQ(seen, 5u);
}

}  // namespace
}  // namespace causeway::testing
