// Bytes in, status out, over a real socket: what this server takes for a request, and what it refuses because another
// one could take it for something else.
#include <gtest/gtest.h>

#include "http/test_support.hpp"

namespace causeway::http {
namespace {

using test::raw_client;

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 120)) out += c == '\r' ? "\\r" : c == '\n' ? "\\n" : std::string(1, c);
  return out;
}

class RawRequests : public testing::Test {
 protected:
  static std::shared_ptr<const api> echo_api() {
    auto echo = test::test_operation("POST", "/echo", [](auto c, auto done) {
      done(test::json_answer("{\"text\":\"" + std::string(text_of(c->body[0])) + "\"}"));
    });
    echo.body_members = {test::text_member("text")};
    return test::make_api({std::move(echo)});
  }

  server_options small() {
    auto o = test::any_port();
    o.body = 1000;
    o.read_timeout = std::chrono::milliseconds(300);
    o.idle_timeout = std::chrono::milliseconds(600);
    return o;
  }

  system_clock clock_;
  server server_{small(), echo_api(), clock_};
};

const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

TEST_F(RawRequests, AreAnsweredByTheirShape) {
  const std::string json = R"({"text":"hi"})";
  const struct {
    const char *what;
    std::string bytes;
    int status;
    bool stays_open;
  } table[] = {
      {"a plain GET", "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", 200, true},
      {"an empty line before it", "\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n", 200, true},
      {"an absolute target", "GET http://x/livez HTTP/1.1\r\nHost: x\r\n\r\n", 200, true},
      {"Connection: close", "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200, false},
      {"HTTP/1.0", "GET /livez HTTP/1.0\r\n\r\n", 200, false},
      {"HTTP/1.0 that stays", "GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, true},
      {"an upgrade that is not taken up",
       "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 200, true},
      {"8-bit content of a field", "GET /livez HTTP/1.1\r\nHost: x\r\nX-Name: J\xc3\xbcrgen\r\n\r\n", 200, true},
      {"a path nobody has", "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404, true},
      {"a slash behind the path", "GET /livez/ HTTP/1.1\r\nHost: x\r\n\r\n", 404, true},
      {"a method the path does not take", "DELETE /livez HTTP/1.1\r\nHost: x\r\n\r\n", 405, true},
      {"a method nobody knows", "BREW /livez HTTP/1.1\r\nHost: x\r\n\r\n", 405, true},
      {"a broken percent code", "GET /livez%2 HTTP/1.1\r\nHost: x\r\n\r\n", 400, true},
      {"an encoded NUL", "GET /livez%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, true},

      {"a body by length", post + "Content-Length: 13\r\n\r\n" + json, 200, true},
      {"a body by chunks", post + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"tex\r\n8\r\nt\":\"hi\"}\r\n0\r\n\r\n", 200,
       true},
      {"Chunked, in other letters", post + "Transfer-Encoding: Chunked\r\n\r\nd\r\n" + json + "\r\n0\r\n\r\n", 200,
       true},
      {"a chunk with an extension", post + "Transfer-Encoding: chunked\r\n\r\nd;a=b\r\n" + json + "\r\n0\r\n\r\n", 200,
       true},
      {"a chunk with an extension in quotes",
       post + "Transfer-Encoding: chunked\r\n\r\nd;a=\"b\tc\"\r\n" + json + "\r\n0\r\n\r\n", 200, true},
      {"no body where none is needed", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 200, true},
      {"no body and no length", "POST /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, true},

      {"garbage", "\x16\x03\x01\x02\x01", 400, false},
      {"no request line", "hello\r\n\r\n", 400, false},
      {"no version", "GET /livez\r\n\r\n", 400, false},
      {"two blanks", "GET  /livez HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},
      {"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, false},
      {"HTTP/1.2", "GET /livez HTTP/1.2\r\nHost: x\r\n\r\n", 505, false},
      {"a bare LF", "GET /livez HTTP/1.1\nHost: x\n\n", 400, false},
      {"a bare LF between fields", "GET /livez HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400, false},
      {"a bare CR", "GET /livez HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", 400, false},
      {"obs-fold", "GET /livez HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400, false},
      {"obs-fold with a tab", "GET /livez HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n", 400, false},
      {"a blank before the colon", "GET /livez HTTP/1.1\r\nHost : x\r\n\r\n", 400, false},
      {"a field without a colon", "GET /livez HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400, false},
      {"a NUL in a field", "GET /livez HTTP/1.1\r\nHost: x\r\nA: b" + std::string(1, '\0') + "c\r\n\r\n", 400, false},
      {"a control character in a field", "GET /livez HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n", 400, false},
      {"an 8-bit target", "GET /livez\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},
      {"a control character in the target", "GET /livez\x7f HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},
      {"a query where the path of an absolute target is missing", "GET http://x?a=/livez HTTP/1.1\r\nHost: x\r\n\r\n",
       400, false},
      {"a fragment there", "GET http://x#/livez HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},
      {"a fragment", "GET /livez#a HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},
      {"an asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},
      {"an authority", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},
      {"no Host", "GET /livez HTTP/1.1\r\n\r\n", 400, false},
      {"two Hosts", "GET /livez HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400, false},
      {"a Host that is two", "GET /livez HTTP/1.1\r\nHost: x, y\r\n\r\n", 400, false},
      {"a Host with a user", "GET /livez HTTP/1.1\r\nHost: a@x\r\n\r\n", 400, false},
      {"two credentials", "GET /livez HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n", 400, false},
      {"an unknown Expect", "GET /livez HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417, false},

      {"length and chunks", post + "Content-Length: 13\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, false},
      {"chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 13\r\n\r\n0\r\n\r\n", 400, false},
      {"two lengths", post + "Content-Length: 13\r\nContent-Length: 14\r\n\r\n" + json, 400, false},
      {"the same length twice", post + "Content-Length: 13\r\nContent-Length: 13\r\n\r\n" + json, 400, false},
      {"a list of lengths", post + "Content-Length: 13, 13\r\n\r\n" + json, 400, false},
      {"a length with a sign", post + "Content-Length: +13\r\n\r\n" + json, 400, false},
      {"a length in hex", post + "Content-Length: 0xd\r\n\r\n" + json, 400, false},
      {"an empty length", post + "Content-Length:\r\n\r\n" + json, 400, false},
      {"a length beyond 64 bits", post + "Content-Length: 99999999999999999999\r\n\r\n", 400, false},
      {"an unknown coding", post + "Transfer-Encoding: gzip\r\n\r\n", 501, false},
      {"identity", post + "Transfer-Encoding: identity\r\n\r\n", 501, false},
      {"a coding before chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, false},
      {"chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501, false},
      {"chunked in two fields", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
       false},
      {"a coding hidden by a tab",
       post + "Transfer-Encoding: \x0b"
              "chunked\r\n\r\n0\r\n\r\n",
       400, false},
      {"a line's end in a chunk's extension",
       post + "Transfer-Encoding: chunked\r\n\r\nd;a=\"\nb\"\r\n" + json + "\r\n0\r\n\r\n", 400, false},
      {"a control character in a chunk's extension",
       post + "Transfer-Encoding: chunked\r\n\r\nd;a=\"\x01\"\r\n" + json + "\r\n0\r\n\r\n", 400, false},
      {"chunks in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, false},
      {"a chunk's size that is none", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, false},
      {"a chunk's size with a prefix", post + "Transfer-Encoding: chunked\r\n\r\n0xd\r\n" + json + "\r\n0\r\n\r\n", 400,
       false},
      {"a chunk's size beyond 64 bits", post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400, false},
      {"a chunk longer than its size", post + "Transfer-Encoding: chunked\r\n\r\n5\r\n" + json + "\r\n0\r\n\r\n", 400,
       false},
      {"a bare LF behind a chunk's size", post + "Transfer-Encoding: chunked\r\n\r\nd\n" + json + "\r\n0\r\n\r\n", 400,
       false},
      {"a trailer", post + "Transfer-Encoding: chunked\r\n\r\nd\r\n" + json + "\r\n0\r\nX-Smuggled: 1\r\n\r\n", 400,
       false},
      {"an endless chunk extension", post + "Transfer-Encoding: chunked\r\n\r\nd;" + std::string(20'000, 'a'), 400,
       false},
      {"an endless trailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(20'000, 'a'), 400,
       false},

      {"a head beyond 16 KiB", "GET /livez HTTP/1.1\r\nHost: x\r\nA: " + std::string(17'000, 'a') + "\r\n\r\n", 431,
       false},
      {"a target beyond 16 KiB", "GET /" + std::string(17'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431, false},
      {"a length that is too large", post + "Content-Length: 1001\r\n\r\n" + std::string(1001, ' '), 413, true},
      {"a length that is much too large, unsent", post + "Content-Length: 100000000\r\n\r\n", 413, false},
      {"a chunk that is too large", post + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, ' '), 413,
       false},
      {"chunks that are too large together",
       post + "Transfer-Encoding: chunked\r\n\r\n200\r\n" + std::string(512, ' ') + "\r\n200\r\n" +
           std::string(512, ' '),
       413, false},
      {"a body for a GET", "GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 400, true},
      {"a body without a type", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 415, true},
      {"a body of another type",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}", 415, true},
      {"a compressed body", post + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415, true},
      {"a body that is no JSON", post + "Content-Length: 2\r\n\r\n{]", 400, true},
      {"a body of a path nobody has", "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 404, true},
  };
  for (const auto &row : table) {
    SCOPED_TRACE(std::string(row.what) + ": " + shown(row.bytes));
    raw_client client(server_.port());
    client.send(row.bytes);
    const auto r = client.read();
    if (!r) {
      ADD_FAILURE() << "no answer";
      continue;
    }
    EXPECT_EQ(r->status, row.status) << r->body;
    EXPECT_TRUE(r->fields.count("x-request-id"));
    EXPECT_TRUE(r->fields.count("traceparent"));
    if (row.status >= 400) {
      EXPECT_EQ(r->fields.at("content-type"), "application/problem+json");
      EXPECT_NE(r->body.find("\"instance\":\"" + r->fields.at("x-request-id") + "\""), std::string::npos) << r->body;
    }
    EXPECT_EQ(r->fields.count("connection") && r->fields.at("connection") == "close", !row.stays_open);
    if (row.stays_open) {
      client.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
      const auto next = client.read();
      EXPECT_TRUE(next && next->status == 200);
    } else {
      client.end_sending();
      EXPECT_TRUE(client.is_closed());
    }
  }
}

TEST_F(RawRequests, AreAnsweredInTheirOrderWhenSentAhead) {
  raw_client client(server_.port());
  std::string bytes;
  for (int i = 0; i < 200; ++i) {
    const std::string json = "{\"text\":\"" + std::to_string(i) + "\"}";
    bytes += post + "Content-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json;
  }
  ASSERT_TRUE(client.send(bytes));
  for (int i = 0; i < 200; ++i) {
    const auto r = client.read();
    ASSERT_TRUE(r) << i;
    EXPECT_EQ(r->body, "{\"text\":\"" + std::to_string(i) + "\"}");
  }
}

TEST_F(RawRequests, MayComeByteByByte) {
  raw_client client(server_.port());
  for (const char c : post + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"tex\r\n8\r\nt\":\"hi\"}\r\n0\r\n\r\n")
    ASSERT_TRUE(client.send({&c, 1}));
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->body, R"({"text":"hi"})");
}

TEST_F(RawRequests, AreBidToContinueWhereTheyAsk) {
  raw_client client(server_.port());
  client.send(post + "Content-Length: 13\r\nExpect: 100-continue\r\n\r\n");
  const auto go_on = client.read();
  ASSERT_TRUE(go_on);
  EXPECT_EQ(go_on->status, 100);
  client.send(R"({"text":"hi"})");
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->status, 200);
}

TEST_F(RawRequests, AreNotBidToContinueWhereTheyAreRefused) {
  raw_client client(server_.port());
  client.send(post + "Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->status, 413);
  EXPECT_EQ(r->fields.at("connection"), "close");
}

TEST_F(RawRequests, OfHeadHaveALengthAndNoBody) {
  raw_client client(server_.port());
  client.send("HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = client.read(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->fields.at("content-length"), "15");
  const auto next = client.read();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, R"({"status":"up"})");
}

TEST_F(RawRequests, ThatDawdleAreCutOff) {
  const struct {
    const char *what;
    std::string first;
    std::string drip;
  } table[] = {
      {"in the head", "GET /livez HTTP/1.1\r\nHost: x\r\n", "A: b\r\n"},
      {"in the body", post + "Content-Length: 900\r\n\r\n", " "},
      {"in chunks", post + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"},
  };
  for (const auto &row : table) {
    SCOPED_TRACE(row.what);
    raw_client client(server_.port());
    ASSERT_TRUE(client.send(row.first));
    const auto began = clock_.elapsed();
    // A byte now and then does not prolong the time there is.
    while (!client.is_closed(std::chrono::milliseconds(50)) && clock_.elapsed() - began < std::chrono::seconds(5))
      client.send(row.drip);
    EXPECT_LT(clock_.elapsed() - began, std::chrono::milliseconds(1500));
  }
}

TEST_F(RawRequests, ThatAreRefusedAreToldSoThoughTheirBodyNeverComes) {
  raw_client client(server_.port());
  client.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 18\r\n\r\n");
  const auto r = client.read();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->status, 404);
  EXPECT_EQ(r->fields.at("connection"), "close");
}

TEST_F(RawRequests, ThatNeverComeEndTheConnection) {
  raw_client client(server_.port());
  const auto began = clock_.elapsed();
  EXPECT_TRUE(client.is_closed());
  EXPECT_GE(clock_.elapsed() - began, std::chrono::milliseconds(400));
}

TEST_F(RawRequests, NameTheirIdsAndHaveThemBack) {
  const struct {
    const char *sent_id;
    bool kept;
  } table[] = {{"abc-1.2_3:4", true}, {"a b", false}, {"\"", false}, {"", false}};
  for (const auto &row : table) {
    raw_client client(server_.port());
    client.send("GET /livez HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + std::string(row.sent_id) +
                "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
    const auto r = client.read();
    ASSERT_TRUE(r);
    EXPECT_EQ(r->fields.at("x-request-id") == row.sent_id, row.kept) << row.sent_id;
    const auto parent = r->fields.at("traceparent");
    EXPECT_EQ(parent.substr(0, 36), "00-0af7651916cd43dd8448eb211c80319c-");
    EXPECT_NE(parent.substr(36, 16), "b7ad6b7169203331");
    EXPECT_EQ(parent.substr(52), "-01");
  }
}

}  // namespace
}  // namespace causeway::http
