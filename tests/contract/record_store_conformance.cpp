#include "tests/contract/record_store_conformance.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <stdexcept>
#include <unistd.h>

#include "sql/connection.hpp"
#include "store/kept_versions.hpp"
#include "store/memory_store.hpp"

namespace causeway::testing {

time_point wall_clock() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }
time_point soon() { return wall_clock() + std::chrono::seconds(10); }

namespace {

// Which shape the kinds have; set by the test that is running.
bool legacy = false;
bool native_times = false;  // SQLite has none

std::shared_ptr<const code_table> made_states(const std::array<const char *, 3> &stored) {
  static constexpr std::array<const char *, 3> readable{"Active", "Gone away", "Unknown – 'so far'"};
  auto made = std::make_shared<code_table>();
  made->name = "state";
  for (std::size_t i = 0; i < stored.size(); ++i) {
    made->readable_of[stored[i]] = readable[i];
    made->stored_of[readable[i]] = stored[i];
  }
  return made;
}

std::shared_ptr<const code_table> states() {
  static const auto texts = made_states({"ACT", "GONE", "Ünbekannt"});
  static const auto numbers = made_states({"1", "20", "-3"});
  return legacy ? numbers : texts;
}

field make_field(std::string name, std::string column, field_type type, std::size_t length = 0, bool required = false) {
  field f;
  f.name = std::move(name);
  f.column = std::move(column);
  f.type = type;
  f.length = length;
  f.required = required;
  return f;
}

// What `make` makes in the plain shape, or in the legacy one; each once.
kind_ptr of_shape(std::map<int, kind_ptr> &known, const std::function<void(record_kind &)> &make) {
  auto &place = known[int(legacy) + 2 * int(legacy && native_times)];
  if (!place) {
    auto made = std::make_shared<record_kind>();
    made->store = "test";
    make(*made);
    place = std::move(made);
  }
  return place;
}

void guard(record_kind &kind) {
  kind.version.clear();
  kind.guarded_by_contents = true;
}

void pad(field &f, std::size_t length) {
  f.form = column_form::padded;
  f.length = length;
}

void number(field &f, std::string format = {}) {
  f.form = column_form::number;
  f.format = std::move(format);
}

}  // namespace

kind_ptr person_kind() {
  static std::map<int, kind_ptr> known;
  return of_shape(known, [](record_kind &kind) {
    auto *made = &kind;
    made->name = "test.person";
    made->table = "PERSON";
    made->version = "ROW_VERSION";
    made->fields = {
        make_field("csid", "CSID", field_type::csid, 0, true),
        make_field("name", "Full Name", field_type::text, 20, true),
        make_field("nick", "nick", field_type::text),
        make_field("email", "E_MAIL", field_type::text, 40),
        make_field("state", "STATE", field_type::code, 10),
        make_field("born", "BORN", field_type::date),
        make_field("seenAt", "SEEN_AT", field_type::timestamp),
        make_field("points", "order", field_type::integer),
        make_field("active", "ACTIVE", field_type::boolean),
    };
    made->fields[3].unique = true;
    made->fields[4].codes = states();
    made->fields[5].format = "DD-MON-YYYY";
    made->fields[6].format = "YYYYMMDDHH24MISSFF3";
    made->key = {0};
    made->indexes = {{{7, 0}}};
    if (!legacy) return;
    made->table = "LEG PERS";
    guard(kind);
    number(made->fields[0]);
    pad(made->fields[3], 40);
    number(made->fields[4]);
    number(made->fields[5], "YYYYMMDD");
    number(made->fields[6], "YYYYMMDDHH24MISSFF3");
  });
}

kind_ptr event_kind() {
  static std::map<int, kind_ptr> known;
  return of_shape(known, [](record_kind &kind) {
    auto *made = &kind;
    made->name = "test.event";
    made->table = "event";
    made->fields = {make_field("eventId", "event_id", field_type::text, 36, true),
                    make_field("csid", "csid", field_type::csid, 0, true),
                    make_field("at", "at", field_type::timestamp, 0, true),
                    make_field("note", "note", field_type::text)};
    made->fields[0].generate = key_generation::uuid;
    made->key = {0};
    made->indexes = {{{1, 2, 0}}};
    if (!legacy) return;
    pad(made->fields[0], 36);
    pad(made->fields[1], 9);
    if (native_times)
      made->fields[2].form = column_form::native;
    else
      number(made->fields[2], "YYYYMMDDHH24MISSFF3");
  });
}

kind_ptr ticket_kind() {
  static std::map<int, kind_ptr> known;
  return of_shape(known, [](record_kind &kind) {
    auto *made = &kind;
    made->name = "test.ticket";
    made->table = "TICKET";
    made->version = "VERSION";
    made->fields = {make_field("ticketNo", "TICKET_NO", field_type::text, 12, true),
                    make_field("csid", "CSID", field_type::csid, 0, true),
                    make_field("sourceId", "SRC_ID", field_type::text, 36)};
    made->fields[0].generate = key_generation::id;
    made->fields[2].unique = true;
    made->key = {0};
    made->indexes = {{{1, 0}}};
    if (!legacy) return;
    guard(kind);
    pad(made->fields[0], 12);
    number(made->fields[1]);
    pad(made->fields[2], 36);
  });
}

kind_ptr journal_kind() {
  static std::map<int, kind_ptr> known;
  return of_shape(known, [](record_kind &kind) {
    auto *made = &kind;
    made->name = "test.journal";
    made->table = "journal";
    made->fields = {make_field("entryId", "entry_id", field_type::serial, 0, true),
                    make_field("text", "text", field_type::text, 0, true),
                    make_field("tag", "tag", field_type::text, 20)};
    made->fields[2].unique = true;
    made->key = {0};
    if (legacy) pad(made->fields[2], 20);
  });
}

kind_ptr choice_kind() {
  static std::map<int, kind_ptr> known;
  return of_shape(known, [](record_kind &kind) {
    auto *made = &kind;
    made->name = "test.choice";
    made->table = "choice";
    made->version = "version";
    made->fields = {make_field("csid", "csid", field_type::csid, 0, true),
                    make_field("product", "product", field_type::text, 20, true),
                    make_field("rank", "rank", field_type::integer, 0, true),
                    make_field("channel", "channel", field_type::text, 10)};
    made->key = {0, 1, 2};
    if (!legacy) return;
    guard(kind);
    number(made->fields[0]);
    pad(made->fields[1], 20);
    pad(made->fields[3], 10);
    made->fields[3].column = "CHANNEL #1";
  });
}

std::vector<kind_ptr> all_kinds() {
  return {person_kind(), event_kind(), ticket_kind(), journal_kind(), choice_kind()};
}

record make(const kind_ptr &kind, std::initializer_list<named_value> fields) {
  record r(kind);
  for (const auto &[name, v] : fields) r[name] = v;
  return r;
}

record person(std::string csid, std::initializer_list<named_value> more) {
  record r(person_kind());
  r["csid"] = std::move(csid);
  r["name"] = "Somebody";
  for (const auto &[name, v] : more) r[name] = v;
  return r;
}

change insert(record what) { return {change_type::insert, std::move(what), 0}; }
change insert_absent(record what) { return {change_type::insert_absent, std::move(what), 0}; }
change update(record what, std::int64_t version) { return {change_type::update, std::move(what), version}; }
change put(record what) { return {change_type::put, std::move(what), 0}; }
change require(record what, std::int64_t version) { return {change_type::require, std::move(what), version}; }
change erase(record what) { return {change_type::erase, std::move(what), 0}; }
change erase_at(record what, std::int64_t version) { return {change_type::erase_at, std::move(what), version}; }

namespace {

const char *text_of(implementation which) {
  static constexpr const char *names[] = {
      "memory",           "sqlite3",        "postgresql",        "mysql",        "odbc_postgresql",
      "odbc_mysql",       "sqlite3_legacy", "postgresql_legacy", "mysql_legacy", "odbc_postgresql_legacy",
      "odbc_mysql_legacy"};
  return names[std::size_t(which)];
}

}  // namespace

void PrintTo(implementation which, std::ostream *to) { *to << text_of(which); }
std::string name_of(const ::testing::TestParamInfo<implementation> &info) { return text_of(info.param); }

sql_dialect dialect_of(implementation which) {
  switch (which) {
    case implementation::postgresql:
    case implementation::postgresql_legacy:
    case implementation::odbc_postgresql:
    case implementation::odbc_postgresql_legacy:
      return sql_dialect::postgresql;
    case implementation::mysql:
    case implementation::mysql_legacy:
    case implementation::odbc_mysql:
    case implementation::odbc_mysql_legacy:
      return sql_dialect::mysql;
    default:
      return sql_dialect::sqlite3;
  }
}

bool is_legacy(implementation which) { return which >= implementation::sqlite3_legacy; }
bool is_odbc(implementation which) {
  return which == implementation::odbc_postgresql || which == implementation::odbc_mysql ||
         which >= implementation::odbc_postgresql_legacy;
}

std::vector<implementation> tried(std::initializer_list<implementation> all) {
#if __has_feature(thread_sanitizer)
  constexpr bool legacy_too = false, drivers_on_legacy_too = false;
#elif __has_feature(address_sanitizer)
  constexpr bool legacy_too = true, drivers_on_legacy_too = false;
#else
  constexpr bool legacy_too = true, drivers_on_legacy_too = true;
#endif
  std::vector<implementation> some;
  for (const auto one : all)
    if (!is_legacy(one) || (is_odbc(one) ? drivers_on_legacy_too : legacy_too)) some.push_back(one);
  return some;
}

temporary_folder::temporary_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "causeway store.XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void report_log::add(std::string_view event, std::string_view detail) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::string(event) + ": " + std::string(detail));
}

std::vector<std::string> report_log::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

namespace {

template <implementation Which>
test_database *database_of() {
  static test_database one(dialect_of(Which) == sql_dialect::mysql ? test_server::mariadb : test_server::postgresql);
  return &one;
}

test_database *database_for(implementation which) {
  switch (which) {
    case implementation::postgresql:
      return database_of<implementation::postgresql>();
    case implementation::postgresql_legacy:
      return database_of<implementation::postgresql_legacy>();
    case implementation::mysql:
      return database_of<implementation::mysql>();
    case implementation::mysql_legacy:
      return database_of<implementation::mysql_legacy>();
    case implementation::odbc_postgresql:
      return database_of<implementation::odbc_postgresql>();
    case implementation::odbc_mysql:
      return database_of<implementation::odbc_mysql>();
    case implementation::odbc_postgresql_legacy:
      return database_of<implementation::odbc_postgresql_legacy>();
    case implementation::odbc_mysql_legacy:
      return database_of<implementation::odbc_mysql_legacy>();
    default:
      return nullptr;
  }
}

// Those whose database holds the tables of all kinds, and nothing else but rows.
std::set<implementation> as_created;

}  // namespace

// Making tables takes as long as several tests, in MariaDB as long as hundreds.
void any_store::empty_database() {
  auto kinds = all_kinds();
  if (legacy) kinds.push_back(kept_versions_kind("test"));
  if (!as_created.contains(GetParam()) || database_->tables() != kinds.size()) {
    database_->clear();
  } else {
    const auto on = sql::connection::open({dialect(), database_->connect(), false, false, wall_clock, {}});
    for (const auto &kind : kinds) on->execute("DELETE FROM \"" + kind->table + "\"");
  }
  as_created.insert(GetParam());
}

void any_store::SetUp() {
  legacy = is_legacy(GetParam());
  native_times = dialect() != sql_dialect::sqlite3;
  database_ = database_for(GetParam());
  if (database_) empty_database();
  reopen();
}

void any_store::TearDown() { store_.reset(); }

sql_store_options any_store::sql_options() {
  sql_store_options o;
  o.name = "test";
  o.dialect = dialect();
  o.odbc = is_odbc(GetParam());
  o.connect = o.odbc      ? database_->odbc_connect()
              : database_ ? database_->connect()
                          : (folder_.path() / "the store.db").string();
  o.create = true;
  o.kinds = all_kinds();
  o.keys = keys_;
  o.now = wall_clock;
  o.report = [this](std::string_view event, std::string_view detail) { log_.add(event, detail); };
  return o;
}

void any_store::reopen() {
  if (!is_sql()) {
    store_ = std::make_unique<memory_store>(all_kinds(), keys_, wall_clock);
    return;
  }
  store_.reset();
  store_ = std::make_unique<sql_store>(sql_options());
  const auto prepared = sql().prepare(soon());
  ASSERT_TRUE(succeeded(prepared));
  ASSERT_EQ(sql().differences(), std::vector<std::string>());
}

void any_store::behind_its_back(const std::string &statement) {
  as_created.erase(GetParam());
  const auto o = sql_options();
  try {
    sql::connection::open({o.dialect, o.connect, true, false, wall_clock, {}, o.odbc})->execute(statement);
  } catch (const sql::database_failure &failure) {
    FAIL() << failure.code << " at " << statement;
  }
}

result<commit_outcome> any_store::commit(std::vector<change> changes) {
  return commit_now(*store_, {std::move(changes)}, soon());
}

commit_outcome any_store::committed(std::vector<change> changes) {
  auto r = commit(std::move(changes));
  EXPECT_TRUE(succeeded(r));
  return r ? *r : commit_outcome();
}

result<record> any_store::get(const kind_ptr &kind, std::vector<value> key) {
  return get_now(*store_, {kind, std::move(key)}, soon());
}

result<std::vector<record>> any_store::find(find_request request) {
  return find_now(*store_, std::move(request), soon());
}
result<std::int64_t> any_store::count(find_request request) { return count_now(*store_, std::move(request), soon()); }

namespace {

INSTANTIATE_TEST_SUITE_P(
    over, any_store,
    ::testing::ValuesIn(tried({implementation::memory, implementation::sqlite3, implementation::postgresql,
                               implementation::mysql, implementation::odbc_postgresql, implementation::odbc_mysql,
                               implementation::sqlite3_legacy, implementation::postgresql_legacy,
                               implementation::mysql_legacy, implementation::odbc_postgresql_legacy,
                               implementation::odbc_mysql_legacy})),
    name_of);
INSTANTIATE_TEST_SUITE_P(over, any_sql_store,
                         ::testing::Values(implementation::sqlite3, implementation::postgresql, implementation::mysql,
                                           implementation::odbc_postgresql, implementation::odbc_mysql),
                         name_of);

}  // namespace

}  // namespace causeway::testing
