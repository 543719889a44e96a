#include "tests/support/test_postgres.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>

#include "sql/connection.hpp"

namespace causeway::testing {

namespace {

time_point wall_clock() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

// A cluster of this program's own.
class own_server {
 public:
  own_server() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cw-pg.XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder for PostgreSQL");
    folder_ = pattern;
    const std::string command = "tests/support/postgres.sh start " + folder_;
    FILE *said = ::popen(command.c_str(), "r");
    if (!said) throw std::runtime_error("tests/support/postgres.sh cannot be run");
    std::array<char, 4096> text{};
    while (std::fgets(text.data(), int(text.size()), said)) connect_ += text.data();
    if (::pclose(said) != 0 || connect_.empty())
      throw std::runtime_error("PostgreSQL did not start; its tests need Debian's package postgresql-15");
    connect_.erase(connect_.find_last_not_of('\n') + 1);
  }
  ~own_server() {
    if (folder_.empty()) return;
    if (std::system(("tests/support/postgres.sh stop " + folder_).c_str()) != 0)
      std::fprintf(stderr, "the PostgreSQL in %s did not stop\n", folder_.c_str());
  }

  const std::string &connect() const { return connect_; }

 private:
  std::string folder_, connect_;
};

const std::string &server() {
  static const std::string connect = [] {
    if (const char *named = std::getenv("CAUSEWAY_TEST_POSTGRES"); named && *named) return std::string(named);
    static const own_server own;
    return own.connect();
  }();
  return connect;
}

void run(const std::string &connect, const std::string &sql) {
  try {
    sql::connection::open({sql_dialect::postgresql, connect, false, false, wall_clock, {}})->execute(sql);
  } catch (const sql::database_failure &failure) {
    throw std::runtime_error("PostgreSQL for tests: " + failure.code);
  }
}

}  // namespace

test_database::test_database() {
  static std::atomic<int> next{0};
  name_ = "causeway_test_" + std::to_string(::getpid()) + "_" + std::to_string(next++);
  run(server(), "CREATE DATABASE " + name_);
  connect_ = server() + " dbname=" + name_;
}

test_database::~test_database() {
  try {
    run(server(), "DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception &e) {
    std::fprintf(stderr, "%s was not dropped: %s\n", name_.c_str(), e.what());
  }
}

void test_database::clear() {
  end_connections();
  execute("DROP SCHEMA public CASCADE");
  execute("CREATE SCHEMA public");
}

void test_database::end_connections() {
  run(server(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name_ + "'");
}

void test_database::execute(const std::string &sql) { run(connect_, sql); }

}  // namespace causeway::testing
