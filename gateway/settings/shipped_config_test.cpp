// The configurations that are shipped load without findings, and say what they are meant to say. Runs in the root of
// the repository.
#include <cstdlib>
#include <gtest/gtest.h>
#include <set>
#include <stdexcept>
#include <string>

#include "settings/mapping_file.hpp"
#include "settings/record_kinds.hpp"
#include "settings/settings.hpp"

namespace causeway {
namespace {

std::string all(const std::vector<finding> &findings) {
  std::string out;
  for (const finding &f : findings) out += to_string(f) + "\n";
  return out;
}

const record_kind &kind_of(const settings &s, const std::string &name) {
  for (const store_settings &store : s.stores)
    for (const kind_ptr &kind : store.kinds)
      if (kind->name == name) return *kind;
  throw std::out_of_range(name);
}

TEST(shipped_config, embedded_default_loads_without_findings) {
  const loaded_settings loaded = load_settings("config/causeway.yaml");
  EXPECT_EQ(all(loaded.findings), "");
  const settings &s = loaded.content;
  EXPECT_EQ(s.data_dir, "var");
  EXPECT_EQ(s.address, "127.0.0.1");
  EXPECT_EQ(s.port, 8080);
  EXPECT_EQ(s.keys_from, "var/keys.yaml");
  ASSERT_EQ(s.stores.size(), 2U);
  for (const char *const kind :
       {"pluto.customer", "pluto.privacyCheck", "pluto.onlineAccount", "pluto.channelPreference", "pluto.webSession",
        "pluto.accountStatusChange", "pluto.poiAttempt", "pluto.communication", "pluto.note", "cuba.customer",
        "cuba.psCustomer", "cuba.psOfficer", "cuba.communication", "cuba.notepad"})
    EXPECT_NO_THROW(kind_of(s, kind));
  EXPECT_TRUE(s.find_store("cuba")->create);
  EXPECT_EQ(s.find_store("cuba")->encoding, charset::windows_1252);
  EXPECT_EQ(s.find_store("atlantis"), nullptr);
  ASSERT_EQ(s.routes.size(), 2U);
  EXPECT_EQ(s.routes[1].after, "communications");
  EXPECT_EQ(s.routes[0].mapping.fields.size(), 14U);
  ASSERT_GE(s.plugins.size(), 2U);
  EXPECT_EQ(s.plugins[0].library, "online_accounts");
}

TEST(shipped_config, postgresql_loads_without_findings_and_says_the_defaults) {
  ::setenv("CAUSEWAY_PLUTO", "host=/tmp dbname=pluto", 1);
  ::setenv("CAUSEWAY_CUBA", "host=/tmp dbname=cuba", 1);
  const loaded_settings loaded = load_settings("config/causeway.postgresql.yaml");
  EXPECT_EQ(all(loaded.findings), "");
  const settings &s = loaded.content;
  EXPECT_EQ(s.find_store("cuba")->kind, backend::postgresql);
  EXPECT_EQ(s.find_store("cuba")->connect, "host=/tmp dbname=cuba");
  EXPECT_FALSE(s.find_store("cuba")->create);
  const limit_settings standard;
  EXPECT_EQ(s.limits.body, standard.body);
  EXPECT_EQ(s.limits.connections, standard.connections);
  EXPECT_EQ(s.limits.requests, standard.requests);
  EXPECT_EQ(s.limits.wait, standard.wait);
  EXPECT_EQ(s.limits.deadline, standard.deadline);
  EXPECT_EQ(s.limits.read_timeout, standard.read_timeout);
  EXPECT_EQ(s.limits.idle_timeout, standard.idle_timeout);
  EXPECT_EQ(s.limits.drain, standard.drain);
  EXPECT_EQ(s.limits.idempotency, standard.idempotency);
  EXPECT_EQ(s.relay.batch, relay_settings().batch);
  EXPECT_EQ(s.relay.poll, relay_settings().poll);
  EXPECT_EQ(s.relay.retry_first, relay_settings().retry_first);
  EXPECT_EQ(s.relay.retry_most, relay_settings().retry_most);
  EXPECT_EQ(s.takeover, settings().takeover);
  EXPECT_EQ(s.breaker.failures, breaker_options().failures);
  EXPECT_EQ(s.breaker.silence, breaker_options().silence);
  EXPECT_EQ(s.breaker.pause, breaker_options().pause);
}

TEST(shipped_config, cuba_communication_has_cubas_conventions) {
  const settings s = load_settings("config/causeway.yaml").content;
  const record_kind &kind = kind_of(s, "cuba.communication");
  EXPECT_EQ(kind.table, "CUBA_COMM");
  EXPECT_EQ(kind.version, "ROW_VERSION");
  ASSERT_EQ(kind.key.size(), 1U);
  const field &key = kind.fields[kind.key[0]];
  EXPECT_EQ(key.name, "commNo");
  EXPECT_EQ(key.column, "COMM_NO");
  EXPECT_EQ(key.length, 12U);
  EXPECT_EQ(key.generate, key_generation::id);
  EXPECT_TRUE(key.required);
  const field &issue = kind.fields[*kind.find_field("issue")];
  EXPECT_EQ(issue.codes->stored_of.find("Blank")->second, "BLANK");
  EXPECT_EQ(kind.fields[*kind.find_field("commDate")].format, "DD-MON-YYYY");
  EXPECT_EQ(kind.fields[*kind.find_field("text")].length, 8000U);
  EXPECT_TRUE(kind.fields[*kind.find_field("sourceId")].unique);
  EXPECT_FALSE(kind.fields[*kind.find_field("sourceId")].required);
  ASSERT_EQ(kind.indexes.size(), 1U);
  EXPECT_EQ(kind.indexes[0].fields,
            (std::vector<std::size_t>{*kind.find_field("csid"), *kind.find_field("createdAt"), kind.key[0]}));
}

// A code that one store knows and the other does not could never cross.
TEST(shipped_config, both_stores_know_the_same_readable_codes) {
  const settings s = load_settings("config/causeway.yaml").content;
  for (const char *const name : {"type", "reason", "category", "issue"}) {
    std::set<std::string> readable[2];
    const char *const kinds[2] = {"pluto.communication", "cuba.communication"};
    for (int i = 0; i < 2; ++i) {
      const record_kind &kind = kind_of(s, kinds[i]);
      for (const auto &[code, stored] : kind.fields[*kind.find_field(name)].codes->stored_of) readable[i].insert(code);
    }
    EXPECT_EQ(readable[0], readable[1]) << name;
    EXPECT_GE(readable[0].size(), 3U) << name;
  }
}

TEST(shipped_config, text_that_names_no_charset_gets_that_of_its_store) {
  const settings s = load_settings("config/causeway.yaml").content;
  int of_text = 0;
  for (const route_settings &route : s.routes)
    for (const field_rule &rule : route.mapping.fields) {
      const record_kind &to = kind_of(s, route.to);
      const bool text = to.fields[*to.find_field(rule.target)].type == field_type::text;
      EXPECT_EQ(rule.encoding, text ? std::optional(charset::windows_1252) : std::nullopt) << rule.target;
      of_text += text;
    }
  EXPECT_EQ(of_text, 12);
}

TEST(shipped_config, note_finds_the_number_of_its_communication) {
  const loaded_mapping loaded = load_mapping("config/mappings/note.yaml");
  EXPECT_EQ(all(loaded.findings), "");
  const auto &fields = loaded.content.fields;
  ASSERT_GE(fields.size(), 2U);
  ASSERT_TRUE(fields[1].lookup);
  EXPECT_EQ(fields[1].target, "commNo");
  EXPECT_EQ(fields[1].lookup->kind, "cuba.communication");
  EXPECT_EQ(fields[1].lookup->by, "sourceId");
  EXPECT_EQ(fields[1].lookup->take, "commNo");
}

TEST(shipped_config, kinds_can_be_loaded_alone) {
  const loaded_kinds pluto = load_record_kinds("config/records/pluto.yaml", "pluto");
  EXPECT_EQ(all(pluto.findings), "");
  EXPECT_EQ(pluto.kinds.size(), pluto.places.size());
  EXPECT_TRUE(pluto.places.contains("pluto.note"));
}

}  // namespace
}  // namespace causeway
