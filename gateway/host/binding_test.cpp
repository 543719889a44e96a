// A declaration that cannot work with a site is refused: each fault by name, all of them at once.
#include "host/binding.hpp"

#include <functional>
#include <gtest/gtest.h>

#include "host/testing/host_site.hpp"

namespace causeway {
namespace {

struct bench {
  plugin_host_options site;
  declared_plugin plugin;
  plugin_reference reference;
  testing::test_site kinds = testing::small_site();

  bench() {
    site.kind = [this](std::string_view name) -> kind_ptr {
      for (const auto &kind : kinds.kinds)
        if (kind->name == name) return kind;
      return nullptr;
    };
    site.mapping = kinds.mapping;
    for (const char *name : {"pluto", "cuba"})
      site.stores[name] = std::make_shared<memory_store>(std::vector<kind_ptr>{}, nullptr);
    reference.at = {"site.yaml", 3, 5};
    plugin.name = "sample";
    plugin.kinds = {
        {"pluto.customer", {{"name", CW_TEXT, true}, {"visits", CW_INTEGER, false}, {"csid", CW_TEXT, true}}},
        {"cuba.customer", {{"csid", CW_TEXT, true}}}};
    plugin.mappings = {{"pluto.customer", "cuba.customer"}};
    plugin.settings = {{"greeting", CW_TEXT, false, value("hello"), ""}, {"times", CW_INTEGER, false, value(1), ""}};
    declared_operation o;
    o.method = "POST";
    o.path = "/v1/customers/{csid}/calls";
    o.roles = "operator";
    o.path_members = {member("csid")};
    o.body_members = {member("text")};
    o.success_status = 201;
    o.home_store = "pluto";
    plugin.operations = {o};
  }

  static declared_member member(std::string name) {
    declared_member m;
    m.name = std::move(name);
    return m;
  }
  declared_operation &operation() { return plugin.operations[0]; }
  declared_member &body() { return plugin.operations[0].body_members[0]; }

  std::vector<std::string> findings;
  std::optional<bound_plugin> bind() {
    std::vector<finding> found;
    auto bound = bind_plugin(plugin, reference, site, found);
    for (const auto &f : found) findings.push_back(to_string(f));
    return bound;
  }
};

TEST(Binding, ties_fields_to_their_places_once) {
  bench b;
  const auto bound = b.bind();
  ASSERT_TRUE(bound.has_value()) << b.findings.front();
  const auto &customer = bound->kinds[0];
  ASSERT_EQ(customer.fields.size(), 3u);
  EXPECT_EQ(customer.fields[0].at, 1u);
  EXPECT_EQ(customer.fields[1].at, 4u);
  EXPECT_EQ(customer.fields[1].type, std::uint32_t(CW_INTEGER));
  EXPECT_EQ(customer.fields[2].at, 0u);
  EXPECT_EQ(customer.store, b.site.stores["pluto"].get());
  EXPECT_TRUE(bound->maps[1]);
  EXPECT_FALSE(bound->maps[2]) << "the way back is not declared";
  EXPECT_EQ(bound->settings, (std::vector<value>{"hello", std::int64_t(1)}));
}

TEST(Binding, takes_codes_from_where_they_are) {
  const struct {
    const char *source;
    std::vector<std::string> allowed;
  } cases[] = {{"", {}},
               {"=A", {"A"}},
               {"=A|B C|d", {"A", "B C", "d"}},
               {"pluto.customer.country", {"AU", "NZ"}},
               {"pluto.customer.name", {}}};  // a field without a code table: free
  for (const auto &c : cases) {
    bench b;
    b.body().codes = c.source;
    const auto bound = b.bind();
    ASSERT_TRUE(bound.has_value()) << c.source << ": " << b.findings.front();
    EXPECT_EQ(bound->operations[0].body_members[0].allowed, c.allowed) << c.source;
  }
}

TEST(Binding, refuses_what_the_site_does_not_have) {
  const std::string plugin = "site.yaml:3:5: error: sample: ";
  const std::string call = plugin + "POST /v1/customers/{csid}/calls: ";
  const auto at_path = [&](const std::string &path) { return plugin + "POST " + path + ": "; };
  const struct {
    std::function<void(bench &)> spoil;
    std::string said;
  } cases[] = {
      {[](bench &b) {
         b.plugin.kinds.push_back({"pluto.custmer", {}});
       },
       plugin + "kind pluto.custmer: the plugin uses it, the configuration does not have it"},
      {[](bench &b) { b.site.stores.erase("cuba"); }, plugin + "kind cuba.customer: its store cuba is not configured"},
      {[](bench &b) { b.plugin.kinds[0].fields[0].name = "fullName"; },
       plugin + "kind pluto.customer: field fullName: the plugin uses it, the configuration does not have it"},
      {[](bench &b) { b.plugin.kinds[0].fields[0].type = CW_INTEGER; },
       plugin +
           "kind pluto.customer: field name: the plugin reads it as an integer, the configuration holds it as text"},
      {[](bench &b) { b.plugin.kinds[0].fields[1].type = CW_BOOLEAN; },
       plugin + "kind pluto.customer: field visits: the plugin reads it as a boolean, the configuration holds it as an "
                "integer"},
      {[](bench &b) { b.plugin.kinds[0].fields[1].required = true; },
       plugin +
           "kind pluto.customer: field visits: the plugin needs it always filled, the configuration lets it be null; "
           "declare it required: true"},
      {[](bench &b) {
         b.plugin.kinds[0].fields.push_back({"name", CW_TEXT, false});
       },
       plugin + "kind pluto.customer: field name: declared twice"},
      {[](bench &b) { b.plugin.kinds.push_back(b.plugin.kinds[0]); }, plugin + "kind pluto.customer: declared twice"},
      {[](bench &b) {
         b.plugin.mappings = {{"cuba.customer", "pluto.customer"}};
       },
       plugin +
           "mapping from cuba.customer to pluto.customer: the plugin needs it, the configuration declares no mapping "
           "between the two; add one under copies:"},
      {[](bench &b) {
         b.plugin.mappings = {{"pluto.customer", "cuba.other"}};
       },
       plugin + "mapping from pluto.customer to cuba.other: the plugin does not declare the kind cuba.other"},
      {[](bench &b) { b.plugin.operations.clear(); }, plugin + "the plugin declares no operation"},
      {[](bench &b) { b.plugin.operations.push_back(b.operation()); }, call + "declared twice"},
      {[](bench &b) { b.operation().roles = "operator admin"; }, call + "there is no role admin"},
      {[](bench &b) { b.operation().roles = " "; }, call + "it names no role, so that nobody could call it"},
      {[](bench &b) { b.operation().success_status = 204; }, call + "the success status must be 200, 201 or 202"},
      {[](bench &b) { b.operation().flags = 64; }, call + "its flags hold one that this gateway does not know"},
      {[](bench &b) { b.operation().home_store = "mars"; }, call + "its home store mars is not configured"},
      {[](bench &b) { b.operation().answer_schema = "text"; }, call + "its answer schema is not a JSON object"},
      {[](bench &b) { b.operation().method = "PUT"; },
       plugin + "PUT /v1/customers/{csid}/calls: the method must be GET, POST or PATCH"},
      {[](bench &b) { b.operation().method = "GET"; },
       plugin + "GET /v1/customers/{csid}/calls: a GET takes no body members"},
      {[](bench &b) { b.operation().path_members.clear(); },
       call + "the path members must be the path's parameters, in their order, as text"},
      {[](bench &b) { b.operation().path_members[0].name = "id"; },
       call + "the path members must be the path's parameters, in their order, as text"},
      {[](bench &b) { b.operation().path = "v1/x"; }, at_path("v1/x") + "the path must begin with /"},
      {[](bench &b) { b.operation().path = "/v1//x"; },
       at_path("/v1//x") + "the path's segment \"\" is neither letters, digits and - _ . ~ nor a name in braces"},
      {[](bench &b) { b.operation().path = "/v1/../x"; },
       at_path("/v1/../x") + "the path's segment \"..\" is neither letters, digits and - _ . ~ nor a name in braces"},
      {[](bench &b) { b.operation().path = "/v1/{}"; },
       at_path("/v1/{}") + "the path's segment \"{}\" is neither letters, digits and - _ . ~ nor a name in braces"},
      {[](bench &b) { b.operation().path = "/v1/x{csid}"; },
       at_path("/v1/x{csid}") +
           "the path's segment \"x{csid}\" is neither letters, digits and - _ . ~ nor a name in braces"},
      {[](bench &b) { b.operation().path = "/v1/{csid}/{csid}"; },
       at_path("/v1/{csid}/{csid}") + "the path names {csid} twice"},
      {[](bench &b) { b.operation().path = "/v1/admin/{csid}"; },
       at_path("/v1/admin/{csid}") + "paths below /v1/admin/ are the gateway's own"},
      {[](bench &b) { b.body().name = "a b"; }, call + "body member a b: its name is not letters and digits"},
      {[](bench &b) { b.body().name = "a."; }, call + "body member a.: its name is not letters and digits"},
      {[](bench &b) { b.operation().body_members.push_back(b.body()); }, call + "body member text: declared twice"},
      {[](bench &b) { b.operation().body_members.push_back(bench::member("text.size")); },
       call + "body member text: text.size makes it an object"},
      {[](bench &b) {
         b.operation().flags = CW_LIST;
         b.operation().query_members = {bench::member("limit")};
       },
       call + "query member limit: it is the gateway's own where the operation is a list"},
      {[](bench &b) { b.operation().query_members = {bench::member("a.b")}; },
       call + "query member a.b: its name is not letters and digits"},
      {[](bench &b) {
         b.body().type = CW_INTEGER;
         b.body().max_length = 3;
       },
       call + "body member text: lengths, format and codes are for text only"},
      {[](bench &b) {
         b.body().min_length = 5;
         b.body().max_length = 3;
       },
       call + "body member text: its least length is more than its most"},
      {[](bench &b) { b.body().format = "email"; },
       call + "body member text: its format \"email\" is none of csid, date, date-time"},
      {[](bench &b) { b.body().codes = "=A||B"; }, call + "body member text: its codes \"=A||B\" hold an empty one"},
      {[](bench &b) { b.body().codes = "pluto.customer.planet"; },
       call + "body member text: its codes come from the field pluto.customer.planet, which the configuration does not "
              "have"},
      {[](bench &b) {
         b.reference.settings["greting"] = {{"site.yaml", 4, 9}, "hi"};
       },
       "site.yaml:4:9: error: sample: there is no setting greting; did you mean greeting?"},
      {[](bench &b) {
         b.reference.settings["colour"] = {{"site.yaml", 4, 9}, "red"};
       },
       "site.yaml:4:9: error: sample: there is no setting colour; it has greeting, times"},
      {[](bench &b) {
         b.reference.settings["times"] = {{"site.yaml", 4, 9}, "often"};
       },
       "site.yaml:4:9: error: sample: the setting times must be an integer"},
      {[](bench &b) {
         b.reference.settings["times"] = {{"site.yaml", 4, 9}, true};
       },
       "site.yaml:4:9: error: sample: the setting times must be an integer"},
      {[](bench &b) {
         b.plugin.settings[0] = {"greeting", CW_TEXT, true, absent(), "What is said."};
       },
       plugin + "the setting greeting is missing: What is said."},
  };
  for (const auto &c : cases) {
    bench b;
    c.spoil(b);
    EXPECT_FALSE(b.bind().has_value()) << c.said;
    EXPECT_EQ(b.findings, std::vector<std::string>{c.said});
  }
}

TEST(Binding, names_every_fault_at_once) {
  bench b;
  b.plugin.kinds[0].fields[0].name = "fullName";
  b.plugin.kinds[1].name = "cuba.other";
  b.operation().roles = "admin operator";
  b.reference.settings["times"] = {{"site.yaml", 4, 9}, "often"};
  EXPECT_FALSE(b.bind().has_value());
  EXPECT_EQ(b.findings.size(), 5u) << "field, kind, the mapping to that kind, role, setting";
}

TEST(PathShape, forgets_the_names_of_parameters) {
  EXPECT_EQ(path_shape("/v1/customers/{csid}/notes/{noteId}"), "/v1/customers/{}/notes/{}");
  EXPECT_EQ(path_shape("/v1/customers"), "/v1/customers");
}

}  // namespace
}  // namespace causeway
