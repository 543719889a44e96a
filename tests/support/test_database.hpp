// Databases for a test program: on the server that CAUSEWAY_TEST_POSTGRES or CAUSEWAY_TEST_MARIADB names (a connection
// string to a server where databases may be created), or else on one of its own, started when first needed and stopped
// at the program's end.
#pragma once

#include <cstddef>
#include <string>

namespace causeway::testing {

enum class test_server { postgresql, mariadb };

// A new, empty database; dropped with this object. Throws std::runtime_error where there is no server: a test without
// its database fails.
class test_database {
 public:
  explicit test_database(test_server which = test_server::postgresql);
  ~test_database();
  test_database(const test_database &) = delete;

  const std::string &name() const { return name_; }
  // A connection string of the server's kind.
  const std::string &connect() const { return connect_; }
  // And one for the ODBC driver of such a server.
  std::string odbc_connect() const;
  // Empties it: much sooner done than making another.
  void clear();
  // How many tables and views are in it.
  std::size_t tables();
  // Ends every connection to the database but this one's.
  void end_connections();
  // Runs a statement in it.
  void execute(const std::string &sql);

 private:
  test_server which_;
  std::string name_;
  std::string connect_;
};

}  // namespace causeway::testing
