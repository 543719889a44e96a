// What stood before its route did is asked for once, in its customers' order, whatever stops the asking in between.
#include "relay/backfill.hpp"

#include <algorithm>
#include <map>

#include "relay/testing/two_stores.hpp"

namespace causeway {
namespace {

using namespace testing;
using strings = std::vector<std::string>;

struct Backfill : ::testing::Test, two_stores {
  backfill_options options;
  std::vector<left_behind> left;
  std::chrono::milliseconds waited{0};

  Backfill() {
    options.page = 4;
    options.requested_by = "OPS1";
    options.wait = [this](std::chrono::milliseconds how_long) {
      waited += how_long;
      time.at += how_long;
    };
    options.on_left_behind = [this](const left_behind &one) { left.push_back(one); };
  }
  std::string put_around(const kind_ptr &kind, std::map<std::string, std::string> fields) {
    change c{change_type::insert, record(kind), 0};
    for (const auto &[name, content] : fields) c.what[name] = content;
    return key_text(commit_now(pluto_memory, {{std::move(c)}}, never)->front().key);
  }
  std::string before(const std::string &csid, const std::string &subject) {
    return put_around(communication, {{"csid", csid}, {"subject", subject}});
  }
  result<backfilled> run(std::size_t route = 0) {
    return backfill(routes.at(route), pluto, cuba, {cuba_communication, notepad}, time, options);
  }
};

TEST_F(Backfill, carries_each_record_once) {
  gateway one(*this, {}, alone());
  strings expected;
  for (int n = 0; n < 11; ++n) {
    before("000000004", std::to_string(n));
    expected.push_back(std::to_string(n));
  }
  post("000000004", "posted");
  expected.push_back("posted");
  auto done = run();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->asked, 11u);
  EXPECT_EQ(done->known, 1u);
  EXPECT_TRUE(done->complete());
  for (const copy_row &row : outbox())
    if (row.origin == copy_origin::backfill) EXPECT_EQ(row.requested_by, "OPS1");
  done = run();
  EXPECT_EQ(done->asked, 0u);
  EXPECT_EQ(done->known, 12u);
  one.drain("communications");
  auto got = subjects();
  std::sort(got.begin(), got.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(got, expected);
  EXPECT_EQ(run()->asked, 0u);
}

TEST_F(Backfill, passes_over_what_stands_in_the_target) {
  const auto key = before("000000004", "copied long ago by other means");
  record copy(cuba_communication);
  copy["csid"] = "000000004";
  copy["sourceId"] = key;
  ASSERT_TRUE(commit_now(cuba_memory, {{{change_type::insert, copy, 0}}}, never));
  const auto done = run();
  EXPECT_EQ(done->asked, 0u);
  EXPECT_EQ(done->standing, 1u);
  EXPECT_TRUE(outbox().empty());
}

TEST_F(Backfill, asks_for_nothing_that_could_only_become_a_dead_letter) {
  const auto key = before("000000004", "\U0001F600 secret");
  before("000000004", "fine");
  const auto done = run();
  EXPECT_EQ(done->asked, 1u);
  EXPECT_EQ(done->unmappable, 1u);
  EXPECT_FALSE(done->complete());
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].source_key, key);
  EXPECT_EQ(left[0].rules, (std::vector<input_fault>{{"subject", "unmappable-character", ""}}));
}

TEST_F(Backfill, leaves_notes_whose_record_was_not_asked_for) {
  const auto on = before("000000004", "record");
  const auto note_key = put_around(note, {{"csid", "000000004"}, {"communicationId", on}, {"text", "note"}});
  auto done = run(1);
  EXPECT_EQ(done->asked, 0u);
  EXPECT_EQ(done->early, 1u);
  EXPECT_FALSE(done->complete());
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].source_key, note_key);
  EXPECT_EQ(left[0].missing, "cuba.communication");
  EXPECT_EQ(run(0)->asked, 1u);
  done = run(1);
  EXPECT_EQ(done->asked, 1u) << "its record is on its way, and the note waits for it";
  EXPECT_TRUE(done->complete());
  gateway one(*this, {}, alone());
  one.drain("communications");
  one.drain("notes");
  EXPECT_EQ(notes(), strings{"note"});
}

TEST_F(Backfill, keeps_the_rate) {
  for (int n = 0; n < 50; ++n) before("000000004", std::to_string(n));
  options.rate = 10;
  std::map<std::chrono::milliseconds, std::uint64_t> asked_at;
  options.on_page = [&](const backfilled &so_far) { asked_at[time.at] = so_far.asked; };
  const auto begun = time.at;
  ASSERT_TRUE(run());
  EXPECT_EQ(time.at - begun, 4'900ms) << "the first goes at once, the fiftieth after 49 tenths of a second";
  for (const auto &[at, asked] : asked_at) EXPECT_LE(asked, std::uint64_t((at - begun) / 100ms) + 1);
}

TEST_F(Backfill, does_not_make_up_for_time_in_which_it_had_nothing_to_ask) {
  for (int n = 0; n < 4; ++n) post("000000004", "known " + std::to_string(n));
  for (int n = 0; n < 4; ++n) before("000000004", std::to_string(n));
  options.rate = 1;
  bool first = true;
  pluto.before_find = [&](const find_request &) {
    if (std::exchange(first, false)) time.at += 9s;
  };
  EXPECT_EQ(run()->asked, 4u);
  EXPECT_EQ(waited, 3s);
}

TEST_F(Backfill, is_stopped_between_two_pages_and_goes_on) {
  for (int n = 0; n < 11; ++n) before("000000004", std::to_string(n));
  bool stop = false;
  options.stop = [&] { return stop; };
  options.on_page = [&](const backfilled &so_far) { stop = so_far.asked >= 8; };
  auto done = run();
  EXPECT_TRUE(done->stopped);
  EXPECT_FALSE(done->complete());
  EXPECT_EQ(done->asked, 8u);
  EXPECT_EQ(outbox().size(), 8u);
  options.stop = {};
  EXPECT_EQ(run()->asked, 3u);
  EXPECT_EQ(outbox().size(), 11u);
}

TEST_F(Backfill, asks_once_although_an_answer_was_lost) {
  for (int n = 0; n < 11; ++n) before("000000004", std::to_string(n));
  int commits = 0;
  pluto.lose_answer = [&](const unit_of_work &) { return ++commits == 2; };
  const auto done = run();
  ASSERT_TRUE(done);
  EXPECT_EQ(waited, 1s);
  EXPECT_EQ(done->asked + done->known, 11u);
  EXPECT_EQ(done->seen, 11u);
  EXPECT_EQ(outbox().size(), 11u);
}

TEST_F(Backfill, walks_in_the_order_of_creation_where_an_index_gives_it) {
  kind_builder shape("pluto", "communication");
  shape.needs("id", field_type::text, 36).needs("csid", field_type::csid).needs("at", field_type::timestamp);
  shape.maybe("on", field_type::text).needs("of", field_type::text).key({"id"});
  EXPECT_EQ(order_of_creation(*shape.build()), (std::vector<std::size_t>{0})) << "by key";
  shape.indexed({"csid", "of", "id"}).indexed({"on", "at", "id"});
  EXPECT_EQ(order_of_creation(*shape.build()), (std::vector<std::size_t>{0})) << "no time, or a null, in the index";
  shape.indexed({"of", "at", "id"});
  EXPECT_EQ(order_of_creation(*shape.build()), (std::vector<std::size_t>{4, 2, 0}));
  shape.indexed({"csid", "at", "id"});
  EXPECT_EQ(order_of_creation(*shape.build()), (std::vector<std::size_t>{1, 2, 0})) << "each customer's in order";
}

}  // namespace
}  // namespace causeway
