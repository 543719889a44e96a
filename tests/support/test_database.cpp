#include "tests/support/test_database.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <unistd.h>
#include <vector>

#include "sql/connection.hpp"

namespace causeway::testing {

namespace {

time_point wall_clock() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

struct server_program {
  const char *script, *variable, *package;
};

const server_program &program_of(test_server which) {
  static constexpr server_program postgresql{"tests/support/postgres.sh", "CAUSEWAY_TEST_POSTGRES", "postgresql-15"};
  static constexpr server_program mariadb{"tests/support/mariadb.sh", "CAUSEWAY_TEST_MARIADB", "mariadb-server"};
  return which == test_server::mariadb ? mariadb : postgresql;
}

// A server of this program's own.
class own_server {
 public:
  explicit own_server(const server_program &program) : script_(program.script) {
    std::string pattern = (std::filesystem::temp_directory_path() / "cw-db.XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder for a database");
    folder_ = pattern;
    FILE *said = ::popen((script_ + " start " + folder_).c_str(), "r");
    if (!said) throw std::runtime_error(script_ + " cannot be run");
    std::array<char, 4096> text{};
    while (std::fgets(text.data(), int(text.size()), said)) connect_ += text.data();
    if (::pclose(said) != 0 || connect_.empty())
      throw std::runtime_error("the database did not start; its tests need Debian's package " +
                               std::string(program.package));
    connect_.erase(connect_.find_last_not_of('\n') + 1);
  }
  ~own_server() {
    if (folder_.empty()) return;
    if (std::system((script_ + " stop " + folder_).c_str()) != 0)
      std::fprintf(stderr, "the database in %s did not stop\n", folder_.c_str());
  }

  const std::string &connect() const { return connect_; }

 private:
  std::string script_, folder_, connect_;
};

// The server that a variable names, or else one that is kept until the program ends.
template <test_server Which>
const std::string &server_of() {
  static const std::string connect = [] {
    const server_program &program = program_of(Which);
    if (const char *named = std::getenv(program.variable); named && *named) return std::string(named);
    static const own_server own(program);
    return own.connect();
  }();
  return connect;
}

const std::string &server(test_server which) {
  return which == test_server::mariadb ? server_of<test_server::mariadb>() : server_of<test_server::postgresql>();
}

std::unique_ptr<sql::connection> open(test_server which, const std::string &connect) {
  const auto dialect = which == test_server::mariadb ? sql_dialect::mysql : sql_dialect::postgresql;
  return sql::connection::open({dialect, connect, false, false, wall_clock, {}});
}

void run(test_server which, const std::string &connect, const std::string &sql) {
  try {
    open(which, connect)->execute(sql);
  } catch (const sql::database_failure &failure) {
    throw std::runtime_error("the database for tests: " + failure.code + " at " + sql);
  }
}

}  // namespace

test_database::test_database(test_server which) : which_(which) {
  static std::atomic<int> next{0};
  name_ = "causeway_test_" + std::to_string(::getpid()) + "_" + std::to_string(next++);
  run(which_, server(which_), "CREATE DATABASE " + name_);
  connect_ = server(which_);
  if (which_ == test_server::postgresql)
    connect_ += " dbname=" + name_;
  else
    connect_.replace(connect_.find("db=test"), 7, "db=" + name_);
}

test_database::~test_database() {
  try {
    run(which_, server(which_), "DROP DATABASE " + name_ + (which_ == test_server::postgresql ? " WITH (FORCE)" : ""));
  } catch (const std::exception &e) {
    std::fprintf(stderr, "%s was not dropped: %s\n", name_.c_str(), e.what());
  }
}

std::string test_database::odbc_connect() const {
  const bool postgresql = which_ == test_server::postgresql;
  std::string all = postgresql ? "Driver={PostgreSQL Unicode}" : "Driver={MariaDB Unicode}";
  // Of a key that is there twice the last counts.
  std::map<std::string, std::string> words;
  std::istringstream in(connect_);
  for (std::string word; in >> word;)
    if (const auto equals = word.find('='); equals != std::string::npos)
      words[word.substr(0, equals)] = word.substr(equals + 1);
  static constexpr std::pair<const char *, const char *> names[] = {
      {"host", "Server"}, {"port", "Port"}, {"unix_socket", "Socket"}, {"dbname", "Database"},
      {"db", "Database"}, {"user", "Uid"},  {"password", "Pwd"}};
  for (const auto &[word, key] : names)
    if (const auto at = words.find(word); at != words.end()) all += ";" + std::string(key) + "=" + at->second;
  return all;
}

void test_database::clear() {
  end_connections();
  if (which_ == test_server::postgresql) {
    // An autovacuum that is at work gives way after deadlock_timeout (1 s), which is the adapter's patience for a lock.
    execute("DO $$ BEGIN SET LOCAL lock_timeout = '30s'; DROP SCHEMA public CASCADE; END $$");
    execute("CREATE SCHEMA public");
  } else {
    run(which_, server(which_), "DROP DATABASE " + name_);
    run(which_, server(which_), "CREATE DATABASE " + name_);
  }
}

std::size_t test_database::tables() {
  const std::string schema = which_ == test_server::postgresql ? "'public'" : "DATABASE()";
  const auto on = open(which_, connect_);
  sql::statement &s = on->prepared("tables", [&] {
    return sql::sql_text{"SELECT count(*) FROM information_schema.tables WHERE table_schema = " + schema, {}, 1};
  });
  std::size_t count = 0;
  s.run([&] { count = std::size_t(s.number(0)); });
  return count;
}

void test_database::end_connections() {
  if (which_ == test_server::postgresql) {
    run(which_, server(which_),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name_ + "'");
    return;
  }
  const auto on = open(which_, server(which_));
  sql::statement &s = on->prepared("connections", [&] {
    return sql::sql_text{"SELECT id FROM information_schema.processlist WHERE db = :p1", {sql::column_family::text}, 1};
  });
  s.bind(0, name_);
  std::vector<std::string> ids;
  s.run([&] { ids.emplace_back(s.text(0)); });
  for (const auto &id : ids) {
    try {
      on->execute("KILL " + id);
    } catch (const sql::database_failure &) {
      continue;  // gone by itself
    }
  }
}

void test_database::execute(const std::string &sql) { run(which_, connect_, sql); }

}  // namespace causeway::testing
