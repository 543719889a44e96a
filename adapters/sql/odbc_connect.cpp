// KEY=VALUE;KEY={a value with ; and }} in it};... Of a key that is there twice drivers take the first or the last, so
// no key may be there twice.
#include "sql/odbc_connect.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "sql/failure.hpp"

namespace causeway::sql {

namespace {

// SOCI keeps the completed string in 1024 bytes and does not look whether it fits; drivers add names of their own.
constexpr std::size_t longest = 600;

struct attribute {
  std::string_view key, value;
};

constexpr attribute postgresql_always[] = {
    {"LFConversion", "0"},      // line ends stay what they are
    {"UseDeclareFetch", "0"},   // no cursors, which would end with the transaction
    {"Protocol", "7.4-0"},      // no savepoint before each statement: what failed is rolled back by the store
    {"TextAsLongVarchar", "1"}  // text has no length that it would be cut at
};
constexpr attribute postgresql_unless_said[] = {
    {"CommLog", "0"},  // the driver's own logs hold values
    {"Debug", "0"},
    {"pqopt",
     "{connect_timeout=5 keepalives_idle=10 keepalives_interval=5 keepalives_count=3 tcp_user_timeout=30000 "
     "application_name=causeway}"},
};
constexpr attribute mysql_always[] = {
    {"CHARSET", "utf8mb4"}, {"OPTION", "2"},  // rows that were met count, whether they changed or not
};
constexpr attribute mysql_unless_said[] = {
    {"CONN_TIMEOUT", "5"},
    {"READ_TIMEOUT", "60"},
    {"WRITE_TIMEOUT", "60"},
};

std::string lower(std::string_view text) {
  std::string all(text);
  for (char &c : all)
    if (c >= 'A' && c <= 'Z') c = char(c + 32);
  return all;
}

[[noreturn]] void refuse(const std::string &why) {
  throw database_failure{failure_class::unavailable, "the connection string " + why};
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// The keys in lower case; refuses what cannot be read.
std::vector<std::string> keys_of(std::string_view text) {
  std::vector<std::string> keys;
  while (!trimmed(text).empty()) {
    const auto equals = text.find('=');
    const auto end = text.find(';');
    if (equals == std::string_view::npos || equals > end) refuse("must be KEY=VALUE;KEY=VALUE");
    keys.push_back(lower(trimmed(text.substr(0, equals))));
    text.remove_prefix(equals + 1);
    if (text.starts_with('{')) {
      auto close = text.find('}');
      while (close != std::string_view::npos && text.substr(close + 1).starts_with('}'))
        close = text.find('}', close + 2);
      if (close == std::string_view::npos) refuse("has a { without its }");
      text.remove_prefix(close + 1);
    }
    const auto next = text.find(';');
    text.remove_prefix(next == std::string_view::npos ? text.size() : next + 1);
  }
  return keys;
}

}  // namespace

std::string odbc_connect_string(sql_dialect behind, const std::string &given) {
  const auto keys = keys_of(given);
  const auto said = [&](std::string_view key) { return std::count(keys.begin(), keys.end(), lower(key)); };
  for (const auto &key : keys)
    if (said(key) > 1) refuse("names a key twice");
  std::string all = trimmed(given);
  const auto add = [&](const attribute &a) {
    if (!all.ends_with(';')) all += ';';
    all.append(a.key).append("=").append(a.value);
  };
  const bool mysql = behind == sql_dialect::mysql;
  for (const attribute &a : mysql ? std::span<const attribute>(mysql_always) : postgresql_always) {
    if (said(a.key)) refuse("must not set " + std::string(a.key) + ": Causeway does");
    add(a);
  }
  for (const attribute &a : mysql ? std::span<const attribute>(mysql_unless_said) : postgresql_unless_said)
    if (!said(a.key)) add(a);
  if (all.size() > longest)
    refuse("is too long: it may have " + std::to_string(longest - (all.size() - given.size())) +
           " characters; move some of it to a data source in odbc.ini");
  return all;
}

}  // namespace causeway::sql
