#include "http/plain_get.hpp"

#include <gtest/gtest.h>
#include <string>

namespace causeway::http {
namespace {

TEST(plain_get, tells_the_path_and_how_the_caller_knows_the_request) {
  const std::string head =
      "GET /v1/customers/7?limit=2 HTTP/1.1\r\nHost: h\r\nX-REQUEST-ID: \tabc \r\ntraceparent:00-x\r\nAccept:\r\n\r\n";
  const auto read = read_plain_get(head);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->path, "/v1/customers/7");
  EXPECT_EQ(read->request_id, "abc");
  EXPECT_EQ(read->traceparent, "00-x");
}

TEST(plain_get, leaves_to_others_whatever_tells_where_the_next_request_begins) {
  for (const std::string head : {
           "POST /v1 HTTP/1.1\r\nHost: h\r\n\r\n",
           "HEAD /v1 HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /v1 HTTP/1.0\r\nHost: h\r\n\r\n",
           "GET http://h/v1 HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /v1 x HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /v1#x HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /v1 HTTP/1.1\r\nHost: h\r\ncontent-LENGTH: 0\r\n\r\n",
           "GET /v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: h\r\n\r\n",
           "GET /v1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
           "GET /v1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
           "GET /v1 HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n",
           "GET /v1 HTTP/1.1\r\nHost: h\r\nContent-Length : 5\r\n\r\n",
           "GET /v1 HTTP/1.1\r\nHost h\r\n\r\n",
           "GET /v1 HTTP/1.1\r\n",
       })
    EXPECT_FALSE(read_plain_get(head)) << head;
}

}  // namespace
}  // namespace causeway::http
