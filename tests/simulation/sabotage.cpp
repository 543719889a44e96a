#include "tests/simulation/sabotage.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <vector>

namespace causeway::simulation {

namespace {

constexpr std::array<std::pair<broken_rule, std::string_view>, 5> rule_names{{
    {broken_rule::none, "none"},
    {broken_rule::settle_before_apply, "settle"},
    {broken_rule::skip_the_fence, "fence"},
    {broken_rule::cursor, "cursor"},
    {broken_rule::forget, "forget"},
}};

// Everything goes through.
class passing : public record_store {
 public:
  explicit passing(record_store &to) : to_(to) {}
  void get(get_request r, time_point d, completion<record> done) override { to_.get(std::move(r), d, std::move(done)); }
  void find(find_request r, time_point d, completion<std::vector<record>> done) override {
    to_.find(std::move(r), d, std::move(done));
  }
  void count(find_request r, time_point d, completion<std::int64_t> done) override {
    to_.count(std::move(r), d, std::move(done));
  }
  void commit(unit_of_work unit, time_point d, completion<commit_outcome> done) override {
    to_.commit(std::move(unit), d, std::move(done));
  }
  store_state state() const override { return to_.state(); }

 protected:
  record_store &to_;
};

bool writes(const unit_of_work &unit, change_type how) {
  return std::any_of(unit.changes.begin(), unit.changes.end(), [&](const change &c) { return c.type == how; });
}

struct held_back {
  std::deque<std::pair<unit_of_work, time_point>> units;
};

class late_target final : public passing {
 public:
  late_target(record_store &to, held_back &until, key_maker &keys) : passing(to), held_(until), keys_(keys) {}
  void commit(unit_of_work unit, time_point d, completion<commit_outcome> done) override {
    if (!writes(unit, change_type::insert_absent)) return to_.commit(std::move(unit), d, std::move(done));
    commit_outcome promised;
    for (change &c : unit.changes) {
      change_outcome one;
      for (const std::size_t field : c.what.kind->key) {
        value &v = c.what.values[field];
        if (!has_content(v)) v = keys_.make(c.what.kind->fields[field].generate);
        one.key.push_back(v);
      }
      promised.push_back(std::move(one));
    }
    held_.units.emplace_back(std::move(unit), d);
    done(std::move(promised));
  }

 private:
  held_back &held_;
  key_maker &keys_;
};

class early_source final : public passing {
 public:
  early_source(record_store &to, record_store &target, held_back &from) : passing(to), target_(target), held_(from) {}
  void commit(unit_of_work unit, time_point d, completion<commit_outcome> done) override {
    if (!(writes(unit, change_type::update) || writes(unit, change_type::erase_at)) || held_.units.empty())
      return to_.commit(std::move(unit), d, std::move(done));
    auto units = std::exchange(held_.units, {});
    to_.commit(std::move(unit), d,
               [this, units = std::move(units), done = std::move(done)](result<commit_outcome> settled) {
                 for (const auto &[late, deadline] : units) target_.commit(late, deadline, [](const auto &) {});
                 done(std::move(settled));
               });
  }

 private:
  record_store &target_;
  held_back &held_;
};

class unfenced_target final : public passing {
 public:
  using passing::passing;
  void commit(unit_of_work unit, time_point d, completion<commit_outcome> done) override {
    const auto required =
        std::size_t(std::erase_if(unit.changes, [](const change &c) { return c.type == change_type::require; }));
    if (required == 0) return to_.commit(std::move(unit), d, std::move(done));
    to_.commit(std::move(unit), d, [required, done = std::move(done)](result<commit_outcome> r) {
      // They stood before the copies.
      if (r) r->insert(r->begin(), required, change_outcome());
      done(std::move(r));
    });
  }
};

class cursor_source final : public passing {
 public:
  cursor_source(record_store &to, cursors &shared) : passing(to), cursors_(shared) {}

  void find(find_request r, time_point d, completion<std::vector<record>> done) override {
    std::string route, state;
    if (r.kind->name == "causeway.outbox") {
      for (const condition &c : r.conditions) {
        if (r.kind->fields[c.field].name == "route") route = text_of(c.equals);
        if (r.kind->fields[c.field].name == "state") state = text_of(c.equals);
      }
    }
    if (route.empty() || state != "PENDING") return to_.find(std::move(r), d, std::move(done));
    auto &at = cursors_.of[route];
    const auto *after = r.after.empty() ? nullptr : std::get_if<std::int64_t>(&r.after.front());
    if (at.at() > (after ? *after : 0)) r.after = {at.at()};
    to_.find(std::move(r), d, [&at, done = std::move(done)](result<std::vector<record>> rows) {
      if (rows)
        for (const record &row : *rows) {
          const auto id = std::get<std::int64_t>(row["id"]);
          if (id > at.at()) at.under_way.insert(id);
          at.highest = std::max(at.highest, id);
        }
      done(std::move(rows));
    });
  }
  void commit(unit_of_work unit, time_point d, completion<commit_outcome> done) override {
    std::vector<std::int64_t> settled;
    for (const change &c : unit.changes)
      if (c.what.kind->name == "causeway.outbox" &&
          (c.type == change_type::erase_at || (c.type == change_type::update && text_of(c.what["state"]) != "")))
        settled.push_back(std::get<std::int64_t>(c.what["id"]));
    if (settled.empty()) return to_.commit(std::move(unit), d, std::move(done));
    to_.commit(std::move(unit), d, [this, settled, done = std::move(done)](result<commit_outcome> r) {
      if (r)
        for (auto &[route, at] : cursors_.of)
          for (const std::int64_t id : settled) at.under_way.erase(id);
      done(std::move(r));
    });
  }

 private:
  cursors &cursors_;
};

class forgetful_source final : public passing {
 public:
  using passing::passing;
  void commit(unit_of_work unit, time_point d, completion<commit_outcome> done) override {
    std::vector<std::size_t> forgotten;
    unit_of_work rest;
    for (std::size_t i = 0; i < unit.changes.size(); ++i) {
      if (unit.changes[i].what.kind->name == "causeway.copied")
        forgotten.push_back(i);
      else
        rest.changes.push_back(std::move(unit.changes[i]));
    }
    to_.commit(std::move(rest), d, [forgotten, done = std::move(done)](result<commit_outcome> r) {
      // Each where it would have stood.
      if (r)
        for (const std::size_t i : forgotten) r->insert(r->begin() + std::ptrdiff_t(i), change_outcome());
      done(std::move(r));
    });
  }
};

}  // namespace

std::optional<broken_rule> rule_named(std::string_view name) {
  for (const auto &[rule, known] : rule_names)
    if (known == name) return rule;
  return std::nullopt;
}

std::string_view name_of(broken_rule rule) {
  for (const auto &[known, name] : rule_names)
    if (known == rule) return name;
  return "none";
}

struct sabotaged_stores::parts {
  held_back held;
  std::unique_ptr<record_store> source, target;
};

sabotaged_stores::sabotaged_stores(broken_rule rule, record_store &source, record_store &target, cursors &shared,
                                   key_maker &keys)
    : parts_(std::make_unique<parts>()) {
  parts &p = *parts_;
  p.source = std::make_unique<passing>(source);
  p.target = std::make_unique<passing>(target);
  switch (rule) {
    case broken_rule::none:
      break;
    case broken_rule::settle_before_apply:
      p.target = std::make_unique<late_target>(target, p.held, keys);
      p.source = std::make_unique<early_source>(source, target, p.held);
      break;
    case broken_rule::skip_the_fence:
      p.target = std::make_unique<unfenced_target>(target);
      break;
    case broken_rule::cursor:
      p.source = std::make_unique<cursor_source>(source, shared);
      break;
    case broken_rule::forget:
      p.source = std::make_unique<forgetful_source>(source);
      break;
  }
}

sabotaged_stores::~sabotaged_stores() = default;
record_store &sabotaged_stores::source() { return *parts_->source; }
record_store &sabotaged_stores::target() { return *parts_->target; }

}  // namespace causeway::simulation
