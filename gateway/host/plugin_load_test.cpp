// Loading libraries: what is no plugin, what is none for this gateway, what cannot stand beside another; and that a
// file may be replaced, or loaded twice, under a running gateway.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "host/library.hpp"
#include "host/plugin_host.hpp"
#include "host/testing/host_site.hpp"

namespace causeway {
namespace {

namespace fs = std::filesystem;
using testing::fixture;

// A folder that goes away with it.
struct folder {
  folder() {
    auto name = (fs::temp_directory_path() / "causeway-load-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = name;
  }
  folder(const folder &) = delete;
  ~folder() { fs::remove_all(path); }
  fs::path path;
};

std::unique_ptr<plugin_host> host_of_small_site(const fs::path &plugins = {}) {
  const auto site = testing::small_site();
  plugin_host_options options;
  options.folder = plugins;
  options.time = std::make_shared<system_clock>();
  options.keys = std::make_shared<key_maker>([] { return system_clock().now(); }, 1u);
  options.mapping = site.mapping;
  options.kind = [kinds = site.kinds](std::string_view name) -> kind_ptr {
    for (const auto &kind : kinds)
      if (kind->name == name) return kind;
    return nullptr;
  };
  for (const char *name : {"pluto", "cuba"})
    options.stores[name] = std::make_shared<memory_store>(site.kinds, options.keys);
  return std::make_unique<plugin_host>(std::move(options));
}

// What stands in the way of loading, a finding a line.
std::string load(plugin_host &host, const std::string &library, std::map<std::string, value> settings = {}) {
  plugin_reference reference;
  reference.at = {"site.yaml", 2, 5};
  reference.library = library;
  int line = 3;
  for (auto &[name, content] : settings) reference.settings[name] = {{"site.yaml", line++, 7}, std::move(content)};
  std::vector<finding> findings;
  const bool loaded = host.load(reference, findings);
  EXPECT_EQ(loaded, findings.empty());
  std::string all;
  for (const auto &f : findings) all += (all.empty() ? "" : "\n") + to_string(f);
  return all;
}

TEST(Loading, refuses_what_is_no_plugin_or_none_for_this_gateway) {
  const folder here;
  std::ofstream(here.path / "note.so") << "this is no library\n";
  std::ofstream(here.path / "empty.so") << "";
  const std::string file = fixture("x").parent_path().string() + "/";
  const struct {
    std::string library;
    std::string said;
  } cases[] = {
      {"nowhere",
       "nowhere: the library " + (here.path / "nowhere.so").string() + " cannot be read: No such file or directory"},
      {"/nowhere/at/all.so", "all: the library /nowhere/at/all.so cannot be read: No such file or directory"},
      {here.path.string(), here.path.stem().string() + ": the library " + here.path.string() + " is not a file"},
      {"note", "note: the library cannot be loaded: " + (here.path / "note.so").string() + ": file too short"},
      {"empty", "empty: the library cannot be loaded: " + (here.path / "empty.so").string() + ": file too short"},
      {file + "no_plugin.so",
       "no_plugin: the library exports no function causeway_plugin: it is not a plugin of Causeway"},
      {file + "other_abi.so",
       "other_abi: the plugin was built for ABI version 99, this gateway has version 1; build it against this "
       "gateway's "
       "SDK"},
      {file + "too_old.so",
       "too_old: the plugin cannot work with ABI version 1 of this gateway; build it against this gateway's SDK"},
      {file + "liar.so",
       "liar: the function create is null\nsite.yaml:2:5: error: liar: the function destroy is null\nsite.yaml:2:5: "
       "error: liar: the "
       "function handle is null\nsite.yaml:2:5: error: liar: kind pluto.customer: fields: number 1 of 3 points to no "
       "memory\nsite.yaml:2:5: error: liar: operations: the declaration says there are 4000000000, at most 1024 are "
       "allowed"},
  };
  const auto host = host_of_small_site(here.path);
  for (const auto &c : cases) EXPECT_EQ(load(*host, c.library), "site.yaml:2:5: error: " + c.said);
  EXPECT_TRUE(host->plugins().empty());
}

TEST(Loading, refuses_routes_that_clash_naming_both) {
  const auto host = host_of_small_site();
  EXPECT_EQ(load(*host, fixture("echo_c")), "");
  EXPECT_EQ(load(*host, fixture("clash")),
            "site.yaml:2:5: error: clash: GET /v1/echo/{id}/customer is served by echo already, as "
            "/v1/echo/{csid}/customer; only "
            "one of the two can be loaded; for example GET /v1/echo/1/customer, which both serve");
  ASSERT_EQ(host->plugins().size(), 1u) << "a plugin was loaded in part";
  EXPECT_EQ(host->operations().size(), 4u);
}

TEST(Loading, refuses_a_plugin_twice) {
  const auto host = host_of_small_site();
  EXPECT_EQ(load(*host, fixture("twice")), "");
  EXPECT_EQ(load(*host, fixture("twice")), "site.yaml:2:5: error: twice: a plugin of this name is loaded already");
}

TEST(Loading, shows_the_place_of_a_setting_that_the_plugin_itself_refuses) {
  const auto host = host_of_small_site();
  EXPECT_EQ(load(*host, fixture("echo_c"), {{"greeting", "hi"}, {"times", 0}}),
            "site.yaml:4:7: error: echo: the plugin refuses to start: times: must be at least 1");
  EXPECT_EQ(load(*host, fixture("greeter_gxx"), {{"every", "soon"}}),
            "site.yaml:3:7: error: greeter: the plugin refuses to start: every: \"soon\" is not a duration such as "
            "24h, 15m, 30s or "
            "200ms");
  EXPECT_EQ(load(*host, fixture("echo_c")), "") << "a refused plugin can be loaded once it is mended";
}

TEST(Loading, finds_a_name_in_the_plugin_folder_and_a_path_anywhere) {
  EXPECT_EQ(plugin_library::locate("communications", "/lib/plugins"), "/lib/plugins/communications.so");
  EXPECT_EQ(plugin_library::locate("./mine.so", "/lib/plugins"), "./mine.so");
  EXPECT_EQ(plugin_library::locate("/opt/mine.so", "/lib/plugins"), "/opt/mine.so");
  const auto host = host_of_small_site(fixture("x").parent_path());
  EXPECT_EQ(load(*host, "twice"), "");
}

TEST(Loading, leaves_the_file_free_to_be_replaced_and_leaves_no_copy_behind) {
  const folder here;
  const fs::path file = here.path / "plugin.so";
  fs::copy_file(fixture("twice"), file);
  const auto first = host_of_small_site(here.path);
  EXPECT_EQ(load(*first, "plugin"), "");
  // Cut and written anew under the same name, as a careless deployment does.
  std::ofstream(file, std::ios::trunc) << "";
  std::ofstream(file, std::ios::binary | std::ios::trunc) << std::ifstream(fixture("silent"), std::ios::binary).rdbuf();
  const auto second = host_of_small_site(here.path);
  EXPECT_EQ(load(*second, "plugin"), "");
  EXPECT_EQ(first->plugins()[0].name, "twice");
  EXPECT_EQ(second->plugins()[0].name, "silent");

  bool told = false;
  auto asked = std::make_shared<call>();
  asked->deadline = system_clock().now() + std::chrono::seconds(10);
  first->operations()[0].handle(asked, [&](const answer &a) { told = a.body == R"({"answer": 1})"; });
  EXPECT_TRUE(told) << "the first library is no longer whole";
  for (const auto &entry : fs::directory_iterator(fs::temp_directory_path()))
    EXPECT_FALSE(entry.path().filename().string().starts_with("causeway-plugin-")) << entry.path();
}

TEST(Loading, gives_two_hosts_a_library_each_whoever_compiled_it) {
  for (const char *name : {"greeter_gxx", "twice"}) {
    std::vector<std::string> faults;
    const auto one = plugin_library::open(fixture(name), faults);
    const auto other = plugin_library::open(fixture(name), faults);
    ASSERT_TRUE(one && other) << faults.front();
    EXPECT_NE(one->handle, other->handle) << name;
    EXPECT_EQ(one->operations.size(), other->operations.size()) << name;
  }
}

TEST(Loading, keeps_apart_what_two_builds_of_a_plugin_say_of_one_record) {
  std::vector<std::string> faults;
  const auto one = plugin_library::open(fixture("statics_gxx_1"), faults);
  const auto other = plugin_library::open(fixture("statics_gxx_2"), faults);
  ASSERT_TRUE(one && other) << faults.front();
  ASSERT_EQ(one->kinds.size(), 1u);
  EXPECT_EQ(one->kinds[0].name, "pluto.customer");
  EXPECT_EQ(one->kinds[0].fields.size(), 2u);
  ASSERT_EQ(other->kinds.size(), 1u);
  EXPECT_EQ(other->kinds[0].name, "cuba.customer");
  ASSERT_EQ(other->kinds[0].fields.size(), 1u);
  EXPECT_EQ(other->kinds[0].fields[0].name, "csid");
  EXPECT_EQ(other->operations[0].body_members[0].name, "words");
}

TEST(Loading, uses_a_library_again_that_nobody_uses_any_more_unless_its_file_has_changed) {
  const folder here;
  const fs::path file = here.path / "plugin.so";
  fs::copy_file(fixture("twice"), file);
  std::vector<std::string> faults;
  auto one = plugin_library::open(file, faults);
  ASSERT_TRUE(one) << faults.front();
  const auto first = one->handle;
  one.reset();
  one = plugin_library::open(file, faults);
  EXPECT_EQ(one->handle, first);
  one.reset();

  fs::remove(file);
  fs::copy_file(fixture("silent"), file);
  one = plugin_library::open(file, faults);
  ASSERT_TRUE(one) << faults.front();
  EXPECT_EQ(one->name, "silent");
}

}  // namespace
}  // namespace causeway
