#include "sql/text_encoding.hpp"

#include <gtest/gtest.h>

namespace causeway::sql {
namespace {

TEST(text_encoding, keeps_a_charset_only_where_each_of_its_characters_is_kept) {
  constexpr auto postgresql = sql_dialect::postgresql, mysql = sql_dialect::mysql, sqlite = sql_dialect::sqlite3;
  const struct {
    sql_dialect dialect;
    const char *encoding;
    const char *kept, *lost;  // charsets, between blanks
  } rows[] = {
      {postgresql, "UTF8", " utf-8 windows-1252 iso-8859-1 ascii ", ""},
      {postgresql, "WIN1252", " windows-1252 iso-8859-1 ascii ", " utf-8 "},
      {postgresql, "LATIN1", " iso-8859-1 ascii ", " utf-8 windows-1252 "},     // not the euro sign
      {postgresql, "SQL_ASCII", " ascii ", " utf-8 windows-1252 iso-8859-1 "},  // bytes, whatever they mean
      {postgresql, "KOI8R", " ascii ", " utf-8 windows-1252 iso-8859-1 "},
      {mysql, "utf8mb4", " utf-8 windows-1252 iso-8859-1 ascii ", ""},
      {mysql, "utf8mb3", " windows-1252 iso-8859-1 ascii ", " utf-8 "},  // not beyond U+FFFF
      {mysql, "latin1", " windows-1252 iso-8859-1 ascii ", " utf-8 "},
      {mysql, "ascii", " ascii ", " utf-8 windows-1252 iso-8859-1 "},
      {sqlite, "", " utf-8 windows-1252 iso-8859-1 ascii ", ""},
  };
  for (const auto &row : rows)
    for (const std::string charset : {"utf-8", "windows-1252", "iso-8859-1", "ascii"}) {
      SCOPED_TRACE(row.encoding + (" " + charset));
      EXPECT_EQ(can_keep(row.dialect, row.encoding, charset),
                std::string(row.kept).find(" " + charset + " ") != std::string::npos);
      EXPECT_NE(std::string(row.kept).find(" " + charset + " ") != std::string::npos,
                std::string(row.lost).find(" " + charset + " ") != std::string::npos);
    }
}

}  // namespace
}  // namespace causeway::sql
