// What is said of two sites that differ in one thing, in words; and what of it begins with "security:".
#include "commands/difference.hpp"

#include <functional>
#include <gtest/gtest.h>

namespace causeway {
namespace {

using namespace std::chrono_literals;

operation reading(const std::string &answer_schema) {
  operation op;
  op.method = "GET";
  op.path = "/v1/things/{id}";
  op.roles = {"partner"};
  op.answer_schema = answer_schema;
  return op;
}

struct site_parts {
  configuration files;
  std::vector<operation> operations{reading(R"({"type": "object", "properties": {"id": {"type": "string"}}})")};
  std::vector<plugin_info> plugins{
      {.name = "things", .version = "1.0", .build = "1", .abi = 1, .state = "", .operations = {}, .kinds = {}}};
};

store_settings pluto() {
  record_kind thing;
  thing.store = "pluto";
  thing.name = "pluto.thing";
  thing.table = "THING";
  thing.fields = {{.name = "id", .column = "ID", .length = 36, .required = true}, {.name = "note", .column = "NOTE"}};
  thing.key = {0};
  thing.version = "V";
  record_kind list = thing;
  list.name = "pluto.list";
  list.version = "";
  list.read_only = true;
  list.view = "SELECT ID, NOTE FROM THING WHERE OPEN = 1";
  store_settings s;
  s.name = "pluto";
  s.kinds = {std::make_shared<const record_kind>(thing), std::make_shared<const record_kind>(list)};
  return s;
}

void change_kind(site_parts &s, std::size_t which, const std::function<void(record_kind &)> &change) {
  auto &kind = s.files.content.stores.front().kinds[which];
  record_kind other = *kind;
  change(other);
  kind = std::make_shared<const record_kind>(other);
}

struct difference {
  const char *name;
  std::function<void(site_parts &)> change;
  std::vector<std::string> expected;  // as the command prints them
};

const std::vector<difference> differences{
    {"nothing", [](site_parts &) {}, {}},
    // What callers may do and see.
    {"a member more in an answer",
     [](site_parts &s) {
       s.operations = {
           reading(R"({"properties": {"id": {"type": "string"}, "birthDate": {"type": "string", "format": "date"}}})")};
     },
     {"security: GET /v1/things/{id} newly exposes birthDate"}},
    {"members inside lists and alternatives",
     [](site_parts &s) {
       s.operations = {reading(R"({"properties": {"id": {}, "items": {"type": "array", "items": {"properties":
                                  {"name": {}, "home": {"oneOf": [{"type": "null"}, {"properties": {"street": {}}}]}}}}}})")};
     },
     {"security: GET /v1/things/{id} newly exposes items, items.home, items.home.street, items.name"}},
    {"another member in place of one",
     [](site_parts &s) { s.operations = {reading(R"({"properties": {"key": {}}})")}; },
     {"security: GET /v1/things/{id} newly exposes key", "GET /v1/things/{id} no longer tells id"}},
    {"a role more",
     [](site_parts &s) { s.operations.front().roles.emplace_back("operator"); },
     {"security: GET /v1/things/{id} is opened to operator"}},
    {"no operation", [](site_parts &s) { s.operations.clear(); }, {"GET /v1/things/{id} is removed"}},
    // Plugins.
    {"another version",
     [](site_parts &s) { s.plugins.front().version = "1.1"; },
     {"security: the plugin things changes from version 1.0 to 1.1"}},
    {"another build",
     [](site_parts &s) { s.plugins.front().build = "2"; },
     {"security: the plugin things is another build of version 1.0"}},
    // Record kinds.
    {"another guard of updates",
     [](site_parts &s) {
       change_kind(s, 0, [](record_kind &k) {
         k.version = "";
         k.guarded_by_contents = true;
       });
     },
     {"the kind pluto.thing changes from key id, version V to key id, guarded by its contents"}},
    {"another key, another index, written another way",
     [](site_parts &s) {
       change_kind(s, 0, [](record_kind &k) {
         k.key = {0, 1};
         k.indexes = {{{1, 0}}};
         k.through_view = true;
       });
     },
     {"the kind pluto.thing changes from key id, version V to key id note, version V, through a view, index note id"}},
    {"a kind more",
     [](site_parts &s) {
       auto &kinds = s.files.content.stores.front().kinds;
       kinds.push_back(kinds.front());
       change_kind(s, 2, [](record_kind &k) { k.name = "pluto.more"; });
     },
     {"the kind pluto.more is added: key id, version V",
      "the field pluto.more.id is added: THING.ID, text of 36, required",
      "the field pluto.more.note is added: THING.NOTE, text"}},
    {"columns that hold their fields in another way",
     [](site_parts &s) {
       change_kind(s, 0, [](record_kind &k) {
         k.fields[0].form = column_form::padded;
         k.fields[0].generate = key_generation::uuid;
       });
     },
     {"the field pluto.thing.id changes from THING.ID, text of 36, required to THING.ID, text of 36, required, stored "
      "padded, generated as uuid"}},
    {"what is written that was only read",
     [](site_parts &s) {
       change_kind(s, 1, [](record_kind &k) {
         k.read_only = false;
         k.view = "";
       });
     },
     {"security: the kind pluto.list is no longer only read",
      "security: the view of the kind pluto.list selects in another way"}},
    {"what is only read that was written",
     [](site_parts &s) { change_kind(s, 0, [](record_kind &k) { k.read_only = true; }); },
     {"the kind pluto.thing is only read"}},
    {"a view of more",
     [](site_parts &s) { change_kind(s, 1, [](record_kind &k) { k.view = "SELECT ID, NOTE FROM THING"; }); },
     {"security: the view of the kind pluto.list selects in another way"}},
    // Keys.
    {"a file of keys, whoever will stand there",
     [](site_parts &s) { s.files.content.keys_from = "var/keys.yaml"; },
     {"security: the setting security.keysFrom is added: var/keys.yaml"}},
    // Plain settings.
    {"metrics apart",
     [](site_parts &s) {
       s.files.content.metrics = metrics_settings{"0.0.0.0", 9464};
     },
     {"security: the setting metrics.listen.address is added: 0.0.0.0",
      "security: the setting metrics.listen.port is added: 9464"}},
    {"breakers",
     [](site_parts &s) { s.files.content.breaker = {.failures = 9, .silence = 7s, .pause = 2s}; },
     {"the setting breaker.failures changes from 5 to 9", "the setting breaker.pause changes from 1s to 2s",
      "the setting breaker.silence changes from 5s to 7s"}},
    {"takeover",
     [](site_parts &s) { s.files.content.takeover = 2s; },
     {"the setting gateways.takeover changes from 5s to 2s"}},
    {"the log",
     [](site_parts &s) {
       s.files.content.log.level = "debug";
       s.files.content.log.requests = true;
       s.files.content.log.slow = 2s;
     },
     {"the setting log.level changes from info to debug", "the setting log.requests changes from false to true",
      "the setting log.slow changes from 1s to 2s"}},
    {"a store's workers and characters",
     [](site_parts &s) {
       s.files.content.stores.front().readers = 3;
       s.files.content.stores.front().queue = 10;
       s.files.content.stores.front().encoding = charset::windows_1252;
     },
     {"the setting stores.pluto.charset changes from utf-8 to windows-1252",
      "the setting stores.pluto.queue changes from 4096 to 10",
      "the setting stores.pluto.readers changes from 2 to 3"}},
    {"where it listens",
     [](site_parts &s) { s.files.content.address = "0.0.0.0"; },
     {"security: the setting listen.address changes from 127.0.0.1 to 0.0.0.0"}},
    {"a secret",
     [](site_parts &s) { s.files.content.data_dir = "hush"; },
     {"the setting dataDir changes from var to ${DATA}"}},
};

TEST(Difference, is_said_in_words) {
  for (const auto &d : differences) {
    SCOPED_TRACE(d.name);
    site_parts before, after;
    for (auto *each : {&before, &after}) each->files.content.stores = {pluto()};
    after.files.secrets = {{"hush", "${DATA}"}};
    d.change(after);
    std::vector<std::string> said;
    for (const auto &change : changes_between({before.files, before.operations, before.plugins},
                                              {after.files, after.operations, after.plugins}))
      said.push_back((change.security ? "security: " : "") + change.what);
    EXPECT_EQ(said, d.expected);
  }
}

}  // namespace
}  // namespace causeway
