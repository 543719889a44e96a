// An operation's declaration on one side, a request on the other, and between them every fault that a caller is told.
#include "http/request_check.hpp"

#include <gtest/gtest.h>

#include "http/test_support.hpp"

namespace causeway::http {
namespace {

using test::text_member;

// POST /v1/customers/{csid}/things?since=&urgent=&count= {kind, note?, number?, flag?, born?, trigger: {segment, at?}}
operation things() {
  operation op;
  op.method = "POST";
  op.path = "/v1/customers/{csid}/things";
  op.list = true;
  op.path_members = {test::csid_member()};
  member since = text_member("since");
  since.format = "date-time";
  member urgent = text_member("urgent");
  urgent.type = member_type::boolean;
  member count = text_member("count");
  count.type = member_type::integer;
  op.query_members = {since, urgent, count};
  member kind = text_member("kind", true);
  kind.allowed = {"Phone In", "Phone Out"};
  member note = text_member("note");
  note.min_length = 2;
  note.max_length = 5;
  member number = text_member("number");
  number.type = member_type::integer;
  member flag = text_member("flag");
  flag.type = member_type::boolean;
  member born = text_member("born");
  born.format = "date";
  op.body_members = {kind, note, number, flag, born, text_member("trigger.segment", true), text_member("trigger.at")};
  return op;
}

// "pointer code", one a line.
std::string faults_of(const checked &c) {
  if (!c.refused) return "";
  if (c.refused->status != 422) return std::to_string(c.refused->status) + " " + c.refused->code;
  std::string text;
  for (const auto &input : c.refused->inputs)
    text.append(text.empty() ? "" : "\n").append(input.pointer).append(" ").append(input.code);
  return text;
}

const std::string least = R"({"kind":"Phone In","trigger":{"segment":"S"}})";
std::string with(const std::string &members) { return least.substr(0, least.size() - 1) + "," + members + "}"; }

TEST(RequestCheck, LaysMembersOutInTheDeclaredOrder) {
  const auto c = check_request(
      things(), {"7"}, "count=-3&urgent=true&since=2026-11-21T10:15:00%2B01:00&limit=200&cursor=a%2Bb",
      R"({"trigger":{"at":"é","segment":"S"},"born":"2024-02-29","flag":false,"number":-9223372036854775808,)"
      R"("note":"añb😀","kind":"Phone Out"})");
  EXPECT_EQ(faults_of(c), "");
  EXPECT_EQ(c.path, (std::vector<value>{std::string("000000007")}));
  EXPECT_EQ(c.query, (std::vector<value>{std::string("2026-11-21T09:15:00.000Z"), true, std::int64_t(-3)}));
  EXPECT_EQ(c.body, (std::vector<value>{std::string("Phone Out"), std::string("añb😀"), INT64_MIN, false,
                                        std::string("2024-02-29"), std::string("S"), std::string("é")}));
  EXPECT_EQ(c.limit, 200);
  EXPECT_EQ(c.cursor, "a+b");
}

TEST(RequestCheck, LeavesAbsentWhatIsNotGiven) {
  const auto c = check_request(things(), {"000000007"}, "", least);
  EXPECT_EQ(faults_of(c), "");
  EXPECT_EQ(c.query, (std::vector<value>{absent(), absent(), absent()}));
  EXPECT_EQ(c.body, (std::vector<value>{std::string("Phone In"), absent(), absent(), absent(), absent(),
                                        std::string("S"), absent()}));
  EXPECT_EQ(c.limit, 50);
  EXPECT_EQ(c.cursor, "");
}

TEST(RequestCheck, NamesEveryFault) {
  const struct {
    std::string path, query, body, faults;
  } table[] = {
      {"", "", least, "/path/csid bad-format"},
      {"1234567890", "", least, "/path/csid bad-format"},
      {"12a", "", least, "/path/csid bad-format"},
      {"٧", "", least, "/path/csid bad-format"},  // a digit, but not one of ours

      {"7", "other=1", least, "/query/other unknown-member"},
      {"7", "count=1&count=2", least, "/query/count duplicate-member"},
      {"7", "count=x", least, "/query/count wrong-type"},
      {"7", "count=", least, "/query/count wrong-type"},
      {"7", "count=9223372036854775808", least, "/query/count wrong-type"},
      {"7", "urgent=yes", least, "/query/urgent wrong-type"},
      {"7", "since=yesterday", least, "/query/since bad-format"},
      {"7", "since=2026-02-30T00:00:00Z", least, "/query/since bad-format"},
      {"7", "since=2026-02-28T00:00:00%2B24:00", least, "/query/since bad-format"},
      {"7", "limit=0", least, "/query/limit out-of-range"},
      {"7", "limit=201", least, "/query/limit out-of-range"},
      {"7", "limit=99999999999999999999", least, "/query/limit out-of-range"},
      {"7", "limit=ten", least, "/query/limit wrong-type"},
      {"7", "limit=", least, "/query/limit wrong-type"},
      {"7", "cursor=" + std::string(1025, 'a'), least, "/query/cursor too-long"},
      {"7", "count=%", least, "400 malformed-query"},
      {"7", "cou%ffnt=1", least, "400 malformed-query"},
      {"7", "since=%00", least, "400 malformed-query"},
      {"7", "a/b~c=1", least, "/query/a~1b~0c unknown-member"},

      {"7", "", "", "/body/kind required\n/body/trigger/segment required"},
      {"7", "", "{}", "/body/kind required\n/body/trigger/segment required"},
      {"7", "", R"({"kind":"Phone In"})", "/body/trigger/segment required"},
      {"7", "", R"({"kind":"Phone In","trigger":{}})", "/body/trigger/segment required"},
      {"7", "", R"({"kind":"Phone In","trigger":"S"})", "/body/trigger wrong-type"},
      {"7", "", R"({"kind":"Phone In","trigger.segment":"S"})",
       "/body/trigger.segment unknown-member\n/body/trigger/segment required"},
      {"7", "", with(R"("more":1)"), "/body/more unknown-member"},
      {"7", "", R"({"kind":"Phone In","trigger":{"segment":"S","more":{}}})", "/body/trigger/more unknown-member"},
      {"7", "", with(R"("kind":"Phone In")"), "/body/kind duplicate-member"},
      {"7", "", with(R"("\u006bind":"Phone In")"), "/body/kind duplicate-member"},
      {"7", "", R"({"kind":"Phone In","trigger":{"segment":"S","segment":"T"}})",
       "/body/trigger/segment duplicate-member"},
      {"7", "", with(R"("trigger":{"segment":"T"})"), "/body/trigger duplicate-member"},
      {"7", "", R"({"kind":"phone in","trigger":{"segment":"S"}})", "/body/kind not-allowed"},
      {"7", "", R"({"kind":null,"trigger":{"segment":"S"}})", "/body/kind wrong-type"},
      {"7", "", R"({"kind":["Phone In"],"trigger":{"segment":"S"}})", "/body/kind wrong-type"},
      {"7", "", with(R"("note":"a")"), "/body/note too-short"},
      {"7", "", with(R"("note":"ééééé")"), ""},
      {"7", "", with(R"("note":"éééééé")"), "/body/note too-long"},
      {"7", "", with(R"("note":"a\u0000b")"), "/body/note bad-format"},
      {"7", "", with(R"("note":null)"), "/body/note wrong-type"},
      {"7", "", with(R"("note":12)"), "/body/note wrong-type"},
      {"7", "", with(R"("number":"12")"), "/body/number wrong-type"},
      {"7", "", with(R"("number":1.5)"), "/body/number wrong-type"},
      {"7", "", with(R"("number":9223372036854775808)"), "/body/number wrong-type"},
      {"7", "", with(R"("number":18446744073709551616)"), "/body/number wrong-type"},
      {"7", "", with(R"("number":1e400)"), "/body/number wrong-type"},
      {"7", "", with(R"("flag":1)"), "/body/flag wrong-type"},
      {"7", "", with(R"("born":"2023-02-29")"), "/body/born bad-format"},
      {"7", "", "[]", "/body wrong-type"},
      {"7", "", "null", "/body wrong-type"},
      {"7", "", "\"text\"", "/body wrong-type"},
      {"7", "", " \n" + least + "\t\r\n ", ""},

      {"7", "", " ", "400 malformed-json"},
      {"7", "", "{", "400 malformed-json"},
      {"7", "", least + "x", "400 malformed-json"},
      {"7", "", least + least, "400 malformed-json"},
      {"7", "", "\xef\xbb\xbf" + least, "400 malformed-json"},
      {"7", "", "{\"kind\":\"\xff\"}", "400 malformed-json"},
      {"7", "", "{\"\xc3\":1}", "400 malformed-json"},
      {"7", "", R"({"kind":"\ud800"})", "400 malformed-json"},
      {"7", "", R"({"kind":"Phone In",})", "400 malformed-json"},
      {"7", "", R"({"kind":NaN})", "400 malformed-json"},
      {"7", "", R"({'kind':1})", "400 malformed-json"},
      {"7", "", R"({"number":012})", "400 malformed-json"},
      {"7", "", "// no\n{}", "400 malformed-json"},
      {"7", "", std::string(100, '[') + std::string(100, ']'), "400 malformed-json"},
      {"7", "", with("\"more\":" + std::string(30, '[') + std::string(30, ']')), "/body/more unknown-member"},

      {"x", "limit=0&other=1", R"({"more":1,"note":"a"})",
       "/path/csid bad-format\n/query/limit out-of-range\n/query/other unknown-member\n/body/more unknown-member\n"
       "/body/note too-short\n/body/kind required\n/body/trigger/segment required"},
  };
  for (const auto &row : table)
    EXPECT_EQ(faults_of(check_request(things(), {row.path}, row.query, row.body)), row.faults)
        << row.path << " ? " << row.query << " " << row.body;
}

TEST(RequestCheck, SaysInWordsWhatIsAskedFor) {
  const auto c = check_request(things(), {"x"}, "", R"({"kind":"no","note":"abcdef","number":"1"})");
  ASSERT_TRUE(c.refused);
  ASSERT_EQ(c.refused->inputs.size(), 5u);
  EXPECT_EQ(c.refused->inputs[0].detail, "must be 1 to 9 digits");
  EXPECT_EQ(c.refused->inputs[1].detail, "must be one of: Phone In, Phone Out");
  EXPECT_EQ(c.refused->inputs[2].detail, "must have at most 5 characters, has 6");
  EXPECT_EQ(c.refused->inputs[3].detail, "must be an integer, is text");
}

TEST(RequestCheck, TakesNoListParametersWhereThereIsNoList) {
  auto op = things();
  op.list = false;
  EXPECT_EQ(faults_of(check_request(op, {"7"}, "limit=5&cursor=a", least)),
            "/query/limit unknown-member\n/query/cursor unknown-member");
}

TEST(RequestCheck, BoundsWhatItTellsOfHostileInput) {
  std::string body = "{";
  for (int i = 0; i < 1000; ++i) body += "\"" + std::string(500, 'm') + std::to_string(i) + "\":1,";
  body.back() = '}';
  const auto c = check_request(things(), {"7"}, "", body);
  ASSERT_TRUE(c.refused);
  EXPECT_EQ(c.refused->inputs.size(), 100u);
  EXPECT_LE(c.refused->inputs[0].pointer.size(), 106u);
}

TEST(Canonical, IsTheSameForTheSameRequestHoweverWritten) {
  const auto op = things();
  const auto of = [&](const std::string &csid, const std::string &query, const std::string &body) {
    const auto c = check_request(op, {csid}, query, body);
    EXPECT_FALSE(c.refused) << faults_of(c);
    call made;
    made.path = c.path;
    made.query = c.query;
    made.body = c.body;
    return canonical(op, made);
  };
  const auto one = of("7", "count=1&urgent=true", with(R"("note":"ab")"));
  EXPECT_EQ(of("007", "urgent=true&count=1", R"({"note":"\u0061b", "trigger":{"segment":"S"}, "kind":"Phone In"})"),
            one);
  EXPECT_NE(of("8", "count=1&urgent=true", with(R"("note":"ab")")), one);
  EXPECT_NE(of("7", "count=1", with(R"("note":"ab")")), one);
  EXPECT_NE(of("7", "count=1&urgent=true", least), one);
  EXPECT_NE(of("7", "count=1&urgent=true", with(R"("note":"ac")")), one);
  EXPECT_NE(of("7", "count=1&urgent=true", with(R"("note":"ab","flag":false)")), one);
}

}  // namespace
}  // namespace causeway::http
