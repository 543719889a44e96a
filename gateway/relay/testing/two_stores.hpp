// Two small stores in memory with two copy routes between them, for the relay's tests: the shipped kinds in short, real
// mappings, a clock that only the test moves, and faults at any commit.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "relay/attempts.hpp"
#include "relay/entries.hpp"
#include "relay/outbox.hpp"
#include "relay/outbox_store.hpp"
#include "relay/relay.hpp"
#include "runtime/membership.hpp"
#include "store/kind_builder.hpp"
#include "store/memory_store.hpp"

namespace causeway::testing {

using namespace std::chrono_literals;

constexpr time_point never = time_point::max();

struct stepped_clock final : clock {
  std::chrono::milliseconds at = std::chrono::sys_days(std::chrono::year{2026} / 11 / 21).time_since_epoch();
  std::chrono::milliseconds wall{0};  // by which the wall clock has jumped
  time_point now() const override { return time_point(at + wall); }
  std::chrono::milliseconds elapsed() const override { return at; }
  time_point steady() const override { return time_point(at); }
};

// A store whose commits the test can refuse, or carry out and lose the answer of; and which tells of reads.
class faulty_store final : public record_store {
 public:
  explicit faulty_store(record_store &behind) : behind_(behind) {}
  std::function<std::optional<fault>(const unit_of_work &)> refuse;  // instead of the commit
  std::function<bool(const unit_of_work &)> lose_answer;             // after the commit
  std::function<void(const find_request &)> before_find;

  void get(get_request r, time_point d, completion<record> done) override {
    behind_.get(std::move(r), d, std::move(done));
  }
  void find(find_request r, time_point d, completion<std::vector<record>> done) override {
    if (before_find) before_find(r);
    behind_.find(std::move(r), d, std::move(done));
  }
  void count(find_request r, time_point d, completion<std::int64_t> done) override {
    behind_.count(std::move(r), d, std::move(done));
  }
  void commit(unit_of_work unit, time_point d, completion<commit_outcome> done) override {
    if (refuse)
      if (auto why = refuse(unit)) return done(std::move(*why));
    if (lose_answer && lose_answer(unit))
      return behind_.commit(std::move(unit), d, [done = std::move(done)](result<commit_outcome>) {
        done(fault{outcome::unavailable, "the connection was lost", {}});
      });
    behind_.commit(std::move(unit), d, std::move(done));
  }
  store_state state() const override { return behind_.state(); }

 private:
  record_store &behind_;
};

inline kind_ptr named(std::string store, std::string name, const kind_builder &shape) {
  record_kind kind = *shape.build();
  kind.store = std::move(store);
  kind.name = kind.store + "." + std::move(name);
  return std::make_shared<const record_kind>(std::move(kind));
}

inline std::shared_ptr<const mapping> compiled(mapping_declaration declaration, kind_ptr from, kind_ptr to) {
  declaration.from = from->name;
  declaration.to = to->name;
  std::vector<finding> findings;
  auto map = mapping::compile(declaration, std::move(from), std::move(to), findings);
  if (!map) throw std::logic_error(findings.empty() ? "no mapping" : to_string(findings.front()));
  return map;
}

inline field_rule rule(std::string target, std::string from) {
  field_rule r;
  r.target = std::move(target);
  r.from = std::move(from);
  return r;
}

struct two_stores {
  stepped_clock time;
  kind_ptr communication = named("pluto", "communication",
                                 kind_builder("", "communication")
                                     .needs("communicationId", field_type::text, 36)
                                     .generated(key_generation::uuid)
                                     .needs("csid", field_type::csid)
                                     .maybe("subject", field_type::text, 100)
                                     .key({"communicationId"}));
  kind_ptr note = named("pluto", "note",
                        kind_builder("", "note")
                            .needs("noteId", field_type::text, 36)
                            .generated(key_generation::uuid)
                            .needs("communicationId", field_type::text, 36)
                            .needs("csid", field_type::csid)
                            .maybe("text", field_type::text, 100)
                            .key({"noteId"})
                            .indexed({"communicationId", "noteId"}));
  kind_ptr cuba_communication = named("cuba", "communication",
                                      kind_builder("", "comm")
                                          .needs("commNo", field_type::text, 12)
                                          .generated(key_generation::id)
                                          .needs("csid", field_type::csid)
                                          .maybe("subject", field_type::text, 100)
                                          .maybe("sourceId", field_type::text, 36)
                                          .unique()
                                          .key({"commNo"})
                                          .versioned());
  kind_ptr notepad = named("cuba", "notepad",
                           kind_builder("", "notepad")
                               .needs("noteNo", field_type::text, 12)
                               .generated(key_generation::id)
                               .needs("commNo", field_type::text, 12)
                               .needs("csid", field_type::csid)
                               .maybe("text", field_type::text, 100)
                               .maybe("sourceId", field_type::text, 36)
                               .unique()
                               .key({"noteNo"}));

  std::vector<copy_route> routes = make_routes();
  std::shared_ptr<key_maker> keys = std::make_shared<key_maker>([this] { return time.now(); }, 7u);
  memory_store pluto_memory{{communication, note, outbox_kind("pluto"), copied_kind("pluto"), attempt_kind("pluto"),
                             lease_kind("pluto"), gateway_kind("pluto")},
                            keys,
                            [this] { return time.steady(); }};
  memory_store cuba_memory{{cuba_communication, notepad, fence_kind("cuba")}, keys, [this] { return time.steady(); }};
  faulty_store pluto{pluto_memory};
  faulty_store cuba{cuba_memory};
  outbox_store front{pluto, routes, keys, time};

  std::vector<copy_route> make_routes() const {
    field_rule subject = rule("subject", "subject");
    subject.encoding = charset::windows_1252;
    mapping_declaration first;
    first.fields = {rule("sourceId", "communicationId"), rule("csid", "csid"), subject};
    field_rule number = rule("commNo", "communicationId");
    number.lookup = lookup_rule{"cuba.communication", "sourceId", "commNo"};
    mapping_declaration second;
    second.fields = {rule("sourceId", "noteId"), rule("csid", "csid"), rule("text", "text"), number};
    return {{"communications", compiled(first, communication, cuba_communication), "", "communications-1"},
            {"notes", compiled(second, note, notepad), "communications", "notes-1"}};
  }

  std::map<std::string, relay_store> stores() {
    return {{"pluto", {&pluto, {communication, note}}}, {"cuba", {&cuba, {cuba_communication, notepad}}}};
  }

  // A record posted by way of the outbox; its key.
  std::string post(const std::string &csid, const std::string &subject) {
    change c{change_type::insert, record(communication), 0};
    c.what["csid"] = csid;
    c.what["subject"] = subject;
    return post(std::move(c));
  }
  std::string post_note(const std::string &csid, const std::string &on, const std::string &text) {
    change c{change_type::insert, record(note), 0};
    c.what["communicationId"] = on;
    c.what["csid"] = csid;
    c.what["text"] = text;
    return post(std::move(c));
  }
  std::string post(change c) {
    const auto done = commit_now(front, {{std::move(c)}}, never);
    EXPECT_TRUE(done) << done.why().detail;
    return done ? key_text(done->front().key) : "";
  }

  std::vector<record> all(record_store &store, const kind_ptr &kind) {
    find_request request;
    request.kind = kind;
    request.order = kind->key;
    request.limit = 10'000;
    return *find_now(store, request, never);
  }
  // All that was ever asked for, by the ids, with what was copied.
  std::vector<copy_row> outbox(std::optional<copy_state> in = {}) {
    auto rows = joined_entries(all(pluto_memory, outbox_kind("pluto")), all(pluto_memory, copied_kind("pluto")), false);
    std::erase_if(rows, [&](const copy_row &copy) { return in && copy.state != *in; });
    return rows;
  }
  // What stands in Cuba, in the order in which it was written (commNo and noteNo rise).
  std::vector<std::string> subjects(const std::string &csid = "") {
    std::vector<std::string> out;
    for (const record &row : all(cuba_memory, cuba_communication))
      if (csid.empty() || text_of(row["csid"]) == csid) out.emplace_back(text_of(row["subject"]));
    return out;
  }
  std::vector<std::string> notes() {
    std::vector<std::string> out;
    for (const record &row : all(cuba_memory, notepad)) out.emplace_back(text_of(row["text"]));
    return out;
  }
};

// One gateway of several on the same stores.
struct gateway {
  explicit gateway(two_stores &on, relay_options options = {}, membership_options membership_of = {})
      : members(on.pluto_memory, gateway_kind("pluto"), on.time, membership_of),
        copies(options, on.stores(), on.routes, members, on.time, [] { return 0.5; }) {
    members.step();
    copies.step_leases();
  }

  // Steps until there is nothing to do at this time.
  step_report drain(const std::string &route) {
    step_report sum, last;
    for (int steps = 0; steps < 1'000; ++steps) {
      last = copies.step(route);
      sum.copied += last.copied;
      sum.dead += last.dead;
      sum.waiting += last.waiting;
      if (!last.more) break;
      EXPECT_LT(steps, 999) << "the relay goes in circles";
    }
    sum.away = last.away;
    sum.one_customer = last.one_customer;
    sum.wait = last.wait;
    return sum;
  }

  membership members;
  relay copies;
};

// A gateway that does not know others.
inline membership_options alone() {
  membership_options options;
  options.sole = true;
  return options;
}

}  // namespace causeway::testing
