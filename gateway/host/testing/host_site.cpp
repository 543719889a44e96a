#include "host/testing/host_site.hpp"

#include "store/kind_builder.hpp"

namespace causeway::testing {

namespace {

kind_ptr named(const kind_ptr &built, std::string name) {
  auto kind = *built;
  kind.name = std::move(name);
  return std::make_shared<const record_kind>(std::move(kind));
}

kind_ptr customer() {
  auto kind = *kind_builder("pluto", "customer")
                   .needs("csid", field_type::csid)
                   .needs("name", field_type::text, 200)
                   .maybe("country", field_type::code, 2)
                   .needs("international", field_type::boolean)
                   .maybe("visits", field_type::integer)
                   .key({"csid"})
                   .versioned()
                   .build();
  auto codes = std::make_shared<code_table>();
  codes->name = "country";
  codes->readable_of = {{"1", "AU"}, {"2", "NZ"}};
  codes->stored_of = {{"AU", "1"}, {"NZ", "2"}};
  kind.fields[2].codes = codes;
  return named(std::make_shared<const record_kind>(kind), "pluto.customer");
}

}  // namespace

test_site small_site() {
  test_site site;
  site.kinds = {customer(),
                named(kind_builder("pluto", "note")
                          .needs("noteId", field_type::text, 36)
                          .generated(key_generation::uuid)
                          .needs("csid", field_type::csid)
                          .needs("text", field_type::text, 100)
                          .key({"noteId"})
                          .indexed({"csid", "noteId"})
                          .build(),
                      "pluto.note"),
                named(kind_builder("cuba", "customer")
                          .maybe("csid", field_type::csid)
                          .maybe("applicantName", field_type::text, 200)
                          .key({"csid"})
                          .build(),
                      "cuba.customer")};
  site.mapping = [to = site.kinds[2]](const kind_ptr &from, const kind_ptr &into) -> record_map {
    if (from->name != "pluto.customer" || into->name != "cuba.customer") return {};
    return [to](const record &source) -> result<record> {
      record target(to);
      std::string name(text_of(source["name"]));
      if (name.size() > 10) return fault{outcome::invalid, "", {{"name", "too-long", "at most 10 characters"}}};
      for (char &c : name)
        if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
      target["csid"] = source["csid"];
      target["applicantName"] = std::move(name);
      return target;
    };
  };
  return site;
}

}  // namespace causeway::testing
