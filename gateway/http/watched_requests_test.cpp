// What an operator sees of a request: its count, and its line in the log. Neither knows who the customer is.
#include <condition_variable>
#include <gtest/gtest.h>
#include <sstream>
#include <thread>

#include "http/server.hpp"
#include "http/test_support.hpp"
#include "runtime/log.hpp"

namespace causeway::http {
namespace {

using std::chrono::milliseconds;
using test::raw_client;

constexpr const char *trace = "0af7651916cd43dd8448eb211c80319c";

class WatchedRequests : public testing::Test {
 protected:
  void TearDown() override { set_log_level(log_level::info); }

  // However busy the machine is, nothing is slow by itself.
  static server_options quick_enough() {
    auto options = test::any_port();
    options.slow = std::chrono::minutes(10);
    return options;
  }

  std::shared_ptr<const api> watched() {
    auto customer = test::test_operation("GET", "/v1/customers/{csid}", [](auto, auto done) {
      log(log_level::info, "a handler's line");
      done(test::json_answer("1"));
    });
    customer.path_members = {test::csid_member()};
    auto guarded = test::test_operation("GET", "/guarded", [](auto, auto done) { done(test::json_answer("1")); });
    guarded.roles = {"operator"};
    api_options options;
    options.authenticate = [](std::string_view) { return std::nullopt; };
    options.counts = counts;
    return test::make_api(
        {customer, guarded, test::test_operation("GET", "/broken", [](auto, auto) { throw std::runtime_error("no"); }),
         test::test_operation("GET", "/slow",
                              [](auto, auto done) {
                                std::this_thread::sleep_for(milliseconds(30));
                                done(test::json_answer("1"));
                              })},
        std::move(options));
  }

  // Lines that the requests caused; each is answered before the next is sent.
  std::vector<std::string> lines_of(const std::vector<std::string> &paths, server_options options = quick_enough()) {
    testing::internal::CaptureStderr();
    {
      server over(options, watched(), clock);
      raw_client client(over.port());
      for (const auto &path : paths) {
        client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\nX-Request-Id: r-1\r\nAuthorization: Bearer secret\r\n" +
                    "traceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n\r\n");
        EXPECT_TRUE(client.read()) << path;
      }
    }
    std::istringstream written(testing::internal::GetCapturedStderr());
    std::vector<std::string> lines;
    for (std::string line; std::getline(written, line);) lines.push_back(line);
    return lines;
  }

  static testing::AssertionResult has(const std::string &line, std::initializer_list<std::string> parts) {
    for (const auto &part : parts)
      if (line.find(part) == std::string::npos) return testing::AssertionFailure() << "no " << part << " in " << line;
    return testing::AssertionSuccess();
  }
  double counted(const std::string &operation, int status) const {
    const std::string name =
        "causeway_http_requests_total{operation=\"" + operation + "\",status=\"" + std::to_string(status) + "\"} ";
    const auto text = counts->text();
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size()));
  }

  system_clock clock;
  std::shared_ptr<metrics> counts = std::make_shared<metrics>();
};

TEST_F(WatchedRequests, AreCountedByTheirOperationWhateverBecomesOfThem) {
  lines_of({"/v1/customers/4", "/v1/customers/5", "/v1/customers/x", "/guarded", "/broken", "/nowhere", "/livez"});
  EXPECT_EQ(counted("GET /v1/customers/{csid}", 200), 2);
  EXPECT_EQ(counted("GET /v1/customers/{csid}", 422), 1);
  EXPECT_EQ(counted("GET /guarded", 401), 1);
  EXPECT_EQ(counted("GET /broken", 500), 1);
  EXPECT_EQ(counted("none", 404), 1);
  EXPECT_EQ(counted("GET /livez", 200), 1);
  EXPECT_EQ(counts->text().find("customers/4"), std::string::npos);
}

TEST_F(WatchedRequests, AreCountedWhereTheConnectionIsRefused) {
  testing::internal::CaptureStderr();
  auto options = quick_enough();
  options.connections = 1;
  {
    server over(options, watched(), clock);
    raw_client malformed(over.port());
    malformed.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    EXPECT_EQ(malformed.read()->status, 400);
    raw_client second(over.port());
    EXPECT_EQ(second.read()->status, 503);
  }
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(counted("none", 400), 1);
  EXPECT_EQ(counted("none", 503), 1);
}

TEST_F(WatchedRequests, AreLoggedWhereTheyEndBadly) {
  const auto lines = lines_of({"/v1/customers/x", "/broken", "/livez"});
  ASSERT_EQ(lines.size(), 3u);
  const std::string ids = std::string(R"("requestId":"r-1","traceId":")") + trace + "\"";
  EXPECT_TRUE(has(lines[0], {ids, R"("level":"info")", R"("operation":"GET /v1/customers/{csid}")",
                             R"("status":"422","code":"invalid","milliseconds":")"}));
  EXPECT_TRUE(has(lines[1], {ids, R"("level":"warning","message":"an operation threw")"}));
  EXPECT_TRUE(has(lines[2], {ids, R"("level":"warning")", R"("operation":"GET /broken","status":"500")"}));
}

TEST_F(WatchedRequests, GiveTheirIdsToLinesWrittenMeanwhile) {
  const auto lines = lines_of({"/v1/customers/4"});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(has(lines[0], {R"("message":"a handler's line","requestId":"r-1","traceId":")" + std::string(trace)}));
}

TEST_F(WatchedRequests, AreLoggedWhereTheyAreSlow) {
  auto options = quick_enough();
  options.slow = milliseconds(20);
  const auto lines = lines_of({"/slow"}, options);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(has(lines[0], {R"("level":"warning","message":"slow request")", R"("status":"200")"}));
}

TEST_F(WatchedRequests, AreAllLoggedWhereThatIsAskedFor) {
  auto options = quick_enough();
  EXPECT_EQ(lines_of({"/livez", "/livez"}, options).size(), 0u);
  options.log_every_request = true;
  const auto lines = lines_of({"/livez", "/livez"}, options);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_TRUE(has(lines[1], {R"("level":"info","message":"request")", R"("operation":"GET /livez","status":"200")"}));
  options.log_every_request = false;
  set_log_level(log_level::debug);
  EXPECT_EQ(lines_of({"/livez", "/livez"}, options).size(), 2u);
}

TEST_F(WatchedRequests, SayNothingOfTheCustomerOrTheCredential) {
  set_log_level(log_level::debug);
  for (const auto &line : lines_of(
           {"/v1/customers/123454321", "/v1/customers/Zebra", "/v1/customers/1?Zebra=Zebra", "/Zebra", "/guarded"}))
    for (const char *secret : {"123454321", "Zebra", "secret"}) EXPECT_EQ(line.find(secret), line.npos) << line;
}

}  // namespace
}  // namespace causeway::http
