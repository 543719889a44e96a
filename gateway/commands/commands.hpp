// The commands of the program, one function each. They write for people: results on standard output, what is wrong on
// standard error. Each returns the program's exit code: 0, or 1 where something is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "commands/store_opener.hpp"

namespace causeway {

// What every command takes.
struct common_options {
  std::string config = "config/causeway.yaml";
  std::vector<std::string> overrides;  // "a.b=value"
  std::string plugin_folder;           // where libraries named without a slash are found
};

// Serves until SIGTERM or SIGINT, then drains.
int serve_command(const common_options &common, const store_opener &open);

struct check_options {
  bool ddl = false;   // prints the statements that create the tables instead of comparing
  bool json = false;  // the findings as one JSON object on standard output
};

// Says every fault of configuration, mappings, plugins and schemas, and what the mappings lose; 1 where there are
// errors.
int check_command(const common_options &common, const check_options &options, const store_opener &open);

// Sends a record, given as JSON, through the mapping that the file declares, and prints what becomes of it, as the
// target's store would hold it; with `reverse` the other way. 1 where it is refused.
int map_command(const common_options &common, const std::string &file, const std::string &record, bool reverse);

// Prints the JSON Schema of the configuration ("config"), of a file of record kinds ("records") or of a mapping file
// ("mapping").
int schema_command(const std::string &of);

// Says what would change for callers and operators if the configuration in one file took the place of the other's; 0
// where nothing would, 1 where something would, 2 where one of them has errors.
int diff_command(const common_options &common, const std::string &old_file, const std::string &new_file, bool json);

// Prints the statements that grant a database role what serving needs, and nothing else.
int grants_command(const common_options &common, const std::string &role);

int seed_command(const common_options &common, std::int64_t customers, std::uint64_t random_seed,
                 const store_opener &open);

// What the commands on one copy route take.
struct route_options {
  std::string route;
  std::string by;          // in whose name; empty: the user's who runs the command
  bool json = false;       // one JSON object a line instead of text for people
  bool repair = false;     // reconcile: ask for the repairs
  std::uint64_t rate = 0;  // backfill: copies asked for in a second, at most; 0: as many as can be
};

// Compares both stores through a route's mapping; 1 where they differ.
int reconcile_command(const common_options &common, const route_options &options, const store_opener &open);

// Asks for copies of what stood before the route; 1 where something was left behind, or it was stopped.
int backfill_command(const common_options &common, const route_options &options, const store_opener &open);

// Tells the life of the record with this id, or whose copy has it: for people, or as JSON, one object a line. 1 where
// no store knows it.
int trace_command(const common_options &common, const std::string &id, bool json, const store_opener &open);

// Prints a new key, once, and the entry with its hash.
int new_key_command(const std::string &name, const std::vector<std::string> &roles);

// Lists what the configuration's plugins declare.
int plugins_command(const common_options &common);

// Parses the command line and runs what it says.
int run(int argc, char **argv, const store_opener &open);

}  // namespace causeway
