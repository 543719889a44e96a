// PostgreSQL for a test program: the server that CAUSEWAY_TEST_POSTGRES names (a libpq connection string to a server
// where databases may be created), or else one of its own, started when first needed and stopped at the program's end.
#pragma once

#include <string>

namespace causeway::testing {

// A new, empty database; dropped with this object. Throws std::runtime_error where there is no server: a test without
// its database fails.
class test_database {
 public:
  test_database();
  ~test_database();
  test_database(const test_database &) = delete;

  const std::string &name() const { return name_; }
  // A libpq connection string.
  const std::string &connect() const { return connect_; }
  // Empties it: much sooner done than making another.
  void clear();
  // Ends every connection to the database but this one's.
  void end_connections();
  // Runs a statement in it.
  void execute(const std::string &sql);

 private:
  std::string name_;
  std::string connect_;
};

}  // namespace causeway::testing
