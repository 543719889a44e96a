// Whether what a configuration calls a store's character set fits into what the database keeps text in.
#pragma once

#include <string>
#include <string_view>

#include "sql/dialect.hpp"

namespace causeway::sql {

// Whether every character of `charset` ("utf-8", "windows-1252", "iso-8859-1", "ascii") can be kept, as that character,
// in text that the database says to be in `encoding` ("WIN1252", "utf8mb4"); ASCII can in every one. False where it is
// not known. iso-8859-1 is without control characters here, so windows-1252 has it all. Sources: PostgreSQL, "Character
// Set Support"; MariaDB, "Supported Character Sets and Collations" (its latin1 is windows-1252, its utf8mb3 ends at
// U+FFFF).
bool can_keep(sql_dialect dialect, std::string_view encoding, std::string_view charset);

}  // namespace causeway::sql
