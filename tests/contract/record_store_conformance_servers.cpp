// What only a database's server can do to a store: end its connections, be away, not answer, serve two gateways, plan
// badly.
#include <atomic>
#include <functional>
#include <thread>

#include "sql/connection.hpp"
#include "tests/contract/record_store_conformance.hpp"

namespace causeway::testing {
namespace {

using std::chrono::milliseconds;

class postgresql_store : public any_store {};
class server_store : public any_store {};

TEST_P(server_store, recovers_by_itself_when_its_connections_are_ended) {
  committed({insert(person("000000001"))});
  database_->end_connections();
  // Reads, and units that had not begun to commit, are simply run again on a new connection.
  EXPECT_TRUE(succeeded(get_person("000000001")));
  database_->end_connections();
  EXPECT_TRUE(succeeded(commit({insert(person("000000002")), insert(person("000000003"))})));
  EXPECT_EQ(store_->state(), store_state::serving);
}

// PostgreSQL plans by what it saw when the table was vacuumed last, and a queue is mostly empty then.
TEST_P(postgresql_store, changes_many_by_their_keys_whatever_the_statistics_say) {
  const std::string fill =
      R"(INSERT INTO "TICKET" SELECT 'T' || i, '000000004', NULL, 1 FROM generate_series(1, 300000) AS n(i))";
  behind_its_back(fill);
  behind_its_back(R"(DELETE FROM "TICKET")");
  behind_its_back(R"(VACUUM (TRUNCATE FALSE, ANALYZE) "TICKET")");
  behind_its_back(fill);
  reopen();
  constexpr int many = 2'000;
  const auto of_many = [&](int first, const std::function<change(record)> &of_one) {
    unit_of_work unit;
    for (int i = first; i < first + many; ++i) {
      record ticket(ticket_kind());
      ticket["ticketNo"] = "T" + std::to_string(i);
      unit.changes.push_back(of_one(std::move(ticket)));
    }
    // By another plan it takes longer than that.
    return commit_now(*store_, std::move(unit), wall_clock() + milliseconds(2'000));
  };
  // A plan for whatever number there may be is made when a statement has been run five times.
  for (int version = 1; version <= 7; ++version) {
    ASSERT_TRUE(succeeded(of_many(1, [&](record ticket) {
      ticket["csid"] = "000000008";
      return update(std::move(ticket), version);
    })));
    ASSERT_TRUE(succeeded(of_many(1, [&](record ticket) { return require(std::move(ticket), version + 1); })));
    ASSERT_TRUE(succeeded(of_many(version * many + 1, [](record ticket) { return erase_at(std::move(ticket), 1); })));
    std::atomic<int> found{0};
    for (int i = 1; i <= many; ++i)
      store_->get({ticket_kind(), {"T" + std::to_string(i)}}, wall_clock() + milliseconds(2'000),
                  [&](const result<record> &r) { found += bool(r); });
    ASSERT_TRUE(comes_true([&] { return found == many; })) << found;
  }
}

TEST_P(postgresql_store, under_work_loses_no_answer_when_its_connections_are_ended) {
  std::atomic<bool> stop{false};
  std::atomic<int> good{0}, unavailable{0}, other{0};
  std::vector<std::thread> callers;
  callers.reserve(4);
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        const std::string csid = std::to_string(100'000'000 + t * 1'000'000 + i);
        const auto r = commit({insert(person(csid)), insert(make(journal_kind(), {{"text", csid}}))});
        ++(r ? good : is_fault(r, outcome::unavailable) ? unavailable : other);
        if (!r) continue;
        // What was acknowledged stands; a look may meet a store that is away for the moment.
        const auto read = get_person(csid);
        if (!read && !is_fault(read, outcome::unavailable)) ++other;
      }
    });
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(milliseconds(100));
    database_->end_connections();
  }
  std::this_thread::sleep_for(milliseconds(100));
  stop = true;
  for (auto &c : callers) c.join();
  EXPECT_GT(good, 0);
  EXPECT_EQ(other, 0);
  find_request persons, entries;
  persons.kind = person_kind();
  entries.kind = journal_kind();
  EXPECT_EQ(*count(persons), *count(entries));
  EXPECT_GE(*count(persons), good);
}

TEST_P(postgresql_store, a_session_that_ends_in_its_commit_is_in_doubt_and_the_next_serves) {
  behind_its_back(R"(CREATE FUNCTION part() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$)");
  behind_its_back(R"(CREATE CONSTRAINT TRIGGER part AFTER INSERT ON "PERSON" DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.nick = 'part') EXECUTE FUNCTION part())");
  for (int i = 0; i < 10; ++i) {
    const std::string csid = std::to_string(300'000'000 + i);
    EXPECT_TRUE(is_fault(commit({insert(person(csid, {{"nick", "part"}}))}), outcome::unavailable));
    // The store may be away until it has connected again.
    EXPECT_TRUE(comes_true([&] { return is_fault(get_person(csid), outcome::not_found); }));
    EXPECT_TRUE(comes_true([&] { return bool(commit({insert(person(csid))})); }));
  }
}

TEST_P(postgresql_store, is_away_while_the_server_is_and_back_by_itself) {
  auto options = sql_options();
  options.connect = "host=/nowhere dbname=nothing";
  {
    sql_store away(options);
    const auto prepared = away.prepare(wall_clock() + milliseconds(200));
    ASSERT_TRUE(is_fault(prepared, outcome::unavailable));
    EXPECT_NE(prepared.why().detail.find("connection to server on socket"), std::string::npos) << prepared.why().detail;
    EXPECT_EQ(away.state(), store_state::away);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(is_fault(get_now(away, {person_kind(), {"000000001"}}, soon()), outcome::unavailable));
    EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(100)) << "at once";
  }
  // The database is there, refuses, and takes connections again.
  test_database other;
  const auto allow = [&](bool yes) {
    other.execute("UPDATE pg_database SET datallowconn = " + std::string(yes ? "true" : "false") +
                  " WHERE datname = '" + database_->name() + "'");
  };
  allow(false);
  database_->end_connections();
  EXPECT_TRUE(is_fault(get_person("000000001"), outcome::unavailable));
  EXPECT_TRUE(comes_true(
      [&] { return is_fault(get_person("000000001"), outcome::unavailable) && store_->state() == store_state::away; }));
  allow(true);
  EXPECT_TRUE(comes_true([&] { return store_->state() == store_state::serving; }));
  EXPECT_TRUE(is_fault(get_person("000000001"), outcome::not_found));
}

TEST_P(postgresql_store, a_password_in_a_broken_connection_string_is_not_repeated) {
  auto options = sql_options();
  options.connect = "host=/nowhere password=hush hush=";
  sql_store broken(options);
  const auto prepared = broken.prepare(wall_clock() + milliseconds(200));
  ASSERT_TRUE(is_fault(prepared, outcome::unavailable));
  EXPECT_EQ(prepared.why().detail.find("hush"), std::string::npos) << prepared.why().detail;
  for (const auto &line : log_.lines()) EXPECT_EQ(line.find("hush"), std::string::npos) << line;
}

TEST_P(server_store, two_gateways_on_one_database_exclude_each_other_by_version) {
  // A deadlock is found after a second otherwise.
  if (dialect() == sql_dialect::postgresql)
    database_->execute("ALTER DATABASE " + database_->name() + " SET deadlock_timeout = '20ms'");
  reopen();
  sql_store second(sql_options());
  ASSERT_TRUE(succeeded(second.prepare(soon())));
  committed({insert(person("000000001")), insert(person("000000002"))});
  std::atomic<int> won{0}, stale{0}, other{0};
  std::vector<std::thread> gateways;
  gateways.reserve(4);
  // Units that lock the same two records in opposite order: deadlocks are the store's to resolve.
  for (int g = 0; g < 2; ++g)
    gateways.emplace_back([&, g] {
      record_store &mine = g == 0 ? *store_ : second;
      const std::string first = g == 0 ? "000000001" : "000000002", then = g == 0 ? "000000002" : "000000001";
      for (int i = 0; i < 100;) {
        const auto a = get_now(mine, {person_kind(), {first}}, soon());
        const auto b = get_now(mine, {person_kind(), {then}}, soon());
        if (!a || !b) {
          ++other;
          break;
        }
        const auto r = commit_now(mine,
                                  {{update(make(person_kind(), {{"csid", first}, {"nick", "x"}}), a->version),
                                    insert(make(journal_kind(), {{"text", "t"}})),
                                    update(make(person_kind(), {{"csid", then}, {"nick", "x"}}), b->version)}},
                                  soon());
        if (r) {
          ++won;
          ++i;
        } else {
          ++(is_fault(r, outcome::stale) ? stale : other);
        }
      }
    });
  for (auto &g : gateways) g.join();
  EXPECT_EQ(won, 200);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(get_person("000000001")->version, 201);
  EXPECT_EQ(get_person("000000002")->version, 201);
}

TEST_P(server_store, two_gateways_that_create_at_once_do_not_meet) {
  const test_database fresh(dialect() == sql_dialect::mysql ? test_server::mariadb : test_server::postgresql);
  auto options = sql_options();
  options.connect = options.odbc ? fresh.odbc_connect() : fresh.connect();
  std::vector<std::thread> gateways;
  gateways.reserve(4);
  std::atomic<int> agreed{0};
  for (int g = 0; g < 4; ++g)
    gateways.emplace_back([&] {
      sql_store one(options);
      if (one.prepare(soon()) && one.differences().empty()) ++agreed;
    });
  for (auto &g : gateways) g.join();
  EXPECT_EQ(agreed, 4);
}

class watched_store : public any_store {};

TEST_P(watched_store, a_server_that_does_not_answer_is_given_up) {
  const auto on = sql::connection::open(
      {dialect(), database_->connect(), false, false, wall_clock, std::make_shared<sql::overdue_watch>(), false});
  on->expect_answer(milliseconds(300));
  const auto began = std::chrono::steady_clock::now();
  try {
    on->execute(dialect() == sql_dialect::mysql ? "DO SLEEP(60)" : "SELECT pg_sleep(60)");
    ADD_FAILURE() << "it was waited for";
  } catch (const sql::database_failure &failure) {
    EXPECT_EQ(failure.what, sql::failure_class::lost);
    EXPECT_EQ(failure.code, "no answer in time");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
  database_->end_connections();  // the server works on where nobody waits
}

INSTANTIATE_TEST_SUITE_P(over, watched_store, ::testing::Values(implementation::postgresql, implementation::mysql),
                         name_of);
INSTANTIATE_TEST_SUITE_P(over, postgresql_store, ::testing::Values(implementation::postgresql), name_of);
INSTANTIATE_TEST_SUITE_P(over, server_store,
                         ::testing::ValuesIn(tried({implementation::postgresql, implementation::mysql,
                                                    implementation::odbc_postgresql, implementation::odbc_mysql,
                                                    implementation::postgresql_legacy, implementation::mysql_legacy,
                                                    implementation::odbc_postgresql_legacy,
                                                    implementation::odbc_mysql_legacy})),
                         name_of);

}  // namespace
}  // namespace causeway::testing
