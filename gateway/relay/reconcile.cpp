// Two walks: through the source by key, each record mapped and compared with its copy; then through the target by the
// source's key, each copy looked for in the source. The second passes over records that were born in the target: their
// source key is null, and null is behind no place.
//
// Why the copy's row, of the outbox or of what was copied, is read before the second look: one of what was copied was
// written after the copy, so a copy that is not seen after that is missing; a row that says PENDING is in flight
// whatever is seen.
#include "relay/reconcile.hpp"

#include <algorithm>
#include <utility>

#include "relay/agreement.hpp"
#include "relay/repair.hpp"
#include "relay/side_by_side.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

constexpr std::size_t most_reasons = 20;

// What one page adds; told only when the whole page was seen, so that a page can be begun again.
struct findings_of_page {
  reconciled counts;
  std::vector<difference> differences;
};

struct wanted_repair {
  std::size_t difference;  // of the page
  std::string csid;
  copy_action action;
  std::optional<std::int64_t> seen;
};

std::string names_of(const std::vector<field_difference> &fields) {
  std::string names;
  for (const auto &f : fields) names += (names.empty() ? "" : ", ") + f.field;
  return names;
}

bool any_pending(const std::vector<copy_row> &rows) {
  return std::any_of(rows.begin(), rows.end(), [](const copy_row &r) { return r.state == copy_state::pending; });
}

bool has_dead_repair(const std::vector<copy_row> &rows) {
  return std::any_of(rows.begin(), rows.end(),
                     [](const copy_row &r) { return r.state == copy_state::dead && r.action != copy_action::copy; });
}

const copy_row *newest_copy(const std::vector<copy_row> &rows) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [](const copy_row &r) { return r.action == copy_action::copy; });
  return found == rows.end() ? nullptr : &*found;
}

void add(std::map<std::string, std::uint64_t> &to, const std::string &reason, std::uint64_t number) {
  const bool room = to.size() < most_reasons || to.contains(reason);
  to[room ? (reason.empty() ? "no reason was given" : reason) : "other"] += number;
}

class comparison {
 public:
  comparison(const copy_route &route, record_store &source, record_store &target,
             const std::vector<kind_ptr> &target_kinds, const clock &time, const reconcile_options &options)
      : map_(*route.map),
        time_(time),
        options_(options),
        both_(route, source, target, target_kinds, time, options.patience) {}

  result<reconciled> run() {
    if (auto walked = walk(true, map_.from()->key, {}, &comparison::compare); !walked) return walked.why();
    if (auto walked = walk(false, {both_.source_id()}, {""}, &comparison::search); !walked) return walked.why();
    return counts_;
  }

 private:
  using page_work = result<findings_of_page> (comparison::*)(std::vector<record>);

  result<done> walk(bool of_source, const std::vector<std::size_t> &order, std::vector<value> after, page_work work) {
    const unsigned tries = options_.wait ? tries_while_away : 1;
    for (;;) {
      auto rows = while_away(tries, options_.wait, [&] { return both_.page(of_source, order, after, options_.page); });
      if (!rows) return rows.why();
      const bool last = rows->size() < options_.page;
      if (!rows->empty()) {
        after.clear();
        for (const std::size_t field : order) after.push_back(rows->back().values[field]);
      }
      auto found = while_away(tries, options_.wait, [&] { return (this->*work)(*rows); });
      if (!found) return found.why();
      tell(*found);
      if (last) return done{};
    }
  }

  result<findings_of_page> compare(std::vector<record> rows) {
    findings_of_page page;
    page.counts.compared = rows.size();
    const auto pairs = both_.look_at(std::move(rows));
    if (!pairs) return pairs.why();
    std::vector<std::string> suspects;
    for (const auto &pair : *pairs) {
      if (!pair.mapped)
        refuse(pair, page);
      else if (!pair.copy || !differing_fields(pair.mapped->target, *pair.copy).empty())
        suspects.push_back(both_.key_of_source(pair.source));
    }
    if (suspects.empty()) return page;

    const auto asked = both_.asked(suspects);
    if (!asked) return asked.why();
    std::map<std::string, const std::vector<copy_row> *> rows_of;
    std::vector<std::string> again;
    for (std::size_t i = 0; i < suspects.size(); ++i) {
      if (any_pending((*asked)[i])) {
        ++page.counts.in_flight;
        continue;
      }
      rows_of[suspects[i]] = &(*asked)[i];
      again.push_back(suspects[i]);
    }
    auto standing = both_.sources(again);
    if (!standing) return standing.why();
    const auto second = both_.look_at(std::move(*standing));
    if (!second) return second.why();
    std::vector<wanted_repair> repairs;
    for (const auto &pair : *second) judge(pair, *rows_of.at(both_.key_of_source(pair.source)), page, repairs);
    if (auto asking = ask(repairs, page); !asking) return asking.why();
    return page;
  }

  void refuse(const pair_of_records &pair, findings_of_page &page) const {
    difference d;
    d.what = mismatch::unmappable;
    d.source_key = both_.key_of_source(pair.source);
    for (const auto &input : pair.refused.inputs) d.rules.push_back({input.pointer, input.code, {}});
    d.no_repair = "the mapping refuses it";
    ++page.counts.unmappable;
    page.differences.push_back(std::move(d));
  }

  void judge(const pair_of_records &pair, const std::vector<copy_row> &rows, findings_of_page &page,
             std::vector<wanted_repair> &repairs) const {
    if (!pair.mapped) return refuse(pair, page);
    difference d;
    d.source_key = both_.key_of_source(pair.source);
    wanted_repair repair{page.differences.size(), std::string(text_of(pair.source["csid"])), copy_action::copy, {}};
    if (!pair.copy) {
      if (const copy_row *copy = newest_copy(rows)) {
        if (copy->state == copy_state::dead || copy->state == copy_state::discarded) {
          ++(copy->state == copy_state::dead ? page.counts.dead : page.counts.discarded);
          add(page.counts.reasons, copy->reason, 1);
          return;
        }
      }
      d.what = mismatch::missing;
      ++page.counts.missing;
    } else {
      const auto fields = differing_fields(pair.mapped->target, *pair.copy);
      if (fields.empty()) return;
      d.what = mismatch::different;
      d.target_key = key_text(key_of(*pair.copy));
      for (const auto &name : fields)
        d.fields.push_back({name, digest(name, pair.mapped->target[name]), digest(name, (*pair.copy)[name])});
      ++page.counts.different;
      repair.action = copy_action::replace;
      repair.seen = seen_as(*pair.copy);
    }
    want(std::move(d), std::move(repair), rows, page, repairs);
  }

  result<findings_of_page> search(std::vector<record> rows) {
    findings_of_page page;
    page.counts.searched = rows.size();
    auto suspects = without_source(rows);
    if (!suspects) return suspects.why();
    if (suspects->empty()) return page;

    const auto asked = both_.asked(*suspects);
    if (!asked) return asked.why();
    const auto standing = both_.sources(*suspects);
    if (!standing) return standing.why();
    const auto copies = both_.copies(*suspects);
    if (!copies) return copies.why();
    std::vector<wanted_repair> repairs;
    for (std::size_t i = 0; i < suspects->size(); ++i) {
      const std::string &key = (*suspects)[i];
      const auto &copy = (*copies)[i];
      const bool has_source = std::any_of(standing->begin(), standing->end(),
                                          [&](const record &r) { return both_.key_of_source(r) == key; });
      if (has_source || !copy) continue;
      if (any_pending((*asked)[i])) {
        ++page.counts.in_flight;
        continue;
      }
      difference d;
      d.what = mismatch::extra;
      d.source_key = key;
      d.target_key = key_text(key_of(*copy));
      ++page.counts.extra;
      want(std::move(d), {page.differences.size(), csid_of(*copy, (*asked)[i]), copy_action::remove, seen_as(*copy)},
           (*asked)[i], page, repairs);
    }
    if (auto asking = ask(repairs, page); !asking) return asking.why();
    return page;
  }

  result<std::vector<std::string>> without_source(const std::vector<record> &copies) const {
    std::vector<std::string> keys;
    for (const record &copy : copies) keys.emplace_back(text_of(copy.values[both_.source_id()]));
    const auto standing = both_.sources(keys);
    if (!standing) return standing.why();
    std::vector<std::string> there;
    for (const record &r : *standing) there.push_back(both_.key_of_source(r));
    std::sort(there.begin(), there.end());
    std::erase_if(keys, [&](const std::string &k) { return std::binary_search(there.begin(), there.end(), k); });
    return keys;
  }

  // Whose copy it is, for the order in which it is removed.
  std::string csid_of(const record &copy, const std::vector<copy_row> &rows) const {
    if (!rows.empty()) return rows.front().csid;
    const auto back = map_.reverse(copy);
    return back ? std::string(text_of((*back)["csid"])) : std::string();
  }

  void want(difference d, wanted_repair repair, const std::vector<copy_row> &rows, findings_of_page &page,
            std::vector<wanted_repair> &repairs) const {
    if (!options_.repair_by.empty()) {
      if (repair.csid.empty())
        d.no_repair = "whose record it was cannot be told";
      else if (has_dead_repair(rows))
        d.no_repair = "an earlier repair of it is a dead letter";
      else
        repairs.push_back(std::move(repair));
    }
    page.differences.push_back(std::move(d));
  }

  result<done> ask(const std::vector<wanted_repair> &repairs, findings_of_page &page) const {
    if (repairs.empty()) return done{};
    unit_of_work unit;
    for (const wanted_repair &r : repairs) {
      const difference &of = page.differences[r.difference];
      copy_order order;
      order.origin = copy_origin::repair;
      order.action = r.action;
      order.requested_by = options_.repair_by;
      order.seen = r.seen;
      order.fields = names_of(of.fields);
      order.mapping = both_.route().mapping_version;
      unit.changes.push_back(
          ask_for_copy(both_.outbox(), both_.route().name, r.csid, of.source_key, time_.now(), order));
    }
    const auto committed = commit_now(both_.source_store(), std::move(unit), both_.deadline());
    if (!committed) return committed.why();
    page.counts.repairs = repairs.size();
    for (std::size_t i = 0; i < repairs.size(); ++i) {
      difference &of = page.differences[repairs[i].difference];
      const auto *id = std::get_if<std::int64_t>(&(*committed)[i].key.front());
      of.repair = id ? *id : 0;
      log(log_level::info, "A repair was asked for.",
          {{"route", both_.route().name},
           {"id", std::to_string(*of.repair)},
           {"action", std::string(to_string(repairs[i].action))},
           {"key", of.source_key},
           {"fields", names_of(of.fields)},
           {"by", options_.repair_by}});
    }
    return done{};
  }

  std::string digest(const std::string &field, const value &v) const {
    if (is_null(v) || is_absent(v)) return "null";
    return options_.digest(field + '\0' + key_text({v}));
  }

  void tell(const findings_of_page &page) {
    counts_.compared += page.counts.compared;
    counts_.searched += page.counts.searched;
    counts_.missing += page.counts.missing;
    counts_.extra += page.counts.extra;
    counts_.different += page.counts.different;
    counts_.unmappable += page.counts.unmappable;
    counts_.in_flight += page.counts.in_flight;
    counts_.dead += page.counts.dead;
    counts_.discarded += page.counts.discarded;
    counts_.repairs += page.counts.repairs;
    for (const auto &[reason, number] : page.counts.reasons) add(counts_.reasons, reason, number);
    if (options_.on_difference)
      for (const auto &d : page.differences) options_.on_difference(d);
    if (options_.on_page) options_.on_page(counts_);
  }

  const mapping &map_;
  const clock &time_;
  const reconcile_options &options_;
  const side_by_side both_;
  reconciled counts_;
};

}  // namespace

std::string_view to_string(mismatch what) {
  switch (what) {
    case mismatch::missing:
      return "missing";
    case mismatch::extra:
      return "extra";
    case mismatch::different:
      return "different";
    case mismatch::unmappable:
      return "unmappable";
  }
  return "unknown";
}

result<reconciled> reconcile(const copy_route &route, record_store &source, record_store &target,
                             const std::vector<kind_ptr> &target_kinds, const clock &time,
                             const reconcile_options &options) {
  return comparison(route, source, target, target_kinds, time, options).run();
}

}  // namespace causeway
