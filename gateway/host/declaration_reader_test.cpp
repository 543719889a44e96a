// A declaration is read as if its maker were mistaken: each lie is one sentence, none a crash.
#include <functional>
#include <gtest/gtest.h>

#include "host/border.hpp"
#include "host/library.hpp"

namespace causeway {
namespace {

cw_text text(std::string_view of) { return {of.data(), of.size()}; }

// A declaration with one of everything, to be falsified.
struct sample {
  cw_field field{text("name"), CW_TEXT, CW_REQUIRED};
  cw_kind kind{text("pluto.customer"), {&field, 1, sizeof field}, CW_READS | CW_INSERTS, 0};
  cw_mapping mapping{text("pluto.customer"), text("cuba.customer")};
  cw_setting setting{text("words"), CW_TEXT, 0, {}, text("What is said.")};
  cw_member member{text("csid"), CW_TEXT, CW_REQUIRED, 1, 9, text("csid"), {}, text("Whose.")};
  cw_operation operation{};
  cw_plugin plugin{};

  sample() {
    setting.default_value.type = CW_TEXT;
    setting.default_value.as.text = text("hello");
    operation.method = text("GET");
    operation.path = text("/v1/customers/{csid}");
    operation.roles = text("operator");
    operation.path_members = {&member, 1, sizeof member};
    operation.success_status = 200;
    operation.home_store = text("pluto");
    plugin.size = sizeof plugin;
    plugin.abi_version = CW_ABI_VERSION;
    plugin.name = text("sample");
    plugin.version = text("1.0.0");
    plugin.kinds = {&kind, 1, sizeof kind};
    plugin.mappings = {&mapping, 1, sizeof mapping};
    plugin.settings = {&setting, 1, sizeof setting};
    plugin.operations = {&operation, 1, sizeof operation};
    plugin.create = [](const cw_host *, const cw_value *, void **, cw_text *) -> std::uint32_t { return CW_OK; };
    plugin.destroy = [](void *) {};
    plugin.handle = [](void *, cw_call, const cw_request *) {};
  }
  sample(const sample &) = delete;
};

TEST(Declaration, is_copied_whole) {
  const sample s;
  std::vector<std::string> faults;
  const auto read = plugin_library::read("file", &s.plugin, faults);
  ASSERT_TRUE(read.has_value()) << faults.front();
  EXPECT_EQ(read->name, "sample");
  EXPECT_EQ(read->kinds.at(0).fields.at(0).name, "name");
  EXPECT_TRUE(read->kinds[0].fields[0].required);
  EXPECT_EQ(read->kinds[0].uses, unsigned(CW_READS | CW_INSERTS));
  EXPECT_EQ(read->mappings.at(0).to, "cuba.customer");
  EXPECT_EQ(read->settings.at(0).default_value, value("hello"));
  EXPECT_EQ(read->operations.at(0).path_members.at(0).format, "csid");
  EXPECT_EQ(read->operations[0].path_members[0].max_length, 9u);
  EXPECT_EQ(read->operations[0].home_store, "pluto");
}

// Whoever was built before a kind said what is done to it may do everything.
TEST(Declaration, of_an_older_header_uses_its_kinds_in_every_way) {
  sample s;
  struct older_kind {
    cw_text name;
    cw_array fields;
  };
  const older_kind older{s.kind.name, s.kind.fields};
  std::vector<std::string> faults;
  s.plugin.kinds = {&older, 1, sizeof older};
  const auto read = plugin_library::read("file", &s.plugin, faults);
  ASSERT_TRUE(read.has_value()) << faults.front();
  EXPECT_EQ(read->kinds.at(0).uses, unsigned(CW_READS | CW_INSERTS | CW_UPDATES));
}

TEST(Declaration, that_lies_is_refused_with_a_sentence) {
  static const char nowhere = 0;
  const struct {
    std::function<void(sample &)> falsify;
    const char *said;
  } cases[] = {
      {[](sample &s) { s.plugin.abi_version = 2; },
       "file: the plugin was built for ABI version 2, this gateway has version 1; build it against this gateway's SDK"},
      {[](sample &s) { s.plugin.size = 40; }, "file: the declaration says it has 40 bytes; 160 are needed"},
      {[](sample &s) { s.plugin.name = {}; }, "file: name is empty"},
      {[](sample &s) { s.plugin.version = text("\xff"); }, "file: version is not UTF-8, or holds a NUL"},
      {[](sample &s) {
         s.plugin.version = {"1\0002", 3};
       },
       "file: version is not UTF-8, or holds a NUL"},
      {[](sample &s) { s.plugin.name.size = 5'000'000'000; },
       "file: name says it has 5000000000 bytes, at most 4096 are allowed"},
      {[](sample &s) {
         s.plugin.name = {reinterpret_cast<const char *>(16), 4};
       },
       "file: name points to no memory"},
      {[](sample &s) { s.plugin.name.data = nullptr; }, "file: name points to no memory"},
      {[](sample &s) { s.plugin.create = nullptr; }, "file: the function create is null"},
      {[](sample &s) { s.plugin.destroy = nullptr; }, "file: the function destroy is null"},
      {[](sample &s) { s.plugin.handle = nullptr; }, "file: the function handle is null"},
      {[](sample &s) { s.plugin.kinds.count = 1025; },
       "file: kinds: the declaration says there are 1025, at most 1024 are allowed"},
      {[](sample &s) { s.plugin.kinds.data = nullptr; }, "file: kinds: number 1 of 1 points to no memory"},
      {[](sample &s) { s.plugin.kinds.data = reinterpret_cast<const void *>(4096); },
       "file: kinds: number 1 of 1 points to no memory"},
      {[](sample &s) { s.plugin.kinds.stride = 0; },
       "file: kinds: the declaration says that one begins 0 bytes behind the other, which cannot hold one"},
      {[](sample &s) { s.plugin.kinds.stride = 41; },
       "file: kinds: the declaration says that one begins 41 bytes behind the other, which cannot hold one"},
      {[](sample &s) { s.plugin.kinds.stride = 8192; },
       "file: kinds: the declaration says that one begins 8192 bytes behind the other, which cannot hold one"},
      {[](sample &s) {
         s.kind.name = {&nowhere, 0};
       },
       "file: kind 1: name is empty"},
      {[](sample &s) { s.kind.fields.stride = 16; },
       "file: kind pluto.customer: fields: the declaration says that one begins 16 bytes behind the other, which "
       "cannot "
       "hold one"},
      {[](sample &s) { s.field.name = {}; }, "file: kind pluto.customer: field 1: name is empty"},
      {[](sample &s) { s.field.type = CW_NULL; }, "file: kind pluto.customer: field name: its type 1 does not exist"},
      {[](sample &s) { s.mapping.to = {}; }, "file: mapping 1: to is empty"},
      {[](sample &s) { s.setting.type = 9; }, "file: setting words: its type 9 does not exist"},
      {[](sample &s) { s.setting.type = CW_INTEGER; }, "file: setting words: its default is not an integer"},
      {[](sample &s) { s.setting.default_value.as.text.data = nullptr; },
       "file: setting words: default points to no memory"},
      {[](sample &s) { s.operation.method = {}; }, "file: operation 1: method is empty"},
      {[](sample &s) { s.operation.roles = text("\xc3"); },
       "file: GET /v1/customers/{csid}: roles is not UTF-8, or holds a NUL"},
      {[](sample &s) { s.member.type = CW_ABSENT; },
       "file: GET /v1/customers/{csid}: path member csid: its type 0 does not exist"},
      {[](sample &s) {
         s.operation.body_members = {&s.member, 4'000'000'000u, sizeof s.member};
       },
       "file: GET /v1/customers/{csid}: body members: the declaration says there are 4000000000, at most 1024 are "
       "allowed"},
  };
  for (const auto &c : cases) {
    sample s;
    c.falsify(s);
    std::vector<std::string> faults;
    EXPECT_FALSE(plugin_library::read("file", &s.plugin, faults).has_value()) << c.said;
    ASSERT_FALSE(faults.empty()) << c.said;
    EXPECT_EQ(faults.front(), c.said);
  }
}

TEST(Declaration, that_is_nowhere_is_refused) {
  // Null, and two pages at the bottom of memory that nobody has.
  for (const void *at :
       {static_cast<const void *>(nullptr), reinterpret_cast<const void *>(8), reinterpret_cast<const void *>(4096)}) {
    std::vector<std::string> faults;
    EXPECT_FALSE(plugin_library::read("file", static_cast<const cw_plugin *>(at), faults).has_value());
    EXPECT_EQ(faults, std::vector<std::string>{"file: the declaration points to no memory"});
  }
}

TEST(Declaration, of_a_larger_struct_to_come_is_read_as_far_as_it_is_known) {
  struct {
    cw_member known;
    cw_text new_member;
  } later[2] = {};
  for (auto &one : later) {
    one.known.type = CW_TEXT;
    one.new_member = text("unknown here");
  }
  later[0].known.name = text("a");
  later[1].known.name = text("b");
  sample s;
  s.plugin.size = sizeof(cw_plugin) + 64;  // and the 64 bytes are not looked at
  s.operation.body_members = {later, 2, sizeof later[0]};
  std::vector<std::string> faults;
  const auto read = plugin_library::read("file", &s.plugin, faults);
  ASSERT_TRUE(read.has_value()) << faults.front();
  EXPECT_EQ(read->operations[0].body_members.at(1).name, "b");
}

TEST(CleanText, is_utf8_without_a_nul) {
  const struct {
    std::string text;
    bool clean;
  } cases[] = {{"", true},
               {"plain", true},
               {"exactly8", true},
               {"Grüße aus Æbelø, and more than eight", true},
               {std::string("\0", 1), false},
               {std::string("12345678\0", 9), false},
               {std::string("1234567\0", 8), false},
               {std::string("ü2345678\0", 10), false},
               {"12345678\xff", false},
               {"\xed\xa0\x80", false},
               {std::string(64, 'x') + "\xe2\x82", false}};
  for (const auto &c : cases) EXPECT_EQ(is_clean_text(c.text), c.clean) << c.text;
}

}  // namespace
}  // namespace causeway
