// Faulty configurations, each with what is said of it.
#include "settings/settings.hpp"

#include <gtest/gtest.h>

#include "settings/test_folder.hpp"

namespace causeway {
namespace {

struct fault_row {
  std::string from;  // what is replaced in the sound configuration, empty: it is added at the end
  std::string to;
  std::string findings;  // one a line
};

void expect_findings(const std::string &file, const std::string &sound, const std::vector<fault_row> &table) {
  for (const fault_row &row : table) {
    const test_folder folder;
    const auto main = write_sound(folder, file, row.from.empty() ? sound + row.to : with(sound, row.from, row.to));
    EXPECT_EQ(folder.lines(load_settings(main).findings), row.findings) << row.from << " -> " << row.to;
  }
}

TEST(settings, sound_configuration_has_no_findings) {
  const test_folder folder;
  const loaded_settings loaded = load_settings(write_sound(folder));
  EXPECT_EQ(folder.lines(loaded.findings), "");
  ASSERT_EQ(loaded.content.plugins.size(), 1U);
  EXPECT_EQ(loaded.content.plugins[0].settings.at("x").content, value(std::int64_t{1}));
  ASSERT_EQ(loaded.content.keys.size(), 1U);
  EXPECT_EQ(loaded.content.keys[0].roles, std::vector<std::string>{"operator"});
  EXPECT_EQ(loaded.content.stores[0].kinds.at(0)->name, "a.thing");
}

TEST(settings, faults_of_single_settings) {
  expect_findings(
      "causeway.yaml", sound_settings,
      {
          {"", "lisen: {}\n", "causeway.yaml:11:1: unknown key 'lisen'; did you mean 'listen'?"},
          {"", "zebra: 1\n",
           "causeway.yaml:11:1: unknown key 'zebra'; known are dataDir, listen, stores, plugins, copies, security, "
           "limits, relay, gateways, breaker, log and metrics"},
          {"", "listen: {prot: 1}\n", "causeway.yaml:11:10: unknown key 'prot' in listen; did you mean 'port'?"},
          {"", "listen: {port: 1, port: 2}\n", "causeway.yaml:11:19: duplicate key 'port'; the first is in line 11"},
          {"", "listen: {port: 65536}\n",
           "causeway.yaml:11:16: listen.port must be a whole number from 0 to 65535, not '65536'"},
          {"", "listen: {port: 010}\n",
           "causeway.yaml:11:16: listen.port must be a whole number from 0 to 65535, not '010'; write it without "
           "leading "
           "zeros"},
          {"", "listen: {port: '80'}\n",
           "causeway.yaml:11:16: listen.port must be a whole number from 0 to 65535, not '80'"},
          {"", "listen: {port: }\n",
           "causeway.yaml:11:16: listen.port must be a whole number from 0 to 65535, not empty"},
          {"", "listen: {port: [1]}\n",
           "causeway.yaml:11:16: listen.port must be a whole number from 0 to 65535, not a list"},
          {"", "listen: {port: {a: 1}}\n",
           "causeway.yaml:11:16: listen.port must be a whole number from 0 to 65535, not a map"},
          {"", "listen: {threads: 0}\n",
           "causeway.yaml:11:19: listen.threads must be a whole number from 1 to 64, not '0'"},
          {"", "listen: {address: localhost}\n",
           "causeway.yaml:11:19: listen.address must be an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::1"},
          {"", "listen: 8080\n", "causeway.yaml:11:9: listen must be a map, not '8080'"},
          {"", "dataDir: ''\n", "causeway.yaml:11:10: dataDir must not be empty"},
          {"", "log: {level: loud}\n",
           "causeway.yaml:11:14: log.level must be debug, info, warning or error, not 'loud'"},
          {"", "log: {requests: all}\n", "causeway.yaml:11:17: log.requests must be true or false, not 'all'"},
          {"", "log: {slow: 1}\n",
           "causeway.yaml:11:13: log.slow must be a time from 1ms to 10m (such as 200ms, 10s, 5m or 24h), not '1'"},
          {"", "metrics: {}\n", "causeway.yaml:11:10: metrics.listen needs 'port': its port"},
          {"", "metrics: {port: 9464}\n",
           "causeway.yaml:11:10: metrics.listen needs 'port': its port\n"
           "causeway.yaml:11:11: unknown key 'port' in metrics; known is listen"},
          {"", "metrics: {listen: {address: 127.0.0.1}}\n",
           "causeway.yaml:11:19: metrics.listen needs 'port': its port"},
          {"", "metrics: {listen: {address: here, port: 1}}\n",
           "causeway.yaml:11:29: metrics.listen.address must be an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or "
           "::1"},
          {"", "metrics: {listen: {port: -1}}\n",
           "causeway.yaml:11:26: metrics.listen.port must be a whole number from 0 to 65535, not '-1'"},
          {"", "limits: {body: 1MB}\n",
           "causeway.yaml:11:16: limits.body must be a size from 1 to 1GiB (bytes, or such as 64KiB or 1MiB), not "
           "'1MB'"},
          {"", "limits: {body: 0}\n",
           "causeway.yaml:11:16: limits.body must be a size from 1 to 1GiB (bytes, or such as 64KiB or 1MiB), not '0'"},
          {"", "limits: {deadline: 10}\n",
           "causeway.yaml:11:20: limits.deadline must be a time from 1ms to 10m (such as 200ms, 10s, 5m or 24h), not "
           "'10'"},
          {"", "limits: {deadline: 11m}\n",
           "causeway.yaml:11:20: limits.deadline must be a time from 1ms to 10m (such as 200ms, 10s, 5m or 24h), not "
           "'11m'"},
          {"", "limits: {readTimout: 1s}\n",
           "causeway.yaml:11:10: unknown key 'readTimout' in limits; did you mean 'readTimeout'?"},
          {"", "limits: {requests: many}\n",
           "causeway.yaml:11:20: limits.requests must be a whole number from 1 to 1000000, not 'many'"},
          {"", "relay: {batch: 10001}\n",
           "causeway.yaml:11:16: relay.batch must be a whole number from 1 to 10000, not '10001'"},
          {"", "relay: {retryFirst: 2m}\n",
           "causeway.yaml:11:21: relay.retryMost must not be less than relay.retryFirst"},
          {"", "relay: {retryFirst: 2s, retryMost: 1s}\n",
           "causeway.yaml:11:36: relay.retryMost must not be less than relay.retryFirst"},
          {"", "gateways: {takeover: 6s}\n",
           "causeway.yaml:11:22: gateways.takeover must be a time from 500ms to 5s (such as 200ms, 10s, 5m or 24h), "
           "not '6s'"},
          {"", "breaker: {failures: 0}\n",
           "causeway.yaml:11:21: breaker.failures must be a whole number from 1 to 1000000, not '0'"},
          {"", "breaker: {silence: 5}\n",
           "causeway.yaml:11:20: breaker.silence must be a time from 100ms to 10m (such as 200ms, 10s, 5m or 24h), not "
           "'5'"},
      });
}

TEST(settings, faults_of_stores) {
  expect_findings(
      "causeway.yaml", sound_settings,
      {
          {"backend: sqlite3", "backend: sqlite",
           "causeway.yaml:2:16: stores.a.backend must be sqlite3, postgresql, mysql or odbc, not 'sqlite'"},
          {"backend: sqlite3", "backend: odbc",
           "causeway.yaml:2:3: stores.a needs 'dialect': what stands behind ODBC, with backend: odbc only"},
          {"backend: sqlite3", "backend: odbc, dialect: oracle",
           "causeway.yaml:2:31: stores.a.dialect must be postgresql or mysql, not 'oracle'"},
          {"backend: sqlite3", "backend: mysql, dialect: mysql",
           "causeway.yaml:2:32: stores.a.dialect is for backend: odbc; every other backend says it itself"},
          {"backend: sqlite3, ", "", "causeway.yaml:2:3: stores.a needs 'backend': what the store runs on"},
          {"connect: a.db, ", "",
           "causeway.yaml:2:3: stores.a needs 'connect': a file under dataDir, or a connection string of the "
           "database's"},
          {", records: a.yaml", "", "causeway.yaml:2:3: stores.a needs 'records': the file of its record kinds"},
          {"records: a.yaml", "records: x.yaml", "causeway.yaml:2:49: cannot read 'x.yaml': there is no such file"},
          {"records: a.yaml", "records: a.yaml, create: yes",
           "causeway.yaml:2:65: stores.a.create must be true or false, not 'yes'"},
          {"records: a.yaml", "records: a.yaml, create: 'true'",
           "causeway.yaml:2:65: stores.a.create must be true or false, not 'true'"},
          {"records: a.yaml", "records: a.yaml, readers: 65",
           "causeway.yaml:2:66: stores.a.readers must be a whole number from 1 to 64, not '65'"},
          {"records: a.yaml", "records: a.yaml, queue: 0",
           "causeway.yaml:2:64: stores.a.queue must be a whole number from 1 to 1000000, not '0'"},
          {"records: a.yaml", "records: a.yaml, charset: latin1",
           "causeway.yaml:2:66: stores.a.charset must be utf-8, windows-1252, iso-8859-1 or ascii, not 'latin1'"},
          {"connect: b.db", "connect: a.db",
           "causeway.yaml:3:3: stores.b connects to the same database as stores.a; each store has its own"},
          {"  b:", "  a:",
           "causeway.yaml:3:3: duplicate key 'a'; the first is in line 2\n"
           "causeway.yaml:7:39: copies.0.to: unknown record kind 'b.copy'; known is a.thing"},
          {"  b:", "  b.c:",
           "causeway.yaml:3:3: 'b.c' is no name for a store: a letter, then letters, digits and underscores, at most "
           "63\n"
           "causeway.yaml:7:39: copies.0.to: unknown record kind 'b.copy'; did you mean 'b.c.copy'?"},
          {"  b: {", "  b: [{", "causeway.yaml:4:1: is not YAML: end of sequence flow not found"},
      });
}

TEST(settings, faults_of_plugins_routes_and_keys) {
  const std::string hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  expect_findings(
      "causeway.yaml", sound_settings,
      {
          {"library: one, ", "",
           "causeway.yaml:5:5: plugins.0 needs 'library': a name in the plugin folder, or a path"},
          {"- {library: one", "- {library: one}\n  - {library: one",
           "causeway.yaml:6:5: plugins: the library 'one' is there twice"},
          {"{x: 1}", "{x: [1]}", "causeway.yaml:5:34: plugins.0.settings.x must be one value, not a list"},
          {"{x: 1}", "{x: 1.5}",
           "causeway.yaml:5:34: plugins.0.settings.x must be a whole number within 64 bits, without leading zeros or a "
           "plus, "
           "not '1.5'; put text in quotes"},
          {"{x: 1}", "5", "causeway.yaml:5:30: plugins.0.settings must be a map, not '5'"},
          {"plugins:\n  - {library", "plugins: {library", "causeway.yaml:4:10: plugins must be a list, not a map"},
          {"- {library: one, settings: {x: 1}}", "- one", "causeway.yaml:5:5: plugins.0 must be a map, not 'one'"},
          {"- {library: one, settings: {x: 1}}", "-", "causeway.yaml:5:3: plugins.0 must be a map, not empty"},
          {"name: things", "name: a/b",
           "causeway.yaml:7:12: copies.0.name must be letters, digits, '-' and '_', at most 64"},
          {"from: a.thing", "from: a.thin",
           "causeway.yaml:7:26: copies.0.from: unknown record kind 'a.thin'; did you mean 'a.thing'?"},
          {"to: b.copy", "to: b.view",
           "causeway.yaml:7:39: copies.0.to: nothing is written to 'b.view', which is readOnly\n"
           "m.yaml:2:5: to: the route 'things' goes to b.view, its mapping to 'b.copy'"},
          {"from: a.thing", "from: b.copy",
           "causeway.yaml:7:38: copies.0.to: a route goes from one store to another, and both kinds are of 'b'\n"
           "m.yaml:1:7: from: the route 'things' goes from b.copy, its mapping from 'a.thing'"},
          {", mapping: m.yaml", "", "causeway.yaml:7:5: copies.0 needs 'mapping': the file that says how"},
          {"mapping: m.yaml", "mapping: m.yml", "causeway.yaml:7:56: cannot read 'm.yml': there is no such file"},
          {"mapping: m.yaml", "mapping: m.yaml, after: others",
           "causeway.yaml:7:71: copies.0.after: there is no route 'others' before this one"},
          {"mapping: m.yaml}",
           "mapping: m.yaml, after: things2}\n  - {name: things2, from: a.thing, to: b.copy, mapping: m.yaml}",
           "causeway.yaml:7:71: copies.0.after: the route 'things2' must stand before this one\n"
           "causeway.yaml:8:40: copies.1.to: the route 'things' goes to b.copy already; give each a kind of its own, "
           "for "
           "records of both with equal keys would be one copy"},
          {"mapping: m.yaml}",
           "mapping: m.yaml}\n  - {name: things, from: b.copy, to: a.thing, mapping: m.yaml, after: things}",
           "causeway.yaml:8:12: copies.1.name: there is a route 'things' already\n"
           "causeway.yaml:8:71: copies.1.after: the route 'things' goes from a to b, this one from b to a; both must "
           "join "
           "the same stores\n"
           "m.yaml:1:7: from: the route 'things' goes from b.copy, its mapping from 'a.thing'\n"
           "m.yaml:2:5: to: the route 'things' goes to a.thing, its mapping to 'b.copy'"},
          {"roles: [operator]", "roles: [operater]",
           "causeway.yaml:10:26: security.keys.0.roles: unknown role 'operater'; did you mean 'operator'?"},
          {"roles: [operator]", "roles: []", "causeway.yaml:10:25: security.keys.0.roles must not be empty"},
          {"roles: [operator], ", "", "causeway.yaml:10:7: security.keys.0 needs 'roles': what the caller may do"},
          {"roles: [operator]", "roles: [operator, operator]",
           "causeway.yaml:10:36: security.keys.0.roles names 'operator' twice"},
          {"name: N1", "name: 'N 1'",
           "causeway.yaml:10:14: security.keys.0.name must be printable ASCII without blanks, quotes and backslashes, "
           "at "
           "most 64"},
          {"\"" + hash + "\"", "cw_the-key-itself",
           "causeway.yaml:10:45: security.keys.0.sha256 must be 64 hex digits; `causeway key new` prints a key's "
           "entry"},
          {"  keys:\n", "  keys:\n    - {name: N1, roles: [partner], sha256: \"" + std::string(64, 'A') + "\"}\n",
           "causeway.yaml:11:7: there is a key 'N1' already; names of keys are unique"},
          {"  keys:\n", "  keys:\n    - {name: N2, roles: [partner], sha256: \"" + hash + "\"}\n",
           "causeway.yaml:11:7: the key 'N1' has the same sha256 as 'N2'; each caller has its own key"},
      });
}

TEST(settings, a_configuration_needs_stores) {
  for (const char *const text : {"", "# nothing\n", "{}"}) {
    const test_folder folder;
    const auto file = folder.write("causeway.yaml", text);
    EXPECT_EQ(folder.lines(load_settings(file).findings),
              "causeway.yaml:1:1: this file needs 'stores': the record stores by name");
  }
  const test_folder folder;
  EXPECT_EQ(folder.lines(load_settings(folder.write("causeway.yaml", "- a\n")).findings),
            "causeway.yaml:1:1: this file must be a map, not a list");
  EXPECT_EQ(folder.lines(load_settings(folder.path() / "other.yaml").findings),
            "other.yaml:0:0: cannot read 'other.yaml': there is no such file");
}

TEST(settings, all_faults_are_found_at_once_in_their_order) {
  const test_folder folder;
  std::string text = with(sound_settings, "records: a.yaml", "records: a.yaml, readers: 0");
  text = with(text, "name: things", "nam: things") + "relay: {batch: x}\n";
  EXPECT_EQ(folder.lines(load_settings(write_sound(folder, "causeway.yaml", text)).findings),
            "causeway.yaml:2:66: stores.a.readers must be a whole number from 1 to 64, not '0'\n"
            "causeway.yaml:7:6: unknown key 'nam' in copies.0; did you mean 'name'?\n"
            "causeway.yaml:11:16: relay.batch must be a whole number from 1 to 10000, not 'x'");
}

TEST(settings, a_rule_lets_in_no_more_characters_than_its_store_holds) {
  const test_folder folder;
  const std::string narrow = with(sound_settings, "records: b.yaml", "records: b.yaml, charset: windows-1252");
  for (const auto &[given, said] : std::map<std::string, std::string>{
           {"utf-8",
            "m.yaml:4:3: fields.source.charset: utf-8 holds more than the store 'b', whose charset is "
            "windows-1252"},
           {"windows-1252", ""},
           {"iso-8859-1", ""},
           {"ascii", ""}}) {
    write_sound(folder, "m.yaml", with(sound_mapping, "{from: id}", "{from: id, charset: " + given + "}"));
    EXPECT_EQ(folder.lines(load_settings(folder.write("causeway.yaml", narrow)).findings), said);
    EXPECT_EQ(folder.lines(load_settings(folder.write("causeway.yaml", sound_settings)).findings), "") << given;
  }
}

TEST(settings, empty_lists_and_sections_are_as_good_as_none) {
  const test_folder folder;
  const std::string text =
      sound_settings.substr(0, sound_settings.find("plugins:")) + "plugins:\ncopies: []\nsecurity:\n  keys:\nlimits:\n";
  EXPECT_EQ(folder.lines(load_settings(write_sound(folder, "causeway.yaml", text)).findings), "");
}

TEST(settings, values_of_plugins_keep_their_types) {
  const test_folder folder;
  const std::string text =
      with(sound_settings, "{x: 1}", "{a: true, b: 'true', c: -3, d: 24h, e: yes, f: '010', g: null, h: v1.2, i: ''}");
  const loaded_settings loaded = load_settings(write_sound(folder, "causeway.yaml", text));
  EXPECT_EQ(folder.lines(loaded.findings), "");
  const auto &s = loaded.content.plugins.at(0).settings;
  EXPECT_EQ(s.at("a").content, value(true));
  EXPECT_EQ(s.at("b").content, value("true"));
  EXPECT_EQ(s.at("c").content, value(std::int64_t{-3}));
  EXPECT_EQ(s.at("d").content, value("24h"));
  EXPECT_EQ(s.at("e").content, value("yes"));
  EXPECT_EQ(s.at("f").content, value("010"));
  EXPECT_EQ(s.at("g").content, value(null{}));
  EXPECT_EQ(s.at("h").content, value("v1.2"));
  EXPECT_EQ(s.at("i").content, value(""));
  EXPECT_EQ(s.at("c").at.line, 5);
}

TEST(settings, further_keys_stand_under_the_data_folder) {
  const test_folder folder;
  const std::string data = (folder.path() / "data").string();
  const std::string text =
      with(sound_settings, "security:\n", "dataDir: " + data + "\nsecurity:\n  keysFrom: keys.yaml\n");
  const auto main = write_sound(folder, "causeway.yaml", text);
  loaded_settings loaded = load_settings(main);
  EXPECT_EQ(folder.lines(loaded.findings), "");
  EXPECT_EQ(loaded.content.keys.size(), 1U);
  EXPECT_EQ(loaded.content.keys_from, data + "/keys.yaml");

  folder.write("data/keys.yaml", "- {name: N2, roles: [partner], sha256: \"" + std::string(64, 'A') + "\"}\n");
  loaded = load_settings(main);
  EXPECT_EQ(folder.lines(loaded.findings), "");
  ASSERT_EQ(loaded.content.keys.size(), 2U);
  EXPECT_EQ(loaded.content.keys[1].sha256, std::string(64, 'a'));

  folder.write("data/keys.yaml",
               "- {name: N1, roles: [partner], sha256: \"" + std::string(64, 'b') + "\"}\n- {nam: x}\n");
  EXPECT_EQ(folder.lines(load_settings(main).findings),
            "data/keys.yaml:1:3: there is a key 'N1' already; names of keys are unique\n"
            "data/keys.yaml:2:3: keys.1 needs 'roles': what the caller may do\n"
            "data/keys.yaml:2:3: keys.1 needs 'sha256': the SHA-256 of the key, 64 hex digits\n"
            "data/keys.yaml:2:4: unknown key 'nam' in keys.1; did you mean 'name'?");

  folder.write("data/keys.yaml", "");
  EXPECT_EQ(folder.lines(load_settings(main).findings), "");
  folder.write("data/keys.yaml", "keys: []\n");
  EXPECT_EQ(folder.lines(load_settings(main).findings), "data/keys.yaml:1:1: keys must be a list, not a map");
}

TEST(settings, metrics_have_a_listener_of_their_own_only_where_one_is_written) {
  const test_folder folder;
  EXPECT_FALSE(load_settings(write_sound(folder)).content.metrics);
  const auto written =
      write_sound(folder, "causeway.yaml", std::string(sound_settings) + "metrics: {listen: {port: 0}}\n");
  const auto loaded = load_settings(written);
  EXPECT_EQ(folder.lines(loaded.findings), "");
  ASSERT_TRUE(loaded.content.metrics);
  EXPECT_EQ(loaded.content.metrics->address, "127.0.0.1");
  EXPECT_EQ(loaded.content.metrics->port, 0);
  const auto overridden = load_settings(written, {"metrics.listen.port=9464", "metrics.listen.address=::1"});
  EXPECT_EQ(folder.lines(overridden.findings), "");
  EXPECT_EQ(overridden.content.metrics->address, "::1");
  EXPECT_EQ(overridden.content.metrics->port, 9464);
}

// By the path that --set takes.
void collect(const schema_node &node, const std::string &path, std::map<std::string, const schema_node *> &all) {
  for (const auto &[key, member] : node.members) {
    const std::string name = path.empty() ? key : path + "." + key;
    EXPECT_TRUE(all.emplace(name, member.get()).second) << name;
    collect(*member, name, all);
    if (member->item) collect(*member->item, name + ".N", all);
    if (member->named) collect(*member->named, name + ".NAME", all);
  }
}

TEST(settings, every_setting_is_described_once) {
  schema_node root;
  describe_settings(root);
  std::map<std::string, const schema_node *> all;
  collect(root, "", all);
  for (const auto &[path, described] : all) EXPECT_FALSE(described->sentence.empty()) << path;
  EXPECT_EQ(all.at("listen.port")->type, "a whole number from 0 to 65535");
  EXPECT_EQ(all.at("listen.port")->standard, "8080");
  EXPECT_EQ(all.at("limits.body")->standard, "1MiB");
  EXPECT_EQ(all.at("limits.idempotency")->standard, "1d");
  EXPECT_TRUE(all.at("stores.NAME.backend")->needed);
  EXPECT_EQ(all.at("log.level")->standard, "info");
  for (const char *const path :
       {"dataDir", "listen.address", "stores.NAME.charset", "plugins.N.library", "copies.N.after", "security.keysFrom",
        "security.keys.N.sha256", "limits.drain", "relay.retryMost", "log.slow", "metrics.listen.port",
        "gateways.takeover", "breaker.silence"})
    EXPECT_TRUE(all.contains(path)) << path;
}

}  // namespace
}  // namespace causeway
