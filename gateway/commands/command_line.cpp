// The command line: what can be said, and which command it means. CLI11 does the parsing and the help texts.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/manual.hpp"

namespace causeway {

namespace {

// The prefix that the program stands in: /usr of /usr/bin/causeway.
std::filesystem::path prefix() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path("/usr") : program.parent_path().parent_path();
}

// What was only built runs in its tree. What was installed looks where its packages put the configuration, whatever the
// working directory is: a stranger's folder must not lend it one.
std::string standard_configuration() {
  const auto at = prefix();
  std::error_code ignored;
  if (std::filesystem::exists(at / "CMakeCache.txt", ignored)) return "config/causeway.yaml";
  return ((at.filename() == "usr" ? at.parent_path() : at) / "etc" / "causeway" / "causeway.yaml").string();
}

}  // namespace

int run(int argc, char **argv, const store_opener &open) {
  CLI::App app{"Causeway: one HTTP API over two record stores, and the copies between them."};
  app.name("causeway");
  app.require_subcommand(1);
  app.fallthrough();

  common_options common;
  common.config = standard_configuration();
  common.plugin_folder = (prefix() / "lib" / "causeway" / "plugins").string();
  app.set_version_flag("--version", "causeway " CAUSEWAY_VERSION, "Print the version");
  app.add_option("--config", common.config,
                 "The configuration file; else /etc/causeway/causeway.yaml of an installed program, "
                 "config/causeway.yaml of one that was only built");
  app.add_option("--set", common.overrides, "Override a setting: a.b=value; may be given again")
      ->allow_extra_args(false);  // what stands behind it is the command's

  auto *serve = app.add_subcommand("serve",
                                   "Serve the API and carry copies across until SIGTERM, then drain; SIGHUP takes up a "
                                   "changed configuration");

  check_options checks;
  auto *check = app.add_subcommand("check", "Find every fault of configuration, mappings and schemas without serving");
  check->add_flag("--json", checks.json, "Print the findings as JSON, with whole examples");
  check->add_flag("--ddl", checks.ddl, "Print the statements that create the tables instead of comparing");

  std::string mapping_file, record;
  bool reverse = false;
  auto *map = app.add_subcommand("map", "Send one record through a mapping and print what becomes of it");
  map->add_option("file", mapping_file, "The mapping, such as config/mappings/note.yaml")->required();
  map->add_option("--record", record, "The record as a JSON object; fields that it does not name are empty")
      ->required();
  map->add_flag("--reverse", reverse, "The record is the target's, as its store holds it, and is read back");

  std::string schema_of = "config";
  auto *schema = app.add_subcommand("schema", "Print the JSON Schema of the files that a site writes, for editors");
  schema->add_option("file", schema_of, "config, records (a file of record kinds) or mapping")
      ->capture_default_str()
      ->check(CLI::IsMember({"config", "records", "mapping"}));

  std::string old_file, new_file;
  bool diff_as_json = false;
  auto *diff = app.add_subcommand("diff", "Say in words what would change if one configuration took another's place");
  diff->add_option("old", old_file, "The configuration that serves")->required();
  diff->add_option("new", new_file, "The one that would take its place")->required();
  diff->add_flag("--json", diff_as_json, "Print the changes as JSON");

  std::string grants_to;
  check->add_option("--grants", grants_to,
                    "Print the statements that grant this PostgreSQL role what serving needs, and nothing else");

  std::int64_t customers = 0;
  std::uint64_t random_seed = 1;
  auto *seed = app.add_subcommand("seed", "Fill empty stores with made-up data, the same for the same seed");
  seed->add_option("--customers", customers, "How many customers; CSIDs 1 to this")
      ->required()
      ->check(CLI::Range(std::int64_t(1), std::int64_t(999'999'999)));
  seed->add_option("--random-seed", random_seed, "Other numbers give other data")->capture_default_str();

  route_options on_route;
  auto *reconcile = app.add_subcommand(
      "reconcile", "Compare both stores record by record through a route's mapping; also while a gateway serves");
  reconcile->add_flag("--repair", on_route.repair, "Ask the outbox for exactly the repairs; the relay carries them");
  auto *backfill = app.add_subcommand(
      "backfill", "Ask for copies of what stood before the route; safe to stop, to kill and to run again");
  backfill->add_option("--rate", on_route.rate, "Copies asked for in a second, at most; 0: as many as can be")
      ->check(CLI::Range(std::uint64_t(0), std::uint64_t(1'000'000)))
      ->capture_default_str();
  for (auto *command : {reconcile, backfill}) {
    command->add_option("--route", on_route.route, "The copy route's name")->required();
    command->add_option("--by", on_route.by, "In whose name copies are asked for; else yours")
        ->check([](const auto &name) {
          return name.empty() || name.size() > 64 ? std::string("must have 1 to 64 characters") : std::string();
        });
    command->add_flag("--json", on_route.json, "Report as one JSON object a line, the last the sums");
  }

  std::string traced;
  bool as_json = false;
  auto *trace = app.add_subcommand("trace",
                                   "Tell the life of one record that crosses: who posted it, which mapping let it in, "
                                   "its outbox entry, each attempt "
                                   "with its error, its copy, and whether both agree now. No content is shown.");
  trace->add_option("ID", traced, "The id of a communication, of a note, or of the copy of one")
      ->required()
      ->check([](const std::string &id) { return id.empty() || id.size() > 200 ? "must have 1 to 200 bytes" : ""; });
  trace->add_flag("--json", as_json, "As JSON, one object a line");

  std::string key_name;
  std::vector<std::string> roles;
  auto *key = app.add_subcommand("key", "Make keys for callers");
  key->require_subcommand(1);
  auto *new_key = key->add_subcommand("new", "Print a new key, once, and the hashed entry for the configuration");
  new_key->add_option("--name", key_name, "The officer id that records carry")->required();
  new_key->add_option("--role", roles, "service-officer, ps-officer, service-manager, partner or operator")
      ->required()
      ->check(CLI::IsMember({"service-officer", "ps-officer", "service-manager", "partner", "operator"}));

  auto *plugins = app.add_subcommand("plugins", "List the configured plugins and their operations");

  std::string page;
  auto *manual = app.add_subcommand("manual", "Print a page of the manual or the completion for bash");
  manual->add_option("PAGE", page, "causeway.1, causeway.yaml.5 or bash-completion")
      ->required()
      ->check(CLI::IsMember({"causeway.1", "causeway.yaml.5", "bash-completion"}));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &e) {
    return app.exit(e) == 0 ? 0 : 1;
  }

  if (*serve) return serve_command(common, open);
  if (*check && !grants_to.empty()) return grants_command(common, grants_to);
  if (*check) return check_command(common, checks, open);
  if (*map) return map_command(common, mapping_file, record, reverse);
  if (*schema) return schema_command(schema_of);
  if (*diff) return diff_command(common, old_file, new_file, diff_as_json);
  if (*seed) return seed_command(common, customers, random_seed, open);
  if (*reconcile) return reconcile_command(common, on_route, open);
  if (*backfill) return backfill_command(common, on_route, open);
  if (*trace) return trace_command(common, traced, as_json, open);
  if (*new_key) return new_key_command(key_name, roles);
  if (*plugins) return plugins_command(common);
  if (*manual) {
    std::cout << (page == "causeway.1"        ? commands_page(app)
                  : page == "causeway.yaml.5" ? settings_page()
                                              : bash_completion(app));
    return std::cout.flush() ? 0 : 1;
  }
  return 1;
}

}  // namespace causeway
