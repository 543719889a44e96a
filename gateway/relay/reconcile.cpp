// Two walks: through the source by key, each record mapped and looked for in the target; then through the target by
// key, each copy looked for in the source.
#include "relay/reconcile.hpp"

#include <optional>
#include <utility>

#include "relay/agreement.hpp"
#include "relay/together.hpp"

namespace causeway {

namespace {

class comparison {
 public:
  comparison(const copy_route &route, record_store &source, record_store &target,
             const std::vector<kind_ptr> &target_kinds, const clock &time, const reconcile_options &options)
      : map_(*route.map),
        source_(source),
        target_(target),
        target_kinds_(target_kinds),
        time_(time),
        options_(options),
        source_id_(source_id_field(*route.map->to()).value()) {}

  result<reconciled> run() {
    if (auto walked = walk(source_, map_.from(), &comparison::compare_page); !walked) return walked.why();
    if (auto walked = walk(target_, map_.to(), &comparison::search_extra); !walked) return walked.why();
    return counts_;
  }

 private:
  using page_work = result<done> (comparison::*)(const std::vector<record> &);

  result<done> walk(record_store &store, const kind_ptr &kind, page_work work) {
    find_request request;
    request.kind = kind;
    request.order = kind->key;
    request.limit = options_.page;
    for (;;) {
      const auto rows = find_now(store, request, deadline());
      if (!rows) return rows.why();
      if (auto worked = (this->*work)(*rows); !worked) return worked.why();
      if (options_.on_page) options_.on_page(counts_);
      if (rows->size() < options_.page) return done{};
      request.after.clear();
      for (const std::size_t field : kind->key) request.after.push_back(rows->back().values[field]);
    }
  }

  result<done> compare_page(const std::vector<record> &rows) {
    std::vector<std::optional<mapped_record>> mapped(rows.size());
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      keys.emplace_back(text_of(rows[i].values[map_.from()->key.front()]));
      if (auto crossed = map_.apply(rows[i])) mapped[i] = std::move(*crossed);
    }
    using copies = std::vector<record>;
    const auto found = all_together<copies>(rows.size(), [&](std::size_t i, record_store::completion<copies> answer) {
      target_.find(by_unique_field(map_.to(), source_id_, keys[i]), deadline(), std::move(answer));
    });
    if (auto resolved = resolve(mapped); !resolved) return resolved.why();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!found[i]) return found[i].why();
      ++counts_.compared;
      if (found[i]->empty()) {
        tell({mismatch::missing, keys[i], {}});
        continue;
      }
      std::vector<std::string> fields;
      if (!mapped[i]) {
        fields.push_back("(the source cannot cross as it is)");
      } else {
        fields = differing_fields(mapped[i]->target, found[i]->front());
      }
      if (!fields.empty()) tell({mismatch::different, keys[i], std::move(fields)});
    }
    return done{};
  }

  result<done> resolve(std::vector<std::optional<mapped_record>> &mapped) {
    struct place {
      mapped_record *filled;
      std::size_t lookup;
    };
    std::vector<place> places;
    std::vector<find_request> questions;
    for (auto &one : mapped) {
      if (!one) continue;
      auto asked = questions_of(*one, target_kinds_);
      if (!asked) return asked.why();
      for (std::size_t i = 0; i < asked->size(); ++i) {
        places.push_back({&*one, i});
        questions.push_back(std::move((*asked)[i]));
      }
    }
    using answers = std::vector<record>;
    const auto found = all_together<answers>(questions.size(), [&](std::size_t i, record_store::completion<answers> a) {
      target_.find(std::move(questions[i]), deadline(), std::move(a));
    });
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!found[i]) return found[i].why();
      fill_in(*places[i].filled, places[i].lookup, *found[i]);
    }
    return done{};
  }

  result<done> search_extra(const std::vector<record> &rows) {
    std::vector<value> keys;
    for (const record &row : rows)
      if (has_content(row.values[source_id_])) keys.push_back(row.values[source_id_]);
    const auto got = all_together<record>(keys.size(), [&](std::size_t i, record_store::completion<record> answer) {
      source_.get({map_.from(), {keys[i]}}, deadline(), std::move(answer));
    });
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (got[i]) continue;
      if (got[i].why().what != outcome::not_found) return got[i].why();
      tell({mismatch::extra, std::string(text_of(keys[i])), {}});
    }
    return done{};
  }

  void tell(const difference &d) {
    switch (d.what) {
      case mismatch::missing:
        ++counts_.missing;
        break;
      case mismatch::extra:
        ++counts_.extra;
        break;
      case mismatch::different:
        ++counts_.different;
        break;
    }
    if (options_.on_difference) options_.on_difference(d);
  }

  time_point deadline() const { return time_.now() + options_.patience; }

  const mapping &map_;
  record_store &source_;
  record_store &target_;
  const std::vector<kind_ptr> &target_kinds_;
  const clock &time_;
  const reconcile_options &options_;
  const std::size_t source_id_;
  reconciled counts_;
};

}  // namespace

result<reconciled> reconcile(const copy_route &route, record_store &source, record_store &target,
                             const std::vector<kind_ptr> &target_kinds, const clock &time,
                             const reconcile_options &options) {
  return comparison(route, source, target, target_kinds, time, options).run();
}

}  // namespace causeway
