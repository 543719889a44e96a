// Tables that were there before the gateway: what their columns hold, who else writes to them, and views.

#include <algorithm>
#include <atomic>

#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

class legacy_store : public any_store {
 protected:
  // A store of these kinds on the tables as they stand.
  void open_with(std::vector<kind_ptr> kinds) {
    store_.reset();
    auto options = sql_options();
    options.kinds = std::move(kinds);
    store_ = std::make_unique<sql_store>(options);
    ASSERT_TRUE(succeeded(sql().prepare(soon())));
  }
};

TEST_P(legacy_store, columns_hold_the_tables_own_forms) {
  committed(
      {insert(person(
           "000000007",
           {{"state", "Gone away"}, {"born", "0476-09-04"}, {"seenAt", "2026-11-21T09:15:00.007Z"}, {"email", "a@b"}})),
       insert(make(ticket_kind(), {{"ticketNo", "T1"}, {"csid", "000000007"}}))});
  // The same row by its stored contents: an update that meets none would leave the name as it is.
  behind_its_back(
      R"(UPDATE "LEG PERS" SET "Full Name" = 'met' WHERE "CSID" = 7 AND "STATE" = 20 AND "BORN" = 4760904
         AND "SEEN_AT" = 20261121091500007)");
  const auto r = get_person("000000007");
  ASSERT_TRUE(succeeded(r));
  EXPECT_EQ((*r)["name"], value("met"));
  EXPECT_EQ((*r)["born"], value("0476-09-04"));
  EXPECT_EQ((*r)["email"], value("a@b")) << "without the column's blanks";
}

TEST_P(legacy_store, blanks_that_a_char_column_would_swallow_are_refused) {
  const auto refused = commit({insert(person("000000001", {{"email", "a@b "}}))});
  ASSERT_TRUE(is_fault_of(refused, outcome::invalid, {"email"}));
  EXPECT_EQ(refused.why().inputs[0].code, "trailing-blanks");
  committed({insert(person("000000001", {{"email", " a b"}})), insert(person("000000002", {{"email", ""}})),
             insert(person("000000003", {{"email", null()}}))});
  EXPECT_EQ((*get_person("000000001"))["email"], value(" a b"));
  EXPECT_EQ((*get_person("000000002"))["email"], value(""));
  EXPECT_EQ((*get_person("000000003"))["email"], value(null()));
  const auto by_email = [&](const char *email) {
    find_request f;
    f.kind = person_kind();
    f.conditions = {{3, email}};
    f.order = {0};
    const auto rows = find(f);
    return rows ? rows->size() : 99;
  };
  EXPECT_EQ(by_email(" a b"), 1u);
  EXPECT_EQ(by_email(" a b "), 0u);
  EXPECT_EQ(by_email(" A B"), 0u) << "letters are told apart by their case";
  EXPECT_EQ(by_email(""), 1u);
  EXPECT_TRUE(is_fault(commit({insert(person("000000004", {{"email", " a b"}}))}), outcome::conflict));
}

TEST_P(legacy_store, who_changes_a_record_past_the_store_changes_its_version) {
  committed({insert(person("000000001", {{"nick", "a"}})), insert(person("000000002"))});
  ASSERT_EQ(get_person("000000001")->version, 1);
  behind_its_back(R"(UPDATE "LEG PERS" SET nick = 'b' WHERE "CSID" = 1)");
  const auto changed = get_person("000000001");
  ASSERT_TRUE(succeeded(changed));
  EXPECT_NE(changed->version, 1);
  EXPECT_TRUE(
      is_fault(commit({update(make(person_kind(), {{"csid", "000000001"}, {"nick", "c"}}), 1)}), outcome::stale));
  EXPECT_TRUE(is_fault(commit({require(make(person_kind(), {{"csid", "000000001"}}), 1)}), outcome::stale));
  committed({require(make(person_kind(), {{"csid", "000000001"}}), changed->version),
             update(make(person_kind(), {{"csid", "000000001"}, {"nick", "c"}}), changed->version)});
  EXPECT_EQ(get_person("000000001")->version, changed->version + 1);
  // Changed back, it is what it was.
  behind_its_back(R"(UPDATE "LEG PERS" SET nick = 'x' WHERE "CSID" = 2)");
  behind_its_back(R"(UPDATE "LEG PERS" SET nick = NULL WHERE "CSID" = 2)");
  EXPECT_EQ(get_person("000000002")->version, 1);
}

TEST_P(legacy_store, a_record_that_the_store_never_wrote_has_a_version_too) {
  behind_its_back(R"(INSERT INTO "LEG PERS" ("CSID", "Full Name") VALUES (5, 'There before'))");
  const auto first = get_person("000000005"), again = get_person("000000005");
  ASSERT_TRUE(succeeded(first));
  EXPECT_GT(first->version, 0);
  EXPECT_EQ(first->version, again->version);
  // An update that changes nothing still takes the version on: who read before it is told.
  committed({update(make(person_kind(), {{"csid", "000000005"}}), first->version)});
  EXPECT_EQ(get_person("000000005")->version, first->version + 1);
  EXPECT_TRUE(is_fault(commit({update(make(person_kind(), {{"csid", "000000005"}}), first->version)}), outcome::stale));
  // Erased past the store and there again, it starts anew.
  behind_its_back(R"(DELETE FROM "LEG PERS" WHERE "CSID" = 5)");
  committed({insert(person("000000005"))});
  EXPECT_EQ(get_person("000000005")->version, 1);
}

TEST_P(legacy_store, a_stored_value_outside_its_kind_is_a_defect) {
  committed({insert(person("000000001"))});
  for (const char *set : {R"("STATE" = 999)", R"("BORN" = 0)", R"("BORN" = 20260230)", R"("SEEN_AT" = 1)"}) {
    behind_its_back(std::string(R"(UPDATE "LEG PERS" SET )") + set + R"( WHERE "CSID" = 1)");
    EXPECT_TRUE(is_fault(get_person("000000001"), outcome::internal)) << set;
    EXPECT_TRUE(is_fault(commit({put(person("000000001"))}), outcome::internal)) << set << ": nothing is overwritten";
    behind_its_back(R"(UPDATE "LEG PERS" SET "STATE" = NULL, "BORN" = NULL, "SEEN_AT" = NULL WHERE "CSID" = 1)");
  }
}

// A kind over a view, of two tables where the database lets a view of two be written.
kind_ptr spread_kind(bool guarded) {
  auto made = std::make_shared<record_kind>();
  made->store = "test";
  made->name = "test.spread";
  made->table = "spread";
  made->through_view = true;
  made->guarded_by_contents = guarded;
  field id{"id", "id", field_type::text, 12, true, false, {}, nullptr, key_generation::id};
  id.form = column_form::padded;
  const field name{"name", "name", field_type::text, 20, true, false, {}, nullptr, key_generation::none};
  const field place{"place", "place", field_type::text, 20, false, false, {}, nullptr, key_generation::none};
  made->fields = {id, name, place};
  made->key = {0};
  return made;
}

TEST_P(legacy_store, reads_and_writes_through_a_view) {
  store_.reset();
  const bool mysql = dialect() == sql_dialect::mysql;
  behind_its_back("CREATE TABLE spread_a (id char(12) PRIMARY KEY, name varchar(20) NOT NULL" +
                  std::string(mysql ? ", place varchar(20))" : ")"));
  behind_its_back("CREATE TABLE spread_b (id char(12) PRIMARY KEY, place varchar(20))");
  if (mysql) {
    behind_its_back("CREATE VIEW spread AS SELECT id, name, place FROM spread_a");
  } else {
    behind_its_back(
        "CREATE VIEW spread AS SELECT a.id, a.name, b.place FROM spread_a a JOIN spread_b b ON b.id = a.id");
    const std::string insert_both =
        "INSERT INTO spread_a VALUES (NEW.id, NEW.name); INSERT INTO spread_b VALUES (NEW.id, NEW.place);";
    const std::string update_both =
        "UPDATE spread_a SET name = NEW.name WHERE id = OLD.id; UPDATE spread_b SET place = NEW.place WHERE id = "
        "OLD.id;";
    if (dialect() == sql_dialect::sqlite3) {
      behind_its_back("CREATE TRIGGER spread_i INSTEAD OF INSERT ON spread BEGIN " + insert_both + " END");
      behind_its_back("CREATE TRIGGER spread_u INSTEAD OF UPDATE ON spread BEGIN " + update_both + " END");
    } else {
      database_->execute(
          "CREATE FUNCTION spread_w() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF TG_OP = ''INSERT'' THEN " +
          insert_both + " ELSE " + update_both + " END IF; RETURN NEW; END'");
      database_->execute(
          "CREATE TRIGGER spread_t INSTEAD OF INSERT OR UPDATE ON spread FOR EACH ROW EXECUTE FUNCTION spread_w()");
    }
  }
  for (const bool guarded : {true, false}) {
    SCOPED_TRACE(guarded);
    const auto kind = spread_kind(guarded);
    open_with({kind});
    EXPECT_EQ(sql().differences(), std::vector<std::string>());
    const auto spread = [&](const char *id, value name, value place) {
      return make(kind, {{"id", id}, {"name", std::move(name)}, {"place", std::move(place)}});
    };
    const std::string first = guarded ? "g1" : "u1", second = guarded ? "g2" : "u2";
    committed({insert(spread(first.c_str(), "Ann", "here"))});
    EXPECT_EQ((*get(kind, {first}))["place"], value("here"));
    EXPECT_TRUE(is_fault(commit({insert(spread(first.c_str(), "Bob", null()))}), outcome::conflict));
    const auto absent_now = committed(
        {insert_absent(spread(first.c_str(), "Cid", null())), insert_absent(spread(second.c_str(), "Dan", null()))});
    ASSERT_EQ(absent_now.size(), 2u);
    EXPECT_FALSE(absent_now[0].applied);
    EXPECT_TRUE(absent_now[1].applied);
    const auto version = get(kind, {first})->version;
    committed({update(make(kind, {{"id", first}, {"place", "there"}}), version)});
    EXPECT_EQ((*get(kind, {first}))["name"], value("Ann"));
    EXPECT_EQ((*get(kind, {first}))["place"], value("there"));
    EXPECT_TRUE(is_fault(commit({update(make(kind, {{"id", "none"}, {"place", "x"}}), version)}), outcome::stale));
    if (guarded) {
      EXPECT_TRUE(is_fault(commit({update(make(kind, {{"id", first}, {"place", "x"}}), version)}), outcome::stale));
    }
    committed({put(spread(first.c_str(), "Eve", null())), put(spread(guarded ? "g3" : "u3", "Fay", null()))});
    EXPECT_EQ((*get(kind, {first}))["name"], value("Eve"));
    EXPECT_EQ((*get(kind, {guarded ? "g3" : "u3"}))["name"], value("Fay"));
    find_request all;
    all.kind = kind;
    all.order = {0};
    EXPECT_EQ(find(all)->size(), guarded ? 3u : 6u);
  }
}

// SQLite's columns say less of themselves.
class legacy_server_store : public legacy_store {};

TEST_P(legacy_server_store, says_what_of_a_table_does_not_fit_its_kind) {
  store_.reset();
  behind_its_back("DROP TABLE \"TICKET\"");
  behind_its_back("DROP TABLE event");
  behind_its_back(R"(CREATE TABLE "TICKET" ("TICKET_NO" varchar(12) PRIMARY KEY, "CSID" decimal(9,2) NOT NULL,
                     "SRC_ID" char(30) UNIQUE))");
  behind_its_back(std::string("CREATE TABLE event (event_id char(36) PRIMARY KEY, csid char(9) NOT NULL, at ") +
                  (dialect() == sql_dialect::mysql ? "datetime(6)" : "timestamp(6)") + " NOT NULL, note char(10))");
  behind_its_back("CREATE VIEW seen AS SELECT DISTINCT csid AS id, note AS name, note AS place FROM event");
  behind_its_back("CREATE TABLE spread (id char(12) PRIMARY KEY, name varchar(20) NOT NULL, place varchar(20))");
  auto unseen = std::make_shared<record_kind>(*spread_kind(false));
  unseen->name = "test.unseen";
  unseen->table = "seen";
  auto options = sql_options();
  options.create = false;
  options.kinds = {ticket_kind(), event_kind(), unseen, spread_kind(false)};
  store_ = std::make_unique<sql_store>(options);
  ASSERT_TRUE(succeeded(sql().prepare(soon())));
  const std::string padded = dialect() == sql_dialect::mysql ? "char" : "bpchar";
  const std::string decimal = dialect() == sql_dialect::mysql ? "decimal" : "numeric";
  auto found = sql().differences();
  const auto says = [&](const std::string &sentence) {
    const auto at = std::find(found.begin(), found.end(), sentence);
    if (at == found.end()) return false;
    found.erase(at);
    return true;
  };
  EXPECT_TRUE(
      says("table TICKET, column TICKET_NO: is of type varchar, but field ticketNo is declared `stored: padded`"));
  EXPECT_TRUE(says("table TICKET, column CSID: is of type " + decimal + ", but field csid needs integer"));
  EXPECT_TRUE(says("table TICKET, column SRC_ID: has 30 characters, but field sourceId is declared with 36"));
  EXPECT_TRUE(says("table TICKET, column SRC_ID: holds 30 characters, but field sourceId may have 36"));
  EXPECT_TRUE(says("table TICKET lacks an index on CSID, TICKET_NO"));
  EXPECT_TRUE(
      says("table event, column at: keeps 6 digits of a second, but field at has 3; for whole seconds declare the "
           "format YYYY-MM-DD HH24:MI:SS"));
  EXPECT_TRUE(
      says("table event, column note: is filled up with blanks (" + padded + "): declare field note `stored: padded`"));
  EXPECT_TRUE(says("table event, column note: holds 10 characters, but field note may have any number"));
  EXPECT_TRUE(says("table event lacks an index on csid, at, event_id"));
  EXPECT_TRUE(
      says("table seen is a view that cannot be inserted into and updated, but test.unseen is written through it"));
  EXPECT_TRUE(says("table spread is no view, but test.spread is declared `throughView: true`"));
  // Of the view's columns whatever else the catalogue tells.
  std::erase_if(found, [](const std::string &s) { return s.starts_with("table seen, column "); });
  std::erase_if(found, [](const std::string &s) { return s.starts_with("table causeway_version"); });
  EXPECT_EQ(found, std::vector<std::string>());
}

TEST_P(legacy_server_store, says_the_serial_key_that_was_made_behind_a_view) {
  behind_its_back("CREATE VIEW journal_view AS SELECT entry_id, text, tag FROM journal");
  auto kind = std::make_shared<record_kind>(*journal_kind());
  kind->name = "test.viewed";
  kind->table = "journal_view";
  kind->through_view = true;
  open_with({kind});
  for (const auto type : {change_type::insert, change_type::insert_absent, change_type::put}) {
    SCOPED_TRACE(int(type));
    const std::string text = "text " + std::to_string(int(type));
    const auto made = committed({{type, make(kind, {{"text", text}}), 0}});
    ASSERT_EQ(made.size(), 1u);
    const auto r = get(kind, made[0].key);
    ASSERT_TRUE(succeeded(r));
    EXPECT_EQ((*r)["text"], value(text));
  }
}

TEST_P(legacy_server_store, tells_which_records_were_absent_by_keys_of_the_databases_own_times) {
  auto kind = std::make_shared<record_kind>();
  kind->store = "test";
  kind->name = "test.visit";
  kind->table = "visit";
  kind->fields = {{"day", "day", field_type::date, 0, true, false, {}, nullptr, key_generation::none},
                  {"at", "at", field_type::timestamp, 0, true, false, {}, nullptr, key_generation::none}};
  for (field &f : kind->fields) f.form = column_form::native;
  kind->key = {0, 1};
  const bool styled = dialect() == sql_dialect::postgresql;
  const std::string alter = "ALTER DATABASE " + database_->name();
  if (styled) database_->execute(alter + " SET datestyle TO 'German'");
  open_with({kind});
  const auto visit = [&](const char *day, const char *at) { return make(kind, {{"day", day}, {"at", at}}); };
  const auto stands = visit("2026-11-21", "2026-11-21T09:15:00.000Z");
  const auto another_day = visit("2026-11-22", "2026-11-21T09:15:00.000Z");
  const auto another_time = visit("2026-11-21", "2026-11-21T09:15:00.500Z");

  committed({insert(stands)});
  const auto outcomes = committed({insert_absent(another_day), insert_absent(stands), insert_absent(another_time)});

  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_TRUE(outcomes[0].applied);
  EXPECT_FALSE(outcomes[1].applied);
  EXPECT_EQ(outcomes[1].key, (std::vector<value>{"2026-11-21", "2026-11-21T09:15:00.000Z"}));
  EXPECT_TRUE(outcomes[2].applied);
  if (styled) database_->execute(alter + " RESET datestyle");
}

// A database has no such year, or promises none.
TEST_P(legacy_server_store, the_year_0_is_in_no_column_of_the_databases_own_times) {
  const std::string year_0 = "0000-05-05T00:00:00.000Z", year_1 = "0001-05-05T00:00:00.000Z";
  const auto event = [](const char *id, const std::string &when) {
    return make(event_kind(), {{"eventId", id}, {"csid", "000000001"}, {"at", when}});
  };
  const auto refused = commit({insert(event("zero", year_0))});
  ASSERT_TRUE(is_fault_of(refused, outcome::invalid, {"at"}));
  EXPECT_EQ(refused.why().inputs[0].code, "out-of-range");
  committed({insert(event("one", year_1))});
  EXPECT_EQ((*get(event_kind(), {"one"}))["at"], value(year_1));

  // Finds of one shape wait together, and are answered each by itself.
  find_request f;
  f.kind = event_kind();
  f.conditions = {{1, "000000001"}};
  f.order = {2, 0};
  constexpr int many = 50;
  std::atomic<int> good{0}, invalid{0}, other{0};
  for (int i = 0; i < many; ++i) {
    const bool is_none = i == many / 2;
    f.after = {is_none ? year_0 : "0001-01-01T00:00:00.000Z", ""};
    store_->find(f, soon(), [&, is_none](const result<std::vector<record>> &r) {
      if (is_none)
        ++(is_fault_of(r, outcome::invalid, {"at"}) ? invalid : other);
      else
        ++(r && r->size() == 1 ? good : other);
    });
  }
  EXPECT_TRUE(comes_true([&] { return good + invalid + other == many; }));
  EXPECT_EQ(good, many - 1);
  EXPECT_EQ(invalid, 1);
}

// Under ThreadSanitizer tables of a site's own are left out: the threads are those of other tables.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(legacy_store);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(legacy_server_store);
INSTANTIATE_TEST_SUITE_P(over, legacy_server_store,
                         ::testing::ValuesIn(tried({implementation::postgresql_legacy, implementation::mysql_legacy,
                                                    implementation::odbc_postgresql_legacy,
                                                    implementation::odbc_mysql_legacy})),
                         name_of);
INSTANTIATE_TEST_SUITE_P(over, legacy_store,
                         ::testing::ValuesIn(tried({implementation::sqlite3_legacy, implementation::postgresql_legacy,
                                                    implementation::mysql_legacy,
                                                    implementation::odbc_postgresql_legacy,
                                                    implementation::odbc_mysql_legacy})),
                         name_of);

}  // namespace
}  // namespace causeway::testing
