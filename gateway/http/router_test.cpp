#include "http/router.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace causeway::http {
namespace {

using kind = match::kind;

router shipped_paths() {
  const std::pair<const char *, const char *> routes[] = {
      {"GET", "/v1/customers/{csid}"},                                          // 0
      {"GET", "/v1/customers/{csid}/communications"},                           // 1
      {"POST", "/v1/customers/{csid}/communications"},                          // 2
      {"GET", "/v1/customers/{csid}/communications/{communicationId}"},         // 3
      {"POST", "/v1/customers/{csid}/communications/{communicationId}/notes"},  // 4
      {"GET", "/v1/customers/new"},                                             // 5
      {"PATCH", "/v1/customers/new/draft"},                                     // 6
      {"GET", "/livez"},                                                        // 7
  };
  router r;
  std::size_t i = 0;
  for (const auto &[method, path] : routes) EXPECT_FALSE(r.add(method, path, i++));
  return r;
}

TEST(Router, FindsByMethodAndSegments) {
  const auto r = shipped_paths();
  const struct {
    const char *method;
    const char *path;
    kind what;
    std::size_t route;
    std::vector<std::string> parameters;
    const char *allow;
  } table[] = {
      {"GET", "/livez", kind::found, 7, {}, ""},
      {"HEAD", "/livez", kind::found, 7, {}, ""},
      {"GET", "/v1/customers/7", kind::found, 0, {"7"}, ""},
      {"GET", "/v1/customers/7/communications/c1", kind::found, 3, {"7", "c1"}, ""},
      {"POST", "/v1/customers/7/communications/c1/notes", kind::found, 4, {"7", "c1"}, ""},
      // A literal goes before a parameter, and the search comes back for the parameter.
      {"GET", "/v1/customers/new", kind::found, 5, {}, ""},
      {"GET", "/v1/customers/new/communications", kind::found, 1, {"new"}, ""},
      // Encoded text is the text it stands for; an encoded slash divides nothing.
      {"GET", "/v1/cust%6Fmers/a%20b", kind::found, 0, {"a b"}, ""},
      {"GET", "/v1/customers/a%2Fb", kind::found, 0, {"a/b"}, ""},
      {"GET", "/v1/customers/J%C3%BCrgen", kind::found, 0, {"Jürgen"}, ""},
      {"GET", "/v1/customers/a+b", kind::found, 0, {"a+b"}, ""},
      {"GET", "/v1/customers/..", kind::found, 0, {".."}, ""},

      {"GET", "/", kind::not_found, 0, {}, ""},
      {"GET", "", kind::not_found, 0, {}, ""},
      {"GET", "/v1", kind::not_found, 0, {}, ""},
      {"GET", "/v1/customers", kind::not_found, 0, {}, ""},
      {"GET", "/v1/customers/", kind::not_found, 0, {}, ""},
      {"GET", "/v1/customers/7/", kind::not_found, 0, {}, ""},
      {"GET", "/v1//customers/7", kind::not_found, 0, {}, ""},
      {"GET", "//livez", kind::not_found, 0, {}, ""},
      {"GET", "/LIVEZ", kind::not_found, 0, {}, ""},
      {"GET", "/livez/more", kind::not_found, 0, {}, ""},

      {"DELETE", "/livez", kind::not_allowed, 0, {}, "GET, HEAD"},
      {"get", "/livez", kind::not_allowed, 0, {}, "GET, HEAD"},
      {"PUT", "/v1/customers/7/communications", kind::not_allowed, 0, {}, "GET, HEAD, POST"},
      {"HEAD", "/v1/customers/7/communications/c1/notes", kind::not_allowed, 0, {}, "POST"},

      {"GET", "/v1/customers/%", kind::bad, 0, {}, ""},
      {"GET", "/v1/customers/%4", kind::bad, 0, {}, ""},
      {"GET", "/v1/customers/%zz", kind::bad, 0, {}, ""},
      {"GET", "/v1/customers/%00", kind::bad, 0, {}, ""},
      {"GET", "/v1/customers/%ff", kind::bad, 0, {}, ""},
      {"GET", "/v1/customers/%c3%28", kind::bad, 0, {}, ""},
      {"GET", "/v1/customers/%ed%a0%80", kind::bad, 0, {}, ""},
  };
  for (const auto &row : table) {
    SCOPED_TRACE(std::string(row.method) + " " + row.path);
    const auto found = r.find(row.method, row.path);
    EXPECT_EQ(found.what, row.what);
    EXPECT_EQ(found.parameters, row.parameters);
    EXPECT_EQ(found.allow, row.allow);
    if (row.what == kind::found) EXPECT_EQ(found.route, row.route);
  }
}

TEST(Router, SaysWhichRouteHasThisShapeAlready) {
  auto r = shipped_paths();
  EXPECT_EQ(r.add("GET", "/v1/customers/{id}/communications/{other}", 99), 3u);
  EXPECT_EQ(r.add("GET", "/livez", 99), 7u);
  EXPECT_EQ(r.add("POST", "/livez", 99), std::nullopt);
}

TEST(Router, RefusesWhatIsNoTemplate) {
  for (const char *path : {"", "livez", "/", "/a//b", "/a/", "/a/{}", "/a/{b", "/a/b}", "/a/x{b}", "/a?b", "/a/%20"}) {
    router r;
    EXPECT_THROW(r.add("GET", path, 0), std::invalid_argument) << path;
  }
}

}  // namespace
}  // namespace causeway::http
