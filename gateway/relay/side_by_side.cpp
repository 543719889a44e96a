#include "relay/side_by_side.hpp"

#include <map>
#include <utility>

#include "relay/agreement.hpp"
#include "relay/entries.hpp"
#include "relay/together.hpp"

namespace causeway {

namespace {

using rows = std::vector<record>;

constexpr std::size_t rows_of_a_key = 20;

}  // namespace

side_by_side::side_by_side(const copy_route &route, record_store &source, record_store &target,
                           const std::vector<kind_ptr> &target_kinds, const clock &time,
                           std::chrono::milliseconds patience)
    : route_(route),
      source_(source),
      target_(target),
      target_kinds_(target_kinds),
      time_(time),
      patience_(patience),
      outbox_(outbox_kind(route.map->from()->store)),
      copied_(copied_kind(route.map->from()->store)),
      source_id_(source_id_field(*route.map->to()).value()) {}

std::string side_by_side::key_of_source(const record &source) const {
  return std::string(text_of(source.values[route_.map->from()->key.front()]));
}

result<std::vector<pair_of_records>> side_by_side::look_at(std::vector<record> sources) const {
  std::vector<pair_of_records> pairs(sources.size());
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    keys.push_back(key_of_source(sources[i]));
    auto mapped = route_.map->apply(sources[i]);
    if (mapped)
      pairs[i].mapped = std::move(*mapped);
    else
      pairs[i].refused = mapped.why();
    pairs[i].source = std::move(sources[i]);
  }
  auto standing = copies(keys);
  if (!standing) return standing.why();
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].copy = std::move((*standing)[i]);
  if (const auto resolved = resolve(pairs); !resolved) return resolved.why();
  return pairs;
}

// Many notes ask for the same record: each is looked for once. What is not there is left null.
result<done> side_by_side::resolve(std::vector<pair_of_records> &pairs) const {
  struct place {
    mapped_record *filled;
    std::size_t lookup;
    std::size_t question;
  };
  std::vector<place> places;
  std::vector<find_request> questions;
  std::map<std::string, std::size_t> known;
  for (auto &pair : pairs) {
    if (!pair.mapped || pair.mapped->lookups.empty()) continue;
    auto asked = questions_of(*pair.mapped, target_kinds_);
    if (!asked) return asked.why();
    for (std::size_t i = 0; i < asked->size(); ++i) {
      const pending_lookup &of = pair.mapped->lookups[i];
      const auto [at, fresh] = known.try_emplace(key_text({of.kind, of.by, of.equals}), questions.size());
      if (fresh) questions.push_back(std::move((*asked)[i]));
      places.push_back({&*pair.mapped, i, at->second});
    }
  }
  const auto found = all_together<rows>(questions.size(), [&](std::size_t i, record_store::completion<rows> answer) {
    target_.find(std::move(questions[i]), deadline(), std::move(answer));
  });
  for (const place &p : places) {
    if (!found[p.question]) return found[p.question].why();
    fill_in(*p.filled, p.lookup, *found[p.question]);
  }
  return done{};
}

result<std::vector<record>> side_by_side::sources(const std::vector<std::string> &keys) const {
  auto got = all_together<record>(keys.size(), [&](std::size_t i, record_store::completion<record> answer) {
    source_.get({route_.map->from(), {keys[i]}}, deadline(), std::move(answer));
  });
  std::vector<record> standing;
  for (auto &one : got) {
    if (one)
      standing.push_back(std::move(*one));
    else if (one.why().what != outcome::not_found)
      return one.why();
  }
  return standing;
}

result<std::vector<std::optional<record>>> side_by_side::copies(const std::vector<std::string> &keys) const {
  auto found = all_together<rows>(keys.size(), [&](std::size_t i, record_store::completion<rows> answer) {
    target_.find(by_unique_field(route_.map->to(), source_id_, keys[i]), deadline(), std::move(answer));
  });
  std::vector<std::optional<record>> out(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!found[i]) return found[i].why();
    if (!found[i]->empty()) out[i] = std::move(found[i]->front());
  }
  return out;
}

result<std::vector<std::vector<copy_row>>> side_by_side::asked(const std::vector<std::string> &keys,
                                                               const std::string &of_route) const {
  const auto found_in = [&](const kind_ptr &kind) {
    return all_together<rows>(keys.size(), [&](std::size_t i, record_store::completion<rows> answer) {
      source_.find(entries_of(kind, keys[i], rows_of_a_key, true), deadline(), std::move(answer));
    });
  };
  const auto open = found_in(outbox_);
  const auto made = found_in(copied_);
  std::vector<std::vector<copy_row>> out(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!open[i]) return open[i].why();
    if (!made[i]) return made[i].why();
    for (copy_row &read : joined_entries(*open[i], *made[i], true))
      if (read.route == of_route && out[i].size() < rows_of_a_key) out[i].push_back(std::move(read));
  }
  return out;
}

result<std::vector<record>> side_by_side::page(bool of_source, const std::vector<std::size_t> &order,
                                               const std::vector<value> &after, std::size_t limit) const {
  find_request request;
  request.kind = of_source ? route_.map->from() : route_.map->to();
  request.order = order;
  request.after = after;
  request.limit = limit;
  return find_now(of_source ? source_ : target_, std::move(request), deadline());
}

}  // namespace causeway
