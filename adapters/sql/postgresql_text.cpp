// In both formats a backslash stands before what would mean something else. Texts are copied in whole runs between
// such characters: they are most of what a batch sends.
#include "sql/postgresql_text.hpp"

#include <string_view>

#include "store/plain_text.hpp"

namespace causeway::sql {

namespace {

// What stands behind the backslash for a character; NUL, which no text has: it needs none.
char escaped_in_array(char c) { return c == '"' || c == '\\' ? c : '\0'; }
char escaped_in_copy(char c) {
  // A line's end itself behind a backslash is taken today, and the manual warns that it may not always be.
  return c == '\\' ? '\\' : c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\0';
}

// More than need it in either format.
std::uint64_t may_be_escaped(std::uint64_t eight) {
  using namespace eight_bytes;
  return below(eight, ' ') | equal(eight, '"') | equal(eight, '\\');
}

template <char (*Escaped)(char)>
void append_escaped(std::string &to, std::string_view text) {
  std::size_t run = 0;  // begins here
  for (std::size_t at = 0;; ++at) {
    at += skip_plain(text.substr(at), may_be_escaped);
    if (at == text.size()) break;
    const char escaped = Escaped(text[at]);
    if (escaped == '\0') continue;
    to.append(text, run, at - run);
    to += '\\';
    to += escaped;
    run = at + 1;
  }
  to.append(text, run);
}

}  // namespace

void append_element(std::string &array, const cell &c) {
  if (array.size() > 1) array += ',';
  if (std::holds_alternative<std::monostate>(c)) {
    array += "NULL";
  } else if (const auto *number = std::get_if<std::int64_t>(&c)) {
    array += std::to_string(*number);
  } else {
    array += '"';
    append_escaped<escaped_in_array>(array, std::get<std::string>(c));
    array += '"';
  }
}

void append_column(std::string &row, const cell &c) {
  if (std::holds_alternative<std::monostate>(c)) {
    row += "\\N";
  } else if (const auto *number = std::get_if<std::int64_t>(&c)) {
    row += std::to_string(*number);
  } else {
    append_escaped<escaped_in_copy>(row, std::get<std::string>(c));
  }
}

}  // namespace causeway::sql
