// The SQL dialects that are spoken.
#pragma once

namespace causeway {

enum class sql_dialect { sqlite3, postgresql, mysql };

}  // namespace causeway
