// What a running gateway says of each setting that it cannot take up, word for word: a sound site with one thing
// changed.
#include "commands/restart_needed.hpp"

#include <gtest/gtest.h>

#include "commands/testing/sound_site.hpp"
#include "settings/test_folder.hpp"

namespace causeway {
namespace {

constexpr const char *to_do = ", which takes a restart: restart the gateway, or change it back";

struct change_of_site {
  const char *name;
  std::string old_text, new_text;      // in site.yaml
  std::vector<std::string> overrides;  // besides
  std::vector<std::string> findings;   // without what to do
};

class site {
 public:
  explicit site(const change_of_site &c = {}) {
    auto files = testing::sound_site;
    if (!c.old_text.empty()) files["site.yaml"] = with(files["site.yaml"], c.old_text, c.new_text);
    for (const auto &[name, content] : files) folder_.write(name, content);
    common_options common;
    common.config = (folder_.path() / "site.yaml").string();
    common.overrides = c.overrides;
    kind_pool known;
    read = read_configuration(common, known);
  }
  std::string relative(const std::string &text) const { return folder_.relative(text); }
  configuration read;

 private:
  test_folder folder_;
};

TEST(RestartNeeded, names_each_setting_its_place_and_what_to_do) {
  const std::vector<change_of_site> changes{
      {"nothing", "", "", {}, {}},
      {"another folder for data",
       "dataDir: DATA",
       "dataDir: other",
       {},
       {"site.yaml:1:10: error: dataDir changes from DATA to other"}},
      {"another port",
       "dataDir: DATA\n",
       "dataDir: DATA\nlisten: {port: 9090}\n",
       {},
       {"site.yaml:2:16: error: listen.port changes from 8080 to 9090"}},
      {"another address and more threads",
       "dataDir: DATA\n",
       "dataDir: DATA\nlisten:\n  address: 0.0.0.0\n  threads: 2\n",
       {},
       {"site.yaml:3:12: error: listen.address changes from 127.0.0.1 to 0.0.0.0",
        "site.yaml:4:12: error: listen.threads changes from 1 to 2"}},
      {"metrics apart",
       "dataDir: DATA\n",
       "dataDir: DATA\nmetrics: {listen: {port: 9464}}\n",
       {},
       {"site.yaml:2:19: error: metrics.listen.address is new", "site.yaml:2:26: error: metrics.listen.port is new"}},
      {"another takeover",
       "dataDir: DATA\n",
       "dataDir: DATA\ngateways: {takeover: 2s}\n",
       {},
       {"site.yaml:2:22: error: gateways.takeover changes from 5s to 2s"}},
      {"another database of a store",
       "connect: pluto.db",
       "connect: other.db",
       {},
       {"site.yaml:3:38: error: stores.pluto.connect changes"}},
      {"another backend of a store",
       "",
       "",
       {"stores.cuba.backend=postgresql", "stores.cuba.connect=host=db password=hush"},
       {"--set:0:0: error: stores.cuba.backend changes from sqlite3 to postgresql",
        "site.yaml:4:3: error: stores.cuba.create changes from true to false",
        "site.yaml:4:3: error: stores.cuba.dialect changes from sqlite3 to postgresql",
        "--set:0:0: error: stores.cuba.connect changes"}},
      {"other workers of a store",
       "records: pluto.yaml}",
       "records: pluto.yaml, readers: 3, queue: 10}",
       {},
       {"site.yaml:3:88: error: stores.pluto.queue changes from 4096 to 10",
        "site.yaml:3:78: error: stores.pluto.readers changes from 2 to 3"}},
      {"other characters in a store",
       "charset: windows-1252",
       "charset: iso-8859-1",
       {},
       {"site.yaml:4:75: error: stores.cuba.charset changes from windows-1252 to iso-8859-1"}},
      {"a store more",
       "plugins:",
       "  third: {backend: sqlite3, connect: third.db, records: empty.yaml}\nplugins:",
       {},
       {"site.yaml:5:3: error: stores.third is new"}},
  };
  const site serving;
  ASSERT_EQ(serving.read.findings.size(), 0u);
  for (const auto &c : changes) {
    SCOPED_TRACE(c.name);
    const site asked(c);
    std::vector<std::string> said, expected;
    for (const auto &f : restart_needed(serving.read, asked.read)) said.push_back(asked.relative(to_string(f)));
    for (const auto &f : c.findings) expected.push_back(f + to_do);
    EXPECT_EQ(said, expected);
  }
}

TEST(RestartNeeded, names_what_is_gone) {
  const site plain;
  const site more({"", "dataDir: DATA\n", "dataDir: DATA\nmetrics: {listen: {port: 9464}}\n", {}, {}});
  std::vector<std::string> said;
  for (const auto &f : restart_needed(more.read, plain.read)) said.push_back(plain.relative(to_string(f)));
  EXPECT_EQ(said, (std::vector<std::string>{std::string("site.yaml:1:1: error: metrics.listen.address is gone") + to_do,
                                            std::string("site.yaml:1:1: error: metrics.listen.port is gone") + to_do}));

  auto fewer = plain.read;
  std::erase_if(fewer.content.stores, [](const store_settings &s) { return s.name == "cuba"; });
  said.clear();
  for (const auto &f : restart_needed(plain.read, fewer)) said.push_back(plain.relative(to_string(f)));
  EXPECT_EQ(said, std::vector<std::string>{std::string("site.yaml:3:3: error: stores.cuba is gone") + to_do});
}

TEST(RestartNeeded, names_another_store_where_gateways_find_each_other) {
  const site serving;
  auto asked = serving.read;
  asked.routes.clear();  // from pluto, as the first store is
  EXPECT_EQ(restart_needed(serving.read, asked).size(), 0u);
  std::swap(asked.content.stores.front(), asked.content.stores.back());
  const auto findings = restart_needed(serving.read, asked);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(serving.relative(to_string(findings.front())),
            std::string("site.yaml:4:3: error: the store where gateways find each other, the first that is copied "
                        "from, changes from pluto to cuba") +
                to_do);
}

}  // namespace
}  // namespace causeway
