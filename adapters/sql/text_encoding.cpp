#include "sql/text_encoding.hpp"

#include <algorithm>
#include <iterator>

namespace causeway::sql {

bool can_keep(sql_dialect dialect, std::string_view encoding, std::string_view charset) {
  if (charset == "ascii" || dialect == sql_dialect::sqlite3) return true;
  struct pair {
    sql_dialect dialect;
    std::string_view encoding, charset;
  };
  constexpr auto postgresql = sql_dialect::postgresql, mysql = sql_dialect::mysql;
  static constexpr pair kept[] = {
      {postgresql, "UTF8", "utf-8"},         {postgresql, "UTF8", "windows-1252"},
      {postgresql, "UTF8", "iso-8859-1"},    {postgresql, "WIN1252", "windows-1252"},
      {postgresql, "WIN1252", "iso-8859-1"}, {postgresql, "LATIN1", "iso-8859-1"},
      {mysql, "utf8mb4", "utf-8"},           {mysql, "utf8mb4", "windows-1252"},
      {mysql, "utf8mb4", "iso-8859-1"},      {mysql, "utf8mb3", "windows-1252"},
      {mysql, "utf8mb3", "iso-8859-1"},      {mysql, "latin1", "windows-1252"},
      {mysql, "latin1", "iso-8859-1"},
  };
  return std::any_of(std::begin(kept), std::end(kept), [&](const pair &p) {
    return p.dialect == dialect && p.encoding == encoding && p.charset == charset;
  });
}

}  // namespace causeway::sql
