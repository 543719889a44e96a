#include "http/problem.hpp"

#include <gtest/gtest.h>

namespace causeway::http {
namespace {

TEST(Problem, TurnsAnOutcomeIntoAStatus) {
  const struct {
    outcome what;
    int status;
    const char *code;
    int retry_after;
  } table[] = {
      {outcome::not_found, 404, "not-found", 0},
      {outcome::conflict, 409, "conflict", 0},
      {outcome::stale, 409, "stale", 0},
      {outcome::invalid, 422, "invalid", 0},
      {outcome::unavailable, 503, "unavailable", 1},
      {outcome::overloaded, 503, "overloaded", 1},
      {outcome::deadline, 504, "deadline", 0},
      {outcome::internal, 500, "internal", 0},
  };
  for (const auto &row : table) {
    const auto a = to_answer({row.what, "said", {}});
    EXPECT_EQ(a.status, row.status);
    EXPECT_EQ(a.code, row.code);
    EXPECT_EQ(a.retry_after, row.retry_after);
    // What is internal is not told.
    EXPECT_EQ(a.detail == "said", row.what != outcome::internal) << row.code;
  }
}

TEST(Problem, IsWrittenAsRfc9457Asks) {
  EXPECT_EQ(problem_body(problem(409, "privacy-check-required", "Record a check first."), "r-1"),
            R"({"type":"urn:causeway:problem:privacy-check-required","title":"Privacy check required","status":409,)"
            R"("detail":"Record a check first.","instance":"r-1"})");
  EXPECT_EQ(
      problem_body(problem(422, {}, {}, {{"/body/a", "too-long", "must \"fit\""}, {"/body/b", "required", "x"}}), "r"),
      R"({"type":"urn:causeway:problem:invalid","title":"Invalid","status":422,)"
      R"("detail":"The request is not valid; see errors.","instance":"r",)"
      R"("errors":[{"pointer":"/body/a","code":"too-long","detail":"must \"fit\""},)"
      R"({"pointer":"/body/b","code":"required","detail":"x"}]})");
}

TEST(Problem, TakesCodeAndDetailOfTheStatusWhereNoneIsGiven) {
  answer a;
  a.status = 412;
  EXPECT_EQ(problem_body(a, "r"),
            R"({"type":"urn:causeway:problem:precondition-failed","title":"Precondition failed","status":412,)"
            R"("detail":"The resource has changed since you read it; read it again.","instance":"r"})");
  EXPECT_EQ(code_of(418), "bad-request");
  EXPECT_EQ(code_of(599), "internal");
}

}  // namespace
}  // namespace causeway::http
