// The configuration, typed: one YAML file and the files it names, read strictly. An unknown key, a duplicate key and a
// wrong type are findings with their place, the nearest known key named.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "causeway/value.hpp"
#include "mapping/declaration.hpp"
#include "runtime/finding.hpp"
#include "settings/schema_node.hpp"
#include "store/circuit_breaker.hpp"
#include "store/record_kind.hpp"

namespace causeway {

enum class backend { sqlite3, postgresql, mysql, odbc };
// As the configuration calls it.
std::string_view to_string(backend which);

struct store_settings {
  place at;
  std::string name;  // "pluto"
  backend kind = backend::sqlite3;
  // The database whose language is spoken: `kind`, or what stands behind ODBC (postgresql or mysql).
  backend dialect = backend::sqlite3;
  // A file, relative to data_dir (SQLite; whoever opens it joins the two), or a connection string (of libpq for
  // PostgreSQL, of SOCI for MariaDB, of ODBC for what is behind it), which may hold a secret: never log it.
  std::string connect;
  bool create = false;                       // missing tables are created; default: true for SQLite, false for servers
  unsigned readers = 2;                      // threads that read, 1 to 64 (servers: sessions that read and write)
  std::size_t queue = 4096;                  // requests that may wait, 1 to 1,000,000; more are overloaded
  charset encoding = charset::utf8;          // what the store's text columns can hold
  std::vector<kind_ptr> kinds;               // from the file that records: names; those without a fault
  std::map<std::string, place> kind_places;  // by kind name; those with faults too
};

// A value of a plugin's settings as written; typed by the plugin's declaration when it is loaded.
struct plugin_setting {
  place at;
  value content;
};

struct plugin_settings {
  place at;
  std::string library;  // a name in the plugin folder, or a path
  std::map<std::string, plugin_setting> settings;
};

struct route_settings {
  place at;
  std::string name;
  std::string from;
  std::string to;
  std::string after;  // the route whose copies go first, per customer; empty: none
  mapping_declaration mapping;
};

struct key_settings {
  place at;
  std::string name;
  std::vector<std::string> roles;
  std::string sha256;  // 64 lower-case hex digits
};

struct limit_settings {
  std::size_t body = 1 << 20;                         // bytes of a request's body
  std::size_t connections = 4096;                     // open at once; more are refused
  std::size_t requests = 8192;                        // under way at once; more are answered 503
  std::chrono::milliseconds wait{1'000};              // for an answer, under overload; more are answered 503
  std::chrono::milliseconds deadline{10'000};         // of a request
  std::chrono::milliseconds read_timeout{10'000};     // of a request's head and body
  std::chrono::milliseconds idle_timeout{60'000};     // of a connection between requests
  std::chrono::milliseconds drain{20'000};            // how long SIGTERM waits for requests under way
  std::chrono::milliseconds idempotency{86'400'000};  // how long an Idempotency-Key is kept
};

struct relay_settings {
  std::size_t batch = 2'000;                     // copies that go together, at most; 1 to 10,000
  std::chrono::milliseconds poll{100};           // how often it looks without being told
  std::chrono::milliseconds retry_first{200};    // backoff after the first transient fault
  std::chrono::milliseconds retry_most{60'000};  // and at most
};

// A listener for metrics alone, which asks for no key.
struct metrics_settings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
};

struct log_settings {
  std::string level = "info";             // debug, info, warning, error
  bool requests = false;                  // a line for each request, not only for those refused, failed or slow
  std::chrono::milliseconds slow{1'000};  // what a request may take before it is logged as slow
};

struct settings {
  std::filesystem::path data_dir = "var";
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  unsigned threads = 1;       // that serve connections, 1 to 64
  log_settings log;
  std::vector<store_settings> stores;
  std::vector<plugin_settings> plugins;
  std::vector<route_settings> routes;
  std::vector<key_settings> keys;   // those of keys_from too; names and hashes are unique
  place security_at;                // of the section that says who may call; of the whole file where there is none
  std::filesystem::path keys_from;  // a file of further keys, data_dir included; empty: none. It need not exist
  limit_settings limits;
  relay_settings relay;
  // Within which what a gateway held that died or stalls is another's: its copies, its keys.
  std::chrono::milliseconds takeover{5'000};
  breaker_options breaker;                  // of every store
  std::optional<metrics_settings> metrics;  // nothing: GET /metrics of the API alone
  place top;                                // of the whole file
  // Where single settings stand that only a start takes up, by their paths ("listen.port"): of one that is not written,
  // where it would.
  std::map<std::string, place> places;

  // Null where there is none of this name.
  const store_settings *find_store(std::string_view name) const;
};

struct loaded_settings {
  settings content;
  std::vector<finding> findings;
  // What ${NAME} and ${file:PATH} stood for, with how it was written: for hide_secrets, never to be shown.
  std::vector<std::pair<std::string, std::string>> secrets;
};

// Reads the file, what it names, and the overrides (`a.b=value`, from --set; later ones win). Whatever can be read is
// there even when there are findings; serve only without errors. Findings stand in the order of files and lines; a
// secret never appears in one. Places name files as `file` does: a relative `file` gives relative places.
// Reads the environment: not while another thread changes it. Does not throw, but for want of memory.
loaded_settings load_settings(const std::filesystem::path &file, const std::vector<std::string> &overrides = {});

// Takes what ${NAME} and ${file:PATH} stood for out of findings that come later, from what read the loaded content.
void hide_secrets(const loaded_settings &loaded, std::vector<finding> &findings);

// All settings, in the order in which a configuration is read: what it may say.
void describe_settings(schema_node &into);

// One setting, for people.
struct setting_description {
  std::string path;      // as --set names it: "listen.port", "stores.NAME.backend", "copies.N.from"
  std::string type;      // "a whole number from 0 to 65535"
  std::string standard;  // its default; "needed" where there is none; empty: nothing
  std::string sentence;
};

// The same as a list, without the sections.
std::vector<setting_description> describe_settings();

}  // namespace causeway
