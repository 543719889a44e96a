// No place is kept between two runs: the rows of what is to be and was copied are the progress, and passing over a page
// of known records costs one statement. A place that was kept could be wrong; a row cannot.
#include "relay/backfill.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "relay/outbox.hpp"
#include "relay/side_by_side.hpp"

namespace causeway {

namespace {

constexpr std::uint64_t portions_a_second = 10;  // at least so many while a rate is kept, so that it is kept evenly

// Lets so many through in a second, evenly: what was not used before is not made up for.
class throttle {
 public:
  throttle(std::uint64_t rate, const clock &time) : rate_(rate), time_(time) {}

  // How long until the next may go.
  std::chrono::milliseconds until_next() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - now());
    return std::max(left, std::chrono::milliseconds(0));
  }
  void went(std::uint64_t number) {
    if (rate_ == 0) return;
    due_ = std::max(due_, now()) + std::chrono::microseconds((number * 1'000'000 + rate_ - 1) / rate_);
  }
  // As many as go at once.
  std::size_t portion(std::size_t most) const {
    if (rate_ == 0) return most;
    return std::size_t(std::min<std::uint64_t>(most, std::max<std::uint64_t>(1, rate_ / portions_a_second)));
  }

 private:
  std::chrono::microseconds now() const { return time_.elapsed(); }

  const std::uint64_t rate_;
  const clock &time_;
  std::chrono::microseconds due_{0};
};

class backfilling {
 public:
  backfilling(const copy_route &route, record_store &source, record_store &target,
              const std::vector<kind_ptr> &target_kinds, const clock &time, const backfill_options &options)
      : route_(route),
        time_(time),
        options_(options),
        both_(route, source, target, target_kinds, time, options.patience),
        pace_(options.rate, time) {}

  result<backfilled> run() {
    const auto order = order_of_creation(*route_.map->from());
    std::vector<value> after;
    while (!stopped()) {
      auto rows =
          while_away(tries_while_away, options_.wait, [&] { return both_.page(true, order, after, options_.page); });
      if (!rows) return rows.why();
      if (!rows->empty()) {
        after.clear();
        for (const std::size_t field : order) after.push_back(rows->back().values[field]);
      }
      asked_of_page_.clear();
      const auto worked = while_away(tries_while_away, options_.wait, [&] { return work(*rows); });
      if (!worked) return worked.why();
      if (rows->size() < options_.page) break;
    }
    return counts_;
  }

 private:
  struct page_counts {
    backfilled counts;
    std::vector<left_behind> left;
    std::vector<const record *> to_ask;
  };

  bool stopped() {
    if (options_.stop && options_.stop()) counts_.stopped = true;
    return counts_.stopped;
  }

  // Is begun again where a store goes away in the middle.
  result<done> work(const std::vector<record> &rows) {
    page_counts page;
    page.counts.seen = rows.size();
    const auto sorted = sort_out(rows, page);
    if (!sorted) return sorted.why();
    for (std::size_t first = 0; first < page.to_ask.size() && !stopped();) {
      if (const auto wait = pace_.until_next(); wait.count() > 0) {
        options_.wait(wait);
        continue;
      }
      const std::size_t some = std::min(pace_.portion(options_.page), page.to_ask.size() - first);
      if (const auto done = ask(page.to_ask, first, some); !done) return done.why();
      pace_.went(some);
      for (std::size_t i = first; i < first + some; ++i) asked_of_page_.insert(both_.key_of_source(*page.to_ask[i]));
      counts_.asked += some;
      first += some;
      if (options_.on_page) options_.on_page(counts_);
    }
    counts_.seen += page.counts.seen;
    counts_.known += page.counts.known;
    counts_.standing += page.counts.standing;
    counts_.unmappable += page.counts.unmappable;
    counts_.early += page.counts.early;
    if (options_.on_left_behind)
      for (const auto &left : page.left) options_.on_left_behind(left);
    if (options_.on_page) options_.on_page(counts_);
    return done{};
  }

  result<done> sort_out(const std::vector<record> &rows, page_counts &page) const {
    std::vector<std::string> keys;
    for (const record &row : rows) keys.push_back(both_.key_of_source(row));
    const auto asked = both_.asked(keys);
    if (!asked) return asked.why();
    std::vector<record> unknown;
    std::vector<const record *> places;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!(*asked)[i].empty()) {
        if (!asked_of_page_.contains(keys[i])) ++page.counts.known;
        continue;
      }
      unknown.push_back(rows[i]);
      places.push_back(&rows[i]);
    }
    if (unknown.empty()) return done{};
    const auto pairs = both_.look_at(std::move(unknown));
    if (!pairs) return pairs.why();
    const auto first = never_asked_for(*pairs);
    if (!first) return first.why();
    for (std::size_t i = 0; i < pairs->size(); ++i) {
      const pair_of_records &pair = (*pairs)[i];
      left_behind left;
      left.source_key = both_.key_of_source(pair.source);
      if (pair.copy) {
        ++page.counts.standing;
      } else if (!pair.mapped) {
        ++page.counts.unmappable;
        for (const auto &input : pair.refused.inputs) left.rules.push_back({input.pointer, input.code, {}});
        page.left.push_back(std::move(left));
      } else if (const auto kind = missing_kind(pair, *first)) {
        ++page.counts.early;
        left.missing = *kind;
        page.left.push_back(std::move(left));
      } else {
        page.to_ask.push_back(places[i]);
      }
    }
    return done{};
  }

  // The keys of records that these belong to, which stand neither in the target nor in the outbox.
  result<std::set<std::string>> never_asked_for(const std::vector<pair_of_records> &pairs) const {
    std::set<std::string> missing;
    for (const auto &pair : pairs)
      if (pair.mapped && !pair.copy)
        for (const auto &lookup : pair.mapped->lookups)
          if (!has_content(pair.mapped->target.values[lookup.target_field])) missing.insert(key_text({lookup.equals}));
    if (missing.empty() || route_.after.empty()) return missing;
    const std::vector<std::string> keys(missing.begin(), missing.end());
    const auto asked = both_.asked_before(keys);
    if (!asked) return asked.why();
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (!(*asked)[i].empty()) missing.erase(keys[i]);
    return missing;
  }

  std::optional<std::string> missing_kind(const pair_of_records &pair, const std::set<std::string> &missing) const {
    for (const auto &lookup : pair.mapped->lookups)
      if (!has_content(pair.mapped->target.values[lookup.target_field]) && missing.contains(key_text({lookup.equals})))
        return lookup.kind;
    return std::nullopt;
  }

  result<done> ask(const std::vector<const record *> &all, std::size_t first, std::size_t some) const {
    unit_of_work unit;
    for (std::size_t i = first; i < first + some; ++i) {
      copy_order order;
      order.origin = copy_origin::backfill;
      order.requested_by = options_.requested_by;
      order.mapping = route_.mapping_version;
      unit.changes.push_back(ask_for_copy(both_.outbox(), route_.name, std::string(text_of((*all[i])["csid"])),
                                          both_.key_of_source(*all[i]), time_.now(), order));
    }
    const auto committed = commit_now(both_.source_store(), std::move(unit), both_.deadline());
    if (!committed) return committed.why();
    return done{};
  }

  const copy_route &route_;
  const clock &time_;
  const backfill_options &options_;
  const side_by_side both_;
  throttle pace_;
  backfilled counts_;
  std::set<std::string> asked_of_page_;
};

}  // namespace

std::vector<std::size_t> order_of_creation(const record_kind &kind) {
  const index *best = nullptr;
  const auto csid = kind.find_field("csid");
  for (const index &candidate : kind.indexes) {
    const auto &fields = candidate.fields;
    if (fields.size() < 2 || kind.key.size() != 1 || fields.back() != kind.key.front()) continue;
    const bool behind_a_time = kind.fields[fields[fields.size() - 2]].type == field_type::timestamp;
    const bool never_null = std::all_of(
        fields.begin(), fields.end(), [&](std::size_t f) { return kind.fields[f].required || f == kind.key.front(); });
    if (!behind_a_time || !never_null) continue;
    if (!best || (fields.front() == csid && best->fields.front() != csid)) best = &candidate;
  }
  return best ? best->fields : kind.key;
}

result<backfilled> backfill(const copy_route &route, record_store &source, record_store &target,
                            const std::vector<kind_ptr> &target_kinds, const clock &time,
                            const backfill_options &options) {
  return backfilling(route, source, target, target_kinds, time, options).run();
}

}  // namespace causeway
