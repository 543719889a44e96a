// What only a database can do to a store: be slow, be full of work, be another than the kinds say.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <limits>
#include <thread>

#include "sql/connection.hpp"
#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

using std::chrono::milliseconds;

// Keeps everyone else from writing persons until it is gone.
class obstacle {
 public:
  explicit obstacle(const sql_store_options &o)
      : on_(sql::connection::open({o.dialect, o.connect, false, false, wall_clock, {}, o.odbc})) {
    on_->begin();
    if (o.dialect == sql_dialect::postgresql) on_->execute("LOCK TABLE \"PERSON\" IN ACCESS EXCLUSIVE MODE");
    if (o.dialect == sql_dialect::mysql) on_->execute("LOCK TABLES \"PERSON\" WRITE");
  }
  ~obstacle() { on_->rollback(); }

 private:
  std::unique_ptr<sql::connection> on_;
};

TEST_P(any_sql_store, answers_overloaded_when_the_queue_is_full) {
  store_.reset();
  auto options = sql_options();
  options.queue = 8;
  options.readers = 1;
  store_ = std::make_unique<sql_store>(options);
  ASSERT_TRUE(succeeded(sql().prepare(soon())));
  std::atomic<int> good{0}, overloaded{0}, other{0};
  const auto send = [&](int number) {
    store_->commit({{insert(person(std::to_string(100'000'000 + number)))}}, soon(),
                   [&](const result<commit_outcome> &r) {
                     ++(r ? good : is_fault(r, outcome::overloaded) ? overloaded : other);
                   });
  };
  {
    const obstacle in_the_way(options);
    send(0);
    std::this_thread::sleep_for(milliseconds(200));  // the worker has taken it, and waits
    for (int i = 1; i <= 20; ++i) send(i);
    EXPECT_EQ(overloaded, 12) << "at once";
  }
  EXPECT_TRUE(comes_true([&] { return good == 9; })) << good;
  EXPECT_EQ(other, 0);
}

TEST_P(any_sql_store, a_deadline_bounds_the_statement) {
  const obstacle in_the_way(sql_options());
  const auto began = std::chrono::steady_clock::now();
  const auto r = commit_now(*store_, {{insert(person("000000001"))}}, wall_clock() + milliseconds(300));
  EXPECT_TRUE(is_fault(r, outcome::deadline));
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(1500));
}

TEST_P(any_sql_store, a_deadline_bounds_the_wait_in_the_queue) {
  auto blocked = std::make_unique<obstacle>(sql_options());
  std::atomic<int> before{0};
  std::atomic<bool> late{false};
  // All sessions wait; what comes behind them is past its deadline when its turn comes.
  for (int i = 0; i < 2; ++i) {
    store_->commit({{insert(person(std::to_string(100'000'000 + i)))}}, soon(),
                   [&](const result<commit_outcome> &) { ++before; });
    std::this_thread::sleep_for(milliseconds(100));
  }
  store_->commit({{insert(person("000000009"))}}, wall_clock() + milliseconds(100),
                 [&](const result<commit_outcome> &r) { late = bool(is_fault(r, outcome::deadline)); });
  std::this_thread::sleep_for(milliseconds(200));
  blocked.reset();
  EXPECT_TRUE(comes_true([&] { return before == 2 && late; }));
  EXPECT_TRUE(is_fault(get_person("000000009"), outcome::not_found));
}

TEST_P(any_sql_store, finishes_what_waits_when_it_stops) {
  std::atomic<int> good{0}, answered{0};
  for (int i = 0; i < 500; ++i)
    store_->commit({{insert(person(std::to_string(100'000'000 + i)))}}, soon(), [&](const result<commit_outcome> &r) {
      if (r) ++good;
      ++answered;
    });
  sql().stop();
  EXPECT_EQ(answered, 500);
  EXPECT_EQ(good, 500);
  EXPECT_TRUE(is_fault(get_person("100000000"), outcome::unavailable));
  EXPECT_EQ(store_->state(), store_state::away);
  reopen();
  EXPECT_TRUE(succeeded(get_person("100000499")));
}

TEST_P(any_sql_store, what_was_committed_stands_after_reopening) {
  committed({insert(person("000000001", {{"nick", "kept"}}))});
  reopen();
  EXPECT_EQ((*get_person("000000001"))["nick"], value("kept"));
}

TEST_P(any_sql_store, creates_what_its_ddl_says_and_finds_no_difference) {
  const std::string ddl = sql().ddl();
  for (const char *part : {"CREATE TABLE IF NOT EXISTS \"PERSON\"", "\"Full Name\"", "UNIQUE", "\"event_id\""})
    EXPECT_NE(ddl.find(part), std::string::npos) << part;
  ASSERT_TRUE(succeeded(sql().prepare(soon())));
  EXPECT_EQ(sql().differences(), std::vector<std::string>());
}

TEST_P(any_sql_store, its_ddl_may_be_run_where_its_tables_stand) {
  committed({insert(person("000000001"))});
  const std::string ddl = sql().ddl();
  for (std::size_t at = 0; at < ddl.size();) {
    const std::size_t end = ddl.find(";\n", at);
    ASSERT_NE(end, std::string::npos);
    behind_its_back(ddl.substr(at, end - at));
    at = end + 2;
  }
  ASSERT_TRUE(succeeded(sql().prepare(soon())));
  EXPECT_EQ(sql().differences(), std::vector<std::string>());
  EXPECT_TRUE(succeeded(get_person("000000001")));
}

TEST_P(any_sql_store, names_each_difference_of_the_schema) {
  store_.reset();
  const bool lite = GetParam() == implementation::sqlite3;
  behind_its_back("DROP TABLE \"PERSON\"");
  behind_its_back("DROP TABLE event");
  behind_its_back("DROP TABLE \"TICKET\"");
  behind_its_back(
      R"(CREATE TABLE "PERSON" ("CSID" varchar(9) NOT NULL, "Full Name" varchar(10) NOT NULL, nick integer,
         "E_MAIL" varchar(40), "STATE" varchar(10), "SEEN_AT" text NOT NULL, "order" bigint, "ACTIVE" integer,
         "ROW_VERSION" bigint, extra text NOT NULL, fine text NOT NULL DEFAULT 'x'))");
  behind_its_back(
      R"(CREATE TABLE "TICKET" ("TICKET_NO" varchar(12) PRIMARY KEY, "CSID" varchar(9), "SRC_ID" varchar(36),
         "VERSION" bigint NOT NULL))");
  auto options = sql_options();
  options.create = false;
  store_ = std::make_unique<sql_store>(options);
  ASSERT_TRUE(succeeded(sql().prepare(soon())));
  std::vector<std::string> expected{
      "table PERSON, column Full Name: holds 10 characters, but field name may have 20",
      std::string("table PERSON, column nick: is of type ") +
          (lite                              ? "INTEGER"
           : dialect() == sql_dialect::mysql ? "int"
                                             : "int4") +
          ", but field nick needs text",
      "table PERSON, column BORN: is missing (field born of test.person)",
      "table PERSON, column SEEN_AT: is never null, but field seenAt may be empty",
      "table PERSON, column ROW_VERSION: may be null, but the version is required",
      "table PERSON, column extra: is never null and has no default, but no field of test.person fills it",
      "table PERSON has another key: test.person needs CSID to be the primary key or unique",
      "table PERSON lacks a unique index on E_MAIL",
      "table PERSON lacks an index on order, CSID",
      "table event is missing (record kind test.event)",
      "table TICKET, column CSID: may be null, but field csid is required",
      "table TICKET lacks a unique index on SRC_ID",
      "table TICKET lacks an index on CSID, TICKET_NO",
  };
  if (lite) {
    // Lengths are no part of SQLite's columns.
    std::erase_if(expected, [](const std::string &s) { return s.find("holds 10") != std::string::npos; });
  }
  EXPECT_EQ(sql().differences(), expected);

  // With create, what can be made without touching what stands is made.
  store_.reset();
  options.create = true;
  store_ = std::make_unique<sql_store>(options);
  ASSERT_TRUE(succeeded(sql().prepare(soon())));
  std::erase_if(expected, [](const std::string &s) {
    return s.find("lacks") != std::string::npos || s.find("table event") != std::string::npos;
  });
  EXPECT_EQ(sql().differences(), expected);
}

TEST_P(any_sql_store, reads_a_view_and_writes_nothing_to_it) {
  committed({insert(person("000000001", {{"name", "Ann"}, {"points", std::int64_t(3)}}))});
  store_.reset();
  behind_its_back(R"(CREATE VIEW seen AS SELECT "CSID" AS csid, "Full Name" AS name, "order" AS points FROM "PERSON")");
  auto kind = std::make_shared<record_kind>();
  kind->store = "test";
  kind->name = "test.seen";
  kind->table = "seen";
  kind->read_only = true;
  kind->fields.resize(3);
  kind->fields[0] = {"csid", "csid", field_type::csid, 0, true, false, {}, nullptr, key_generation::none};
  kind->fields[1] = {"name", "name", field_type::text, 20, true, false, {}, nullptr, key_generation::none};
  kind->fields[2] = {"points", "points", field_type::integer, 0, false, false, {}, nullptr, key_generation::none};
  kind->key = {0};
  auto options = sql_options();
  options.kinds = {kind};
  store_ = std::make_unique<sql_store>(options);
  ASSERT_TRUE(succeeded(sql().prepare(soon())));
  EXPECT_EQ(sql().differences(), std::vector<std::string>());
  EXPECT_EQ(sql().ddl(), "");
  const auto r = get(kind, {"000000001"});
  ASSERT_TRUE(succeeded(r));
  EXPECT_EQ((*r)["points"], value(std::int64_t(3)));
  EXPECT_TRUE(is_fault(commit({insert(make(kind, {{"csid", "000000002"}, {"name", "x"}}))}), outcome::internal));

  auto missing = std::make_shared<record_kind>(*kind);
  missing->table = "unseen";
  options.kinds = {missing};
  store_ = nullptr;
  store_ = std::make_unique<sql_store>(options);
  ASSERT_TRUE(succeeded(sql().prepare(soon())));
  EXPECT_EQ(sql().differences(),
            std::vector<std::string>{
                "table unseen is missing; the record kind test.seen reads a table or view of this name"});
  // A statement that the database refuses says so without its text.
  EXPECT_TRUE(is_fault(get(missing, {"000000001"}), outcome::internal));
  ASSERT_FALSE(log_.lines().empty());
  const char *said[] = {"SQLite 1", "SQLSTATE 42P01", "MariaDB 1146"};
  EXPECT_EQ(log_.lines().back(),
            std::string("database refused a statement: ") + said[std::size_t(dialect())] + " at get test.seen");
}

TEST_P(any_sql_store, what_a_constraint_of_the_site_forbids_is_said_plainly) {
  if (GetParam() != implementation::sqlite3) {
    behind_its_back(R"(ALTER TABLE "PERSON" ADD CONSTRAINT enough CHECK ("order" > 0))");
    behind_its_back(R"(ALTER TABLE choice ADD CONSTRAINT of_person FOREIGN KEY (csid) REFERENCES "PERSON" ("CSID"))");
    reopen();
  } else {
    store_.reset();
    behind_its_back("DROP TABLE \"PERSON\"");
    behind_its_back("DROP TABLE choice");
    behind_its_back(
        R"(CREATE TABLE "PERSON" ("CSID" TEXT PRIMARY KEY NOT NULL, "Full Name" TEXT NOT NULL, nick TEXT, "E_MAIL" TEXT UNIQUE,
           "STATE" TEXT, "BORN" TEXT, "SEEN_AT" TEXT, "order" INTEGER CHECK ("order" > 0), "ACTIVE" INTEGER,
           "ROW_VERSION" INTEGER NOT NULL))");
    behind_its_back(
        R"(CREATE TABLE choice (csid TEXT NOT NULL REFERENCES "PERSON" ("CSID"), product TEXT NOT NULL, rank INTEGER NOT NULL,
           channel TEXT, version INTEGER NOT NULL, PRIMARY KEY (csid, product, rank)))");
    reopen();
  }
  EXPECT_TRUE(is_fault(commit({insert(person("000000001", {{"points", std::int64_t(0)}}))}), outcome::invalid));
  const auto choice = make(choice_kind(), {{"csid", "000000001"}, {"product", "p"}, {"rank", std::int64_t(1)}});
  EXPECT_TRUE(is_fault(commit({insert(choice)}), outcome::conflict));
  committed({insert(person("000000001")), insert(choice)});
}

TEST_P(any_sql_store, a_put_changes_no_record_that_has_another_key) {
  behind_its_back("CREATE UNIQUE INDEX once ON event (csid, at)");
  const bool letters_are_equal = dialect() == sql_dialect::mysql;
  if (letters_are_equal)
    behind_its_back("ALTER TABLE event CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
  reopen();
  const auto event = [](const char *id, const char *at, const char *note) {
    return make(event_kind(), {{"eventId", id}, {"csid", "000000001"}, {"at", at}, {"note", note}});
  };
  const char *const one_day = "2026-11-21T09:15:00.000Z", *const another = "2026-11-22T09:15:00.000Z";
  committed({insert(event("A", one_day, "kept"))});

  EXPECT_TRUE(is_fault(commit({put(event("B", one_day, "lost"))}), outcome::conflict)) << "by an index of the site's";
  if (letters_are_equal) {
    EXPECT_TRUE(is_fault(commit({put(event("a", another, "lost"))}), outcome::conflict)) << "by the key's collation";
  }
  EXPECT_EQ((*get(event_kind(), {"A"}))["note"], value("kept"));
  EXPECT_TRUE(is_fault(get(event_kind(), {"B"}), outcome::not_found));

  committed({put(event("A", one_day, "changed")), put(event("B", another, "new"))});
  EXPECT_EQ((*get(event_kind(), {"A"}))["note"], value("changed"));
  EXPECT_EQ((*get(event_kind(), {"B"}))["note"], value("new"));
}

TEST_P(any_sql_store, of_reads_asked_at_once_only_those_of_a_broken_table_fail) {
  committed({insert(person("000000001", {{"points", std::int64_t(3)}})), insert(person("000000002"))});
  behind_its_back("DROP TABLE choice");
  find_request of_choice, of_person;
  of_choice.kind = choice_kind();
  of_choice.conditions = {{0, "000000001"}};
  of_choice.order = choice_kind()->key;
  of_choice.limit = 5;
  of_person.kind = person_kind();
  of_person.conditions = {{*person_kind()->find_field("points"), std::int64_t(3)}};
  of_person.order = person_kind()->key;
  of_person.limit = 5;

  constexpr int rounds = 100;
  std::atomic<int> good{0}, broken{0}, other{0};
  const auto tell = [&](bool right, std::atomic<int> &which) { ++(right ? which : other); };
  for (int i = 0; i < rounds; ++i) {
    store_->get({person_kind(), {"000000001"}}, soon(), [&](const auto &r) { tell(bool(r), good); });
    store_->find(of_choice, soon(), [&](const auto &r) { tell(is_fault(r, outcome::internal), broken); });
    store_->find(of_person, soon(), [&](const auto &r) { tell(r && r->size() == 1, good); });
    store_->count(of_choice, soon(), [&](const auto &r) { tell(is_fault(r, outcome::internal), broken); });
    store_->count(of_person, soon(), [&](const auto &r) { tell(r && *r == 1, good); });
  }
  EXPECT_TRUE(comes_true([&] { return good + broken + other == 5 * rounds; }));
  EXPECT_EQ(good, 3 * rounds);
  EXPECT_EQ(broken, 2 * rounds);
  committed({insert(person("000000003"))});
}

TEST_P(any_sql_store, of_records_asked_for_at_once_only_the_one_that_cannot_be_read_fails) {
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::vector<change> persons;
  for (int i = 0; i < 10; ++i)
    persons.push_back(insert(person("10000000" + std::to_string(i), {{"points", i == 7 ? least : std::int64_t(i)}})));
  committed(std::move(persons));
  store_.reset();
  // The least number is the negative of none.
  behind_its_back(R"(CREATE VIEW far AS SELECT "CSID" AS csid, abs("order") AS points FROM "PERSON")");
  auto kind = std::make_shared<record_kind>();
  kind->store = "test";
  kind->name = "test.far";
  kind->table = "far";
  kind->read_only = true;
  kind->fields.resize(2);
  kind->fields[0] = {"csid", "csid", field_type::csid, 0, true, false, {}, nullptr, key_generation::none};
  kind->fields[1] = {"points", "points", field_type::integer, 0, false, false, {}, nullptr, key_generation::none};
  kind->key = {0};
  auto options = sql_options();
  options.kinds = {kind};
  store_ = std::make_unique<sql_store>(options);
  ASSERT_TRUE(succeeded(sql().prepare(soon())));

  constexpr int rounds = 20;
  std::atomic<int> good{0}, broken{0}, other{0};
  const auto tell = [&](int i, bool failed, bool right) {
    ++(i == 7 ? (failed ? broken : other) : right ? good : other);
  };
  for (int i = 0; i < 10 * rounds; ++i) {
    const int which = i % 10;
    const std::string csid = "10000000" + std::to_string(which);
    const value points = std::int64_t(which);
    store_->get({kind, {csid}}, soon(),
                [&, which, points](const auto &r) { tell(which, !r, r && (*r)["points"] == points); });
    find_request f;
    f.kind = kind;
    f.conditions = {{0, csid}};
    f.order = kind->key;
    store_->find(f, soon(), [&, which, points](const auto &r) {
      tell(which, !r, r && r->size() == 1 && r->front()["points"] == points);
    });
  }
  EXPECT_TRUE(comes_true([&] { return good + broken + other == 20 * rounds; }));
  EXPECT_EQ(good, 18 * rounds);
  EXPECT_EQ(broken, 2 * rounds);
}

TEST_P(any_sql_store, is_read_beside_one_that_writes_and_not_written) {
  committed({insert(person("000000001"))});
  auto options = sql_options();
  options.read_only = true;
  options.create = true;  // is not heeded
  sql_store beside(options);
  ASSERT_TRUE(succeeded(beside.prepare(soon())));
  EXPECT_EQ(beside.state(), store_state::serving);
  EXPECT_TRUE(beside.differences().empty());
  EXPECT_TRUE(succeeded(get_now(beside, {person_kind(), {"000000001"}}, soon())));
  committed({insert(person("000000002"))});
  EXPECT_TRUE(succeeded(get_now(beside, {person_kind(), {"000000002"}}, soon())));
  EXPECT_TRUE(is_fault(commit_now(beside, {{insert(person("000000003"))}}, soon()), outcome::internal));
  EXPECT_TRUE(is_fault(get_person("000000003"), outcome::not_found));
}

class sqlite_store : public any_store {};

TEST_P(sqlite_store, a_second_gateway_on_the_same_file_is_refused) {
  sql_store second(sql_options());
  const auto refused = second.prepare(soon());
  ASSERT_TRUE(is_fault(refused, outcome::unavailable));
  const std::string lock = (folder_.path() / "the store.db.lock").string();
  EXPECT_EQ(refused.why().detail,
            "store test: another gateway is using this file (it holds " + lock + "); stop it, or name another file");
  EXPECT_EQ(second.state(), store_state::away);
  EXPECT_TRUE(is_fault(get_now(second, {person_kind(), {"000000001"}}, soon()), outcome::unavailable));
  // When the first goes, the second takes over by itself.
  close();
  EXPECT_TRUE(comes_true([&] { return second.state() == store_state::serving; }));
}

TEST_P(sqlite_store, a_file_that_cannot_be_used_is_named) {
  store_.reset();
  auto options = sql_options();
  options.connect = (folder_.path() / "no folder" / "x.db").string();
  {
    sql_store nowhere(options);
    const auto refused = nowhere.prepare(wall_clock() + milliseconds(300));
    ASSERT_TRUE(is_fault(refused, outcome::unavailable));
    EXPECT_NE(refused.why().detail.find("the lock file"), std::string::npos) << refused.why().detail;
  }
  options.connect = (folder_.path() / "absent.db").string();
  options.create = false;
  {
    sql_store absent_file(options);
    const auto refused = absent_file.prepare(wall_clock() + milliseconds(300));
    ASSERT_TRUE(is_fault(refused, outcome::unavailable));
    EXPECT_EQ(refused.why().detail, "store test: the file is not there");
    EXPECT_FALSE(std::filesystem::exists(options.connect));
  }
  options.connect = (folder_.path() / "text.db").string();
  std::ofstream(options.connect) << std::string(5000, 'x');
  options.create = true;
  sql_store no_database(options);
  EXPECT_TRUE(is_fault(no_database.prepare(wall_clock() + milliseconds(300)), outcome::unavailable));
}

class mariadb_store : public any_store {};

TEST_P(mariadb_store, an_index_of_the_beginning_of_a_column_is_not_one_of_the_column) {
  struct row {
    const char *keys;
    std::vector<std::string> differences;
  };
  const row table[] = {
      {R"(PRIMARY KEY ("TICKET_NO"), UNIQUE ("SRC_ID"), KEY ("CSID", "TICKET_NO", "SRC_ID"(3)))", {}},
      {R"(UNIQUE ("TICKET_NO", "SRC_ID"(3)), UNIQUE ("SRC_ID"), KEY ("CSID", "TICKET_NO"))",
       {"table TICKET has another key: test.ticket needs TICKET_NO to be the primary key or unique"}},
      {R"(PRIMARY KEY ("TICKET_NO"), UNIQUE ("SRC_ID"(3)), KEY ("CSID", "TICKET_NO"))",
       {"table TICKET lacks a unique index on SRC_ID"}},
      {R"(PRIMARY KEY ("TICKET_NO"), UNIQUE ("SRC_ID"), KEY ("CSID", "SRC_ID"(3), "TICKET_NO"))",
       {"table TICKET lacks an index on CSID, TICKET_NO"}},
  };
  auto options = sql_options();
  options.kinds = {ticket_kind()};
  options.create = false;
  for (const row &r : table) {
    store_.reset();
    behind_its_back(R"(DROP TABLE "TICKET")");
    behind_its_back(R"(CREATE TABLE "TICKET" ("TICKET_NO" varchar(12) NOT NULL, "CSID" varchar(9) NOT NULL,
                       "SRC_ID" varchar(36), "VERSION" bigint NOT NULL, )" +
                    std::string(r.keys) + ")");
    store_ = std::make_unique<sql_store>(options);
    ASSERT_TRUE(succeeded(sql().prepare(soon())));
    EXPECT_EQ(sql().differences(), r.differences) << r.keys;
  }
}

INSTANTIATE_TEST_SUITE_P(over, mariadb_store, ::testing::Values(implementation::mysql, implementation::odbc_mysql),
                         name_of);
INSTANTIATE_TEST_SUITE_P(over, sqlite_store, ::testing::Values(implementation::sqlite3), name_of);

}  // namespace
}  // namespace causeway::testing
