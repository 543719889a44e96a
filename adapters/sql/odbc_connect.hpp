// The connection string that an ODBC driver is given.
#pragma once

#include <string>

#include "sql/dialect.hpp"

namespace causeway::sql {

// The site's string with what the driver must be told besides: what keeps values as they are always (and a string that
// says something about it is refused), what bounds waiting where the site says nothing. Throws
// database_failure{unavailable} whose words name keys and never a value.
std::string odbc_connect_string(sql_dialect behind, const std::string &given);

}  // namespace causeway::sql
