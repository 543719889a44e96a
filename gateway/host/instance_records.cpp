// What a plugin asks of the record stores. Indices, tags and text are checked before they are believed; the outcome is
// posted to the call's executor, so that no two callbacks of one call ever run at once, and comes exactly once.
#include <array>
#include <utility>

#include "causeway/record.hpp"
#include "host/border.hpp"
#include "host/instance.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

constexpr std::size_t most_conditions = 32;
constexpr std::size_t most_order = 16;
constexpr std::size_t most_rows = 1000;
constexpr std::size_t most_changes = 10'000;

constexpr std::size_t least_query = offsetof(cw_query, limit) + sizeof(cw_query::limit);
constexpr std::size_t least_unit = offsetof(cw_unit, changes) + sizeof(cw_array);
constexpr std::size_t least_change = offsetof(cw_change, version);  // through values

constexpr const char *no_such_kind = "the kind is none that the plugin declares";
constexpr const char *undeclared = "the plugin does to a kind what it does not declare to do";

}  // namespace

template <class T, class Deliver>
void plugin_instance::bring(completion &&to, result<T> &&outcome, Deliver deliver) {
  // The executor lives as long as the call, whose last holder may be the work itself: it may be done before post
  // returns.
  const auto keep = to.of;
  executor *on = keep->asked()->runs_on;
  on->post([this, to = std::move(to), outcome = std::move(outcome), deliver = std::move(deliver)]() mutable {
    const call &asked = *to.of->asked();
    const log_scope lines(asked.request_id, trace_id_of(asked.traceparent));
    if (outcome) {
      deliver(to, *outcome);
    } else {
      log_fault(outcome.why().what);
      give(to, outcome.why());
    }
    active_.fetch_sub(1);
  });
}

// What a store could not do is the operator's to know; what it found is not.
void plugin_instance::log_fault(outcome what) const {
  const auto level = what == outcome::internal ? log_level::error : log_level::debug;
  const char *fault = what == outcome::unavailable  ? "unavailable"
                      : what == outcome::overloaded ? "overloaded"
                      : what == outcome::deadline   ? "deadline"
                      : what == outcome::internal   ? "internal"
                                                    : nullptr;
  if (fault != nullptr)
    log(level, "a store did not serve a call", {{"plugin", plugin_.declared.name}, {"fault", fault}});
}

void plugin_instance::fail(completion to, fault why) {
  bring<causeway::done>(std::move(to), std::move(why), [](const completion &, const causeway::done &) {});
}

void plugin_instance::refuse(completion to, const char *why) {
  broke(why, to.of->asked().get());
  fail(std::move(to), fault{outcome::internal, "the plugin has a defect", {}});
}

void plugin_instance::give(const completion &to, const cw_outcome &outcome, const cw_row *rows, std::size_t count) {
  try {
    to.done(to.state, &outcome, rows, count);
  } catch (...) {
    broke("a callback threw an exception", to.of ? to.of->asked().get() : nullptr);
    if (const auto unanswered = calls_.close(to.id)) unanswered->finish(internal_error());
  }
}

void plugin_instance::give(const completion &to, const fault &why) {
  std::vector<cw_fault> faults;
  faults.reserve(why.inputs.size());
  for (const auto &input : why.inputs)
    faults.push_back({lend(std::string_view(input.pointer)), lend(std::string_view(input.code)),
                      lend(std::string_view(input.detail))});
  const cw_outcome outcome{sizeof(cw_outcome),
                           static_cast<std::uint32_t>(why.what),
                           lend(std::string_view(why.detail)),
                           {faults.data(), faults.size(), sizeof(cw_fault)}};
  give(to, outcome, nullptr, 0);
}

void plugin_instance::give(const completion &to, const bound_kind &kind, const record *records, std::size_t count) {
  const std::size_t width = kind.fields.size();
  // Most reads find a few rows.
  std::array<cw_value, 64> few_values;
  std::array<cw_row, 16> few_rows;
  std::vector<cw_value> many_values(count * width > few_values.size() ? count * width : 0);
  std::vector<cw_row> many_rows(count > few_rows.size() ? count : 0);
  cw_value *const values = many_values.empty() ? few_values.data() : many_values.data();
  cw_row *const rows = many_rows.empty() ? few_rows.data() : many_rows.data();
  for (std::size_t i = 0; i < count; ++i) {
    cw_value *row = values + i * width;
    for (std::size_t j = 0; j < width; ++j) row[j] = sdk::detail::border_value(records[i].values[kind.fields[j].at]);
    rows[i] = {row, records[i].version};
  }
  const cw_outcome outcome{sizeof(cw_outcome), CW_OK, {}, {nullptr, 0, sizeof(cw_fault)}};
  give(to, outcome, rows, count);
}

std::optional<plugin_instance::completion> plugin_instance::enter(cw_call id, cw_done done, void *state) {
  if (done == nullptr) {
    broke("a store was asked without a callback", nullptr);
    return std::nullopt;
  }
  // Raised first: an instance with an outstanding callback is not idle, even when the call is answered meanwhile.
  active_.fetch_add(1);
  completion to{done, state, id, calls_.find(id)};
  if (!to.of) {
    broke("a store was asked for a call that is not open", nullptr);
    give(to, fault{outcome::stale, "the call was answered before", {}});
    active_.fetch_sub(1);
    return std::nullopt;
  }
  if (clock_->steady() >= to.of->asked()->deadline) {
    fail(std::move(to), fault{outcome::deadline, "the call's deadline has passed", {}});
    return std::nullopt;
  }
  return to;
}

void plugin_instance::get(cw_call id, std::uint32_t kind, const cw_value *key, std::size_t count, cw_done done,
                          void *state) {
  auto to = enter(id, done, state);
  if (!to) return;
  if (kind >= plugin_.kinds.size()) return refuse(std::move(*to), no_such_kind);
  if ((plugin_.declared.kinds[kind].uses & CW_READS) == 0) return refuse(std::move(*to), undeclared);
  const bound_kind &of = plugin_.kinds[kind];
  if (count != of.key_types.size() || key == nullptr)
    return refuse(std::move(*to), "get: the key has another number of values than the kind's");
  get_request request{of.kind, std::vector<value>(count)};
  for (std::size_t i = 0; i < count; ++i)
    if (const char *why = take_value(key[i], of.key_types[i], false, request.key[i]))
      return refuse(std::move(*to), why);
  const auto deadline = to->of->asked()->deadline;
  of.store->get(std::move(request), deadline, [this, &of, to = std::move(*to)](result<record> &&found) mutable {
    bring(std::move(to), std::move(found),
          [this, &of](const completion &back, const record &one) { give(back, of, &one, 1); });
  });
}

const char *plugin_instance::take_query(const cw_query *from, find_request &to, const bound_kind *&kind) const {
  if (from == nullptr || from->size < least_query) return "find: the query has no members";
  const auto query = read_sized<cw_query>(from, from->size);
  if (query.kind >= plugin_.kinds.size()) return no_such_kind;
  if ((plugin_.declared.kinds[query.kind].uses & CW_READS) == 0) return undeclared;
  kind = &plugin_.kinds[query.kind];
  const auto &fields = kind->fields;
  to.kind = kind->kind;
  if (!array_is_sound(query.conditions, most_conditions, sizeof(cw_condition)))
    return "find: the conditions cannot be read, or are more than 32";
  to.conditions.reserve(query.conditions.count);
  for (std::size_t i = 0; i < query.conditions.count; ++i) {
    const auto one = read_element<cw_condition>(query.conditions, i);
    if (one.field >= fields.size()) return "find: a condition is on a field that the plugin does not declare";
    const auto &field = fields[one.field];
    condition c{field.at, null()};
    if (one.comparison == CW_EQUAL) {
      if (const char *why = take_value(one.value, field.type, false, c.equals)) return why;
    } else if (one.comparison != CW_IS_NULL) {
      return "find: a condition compares in a way that does not exist";
    }
    to.conditions.push_back(std::move(c));
  }
  if (query.order_count > most_order || (query.order_count != 0 && query.order == nullptr))
    return "find: the order cannot be read, or has more than 16 fields";
  to.order.reserve(query.order_count);
  for (std::size_t i = 0; i < query.order_count; ++i) {
    if (query.order[i] >= fields.size()) return "find: the order is by a field that the plugin does not declare";
    to.order.push_back(fields[query.order[i]].at);
    if (query.after == nullptr) continue;
    if (const char *why = take_value(query.after[i], fields[query.order[i]].type, false, to.after.emplace_back()))
      return why;
  }
  if (to.order.empty()) to.order = kind->kind->key;
  to.descending = query.descending != 0;
  if (query.limit < 1 || query.limit > most_rows) return "find: the limit is not 1 to 1000";
  to.limit = query.limit;
  return nullptr;
}

void plugin_instance::find(cw_call id, const cw_query *query, cw_done done, void *state) {
  auto to = enter(id, done, state);
  if (!to) return;
  find_request request;
  const bound_kind *of = nullptr;
  if (const char *why = take_query(query, request, of)) return refuse(std::move(*to), why);
  const auto deadline = to->of->asked()->deadline;
  of->store->find(
      std::move(request), deadline, [this, of, to = std::move(*to)](result<std::vector<record>> &&found) mutable {
        bring(std::move(to), std::move(found), [this, of](const completion &back, const std::vector<record> &records) {
          give(back, *of, records.data(), records.size());
        });
      });
}

const char *plugin_instance::take_change(const cw_change &from, change &to, const bound_kind *&kind) const {
  constexpr change_type types[] = {change_type::insert, change_type::update, change_type::put, change_type::require};
  if (from.type >= std::size(types)) return "commit: a change has a type that does not exist";
  if (from.kind >= plugin_.kinds.size()) return no_such_kind;
  constexpr std::uint32_t needs[] = {CW_INSERTS, CW_UPDATES, CW_INSERTS | CW_UPDATES, CW_UPDATES};
  if ((needs[from.type] & ~plugin_.declared.kinds[from.kind].uses) != 0) return undeclared;
  if (from.values == nullptr) return "commit: a change has no values";
  kind = &plugin_.kinds[from.kind];
  to.type = types[from.type];
  to.what = record(kind->kind);
  to.version = from.version;
  for (std::size_t i = 0; i < kind->fields.size(); ++i) {
    const auto &field = kind->fields[i];
    if (const char *why = take_value(from.values[i], field.type, true, to.what.values[field.at])) return why;
  }
  return nullptr;
}

void plugin_instance::commit(cw_call id, const cw_unit *unit, cw_done done, void *state) {
  auto to = enter(id, done, state);
  if (!to) return;
  if (unit == nullptr || unit->size < least_unit)
    return refuse(std::move(*to), "commit: the unit of work has no members");
  const auto given = read_sized<cw_unit>(unit, unit->size);
  if (given.changes.count == 0 || !array_is_sound(given.changes, most_changes, least_change))
    return refuse(std::move(*to), "commit: the changes cannot be read, or are none or more than 10000");
  unit_of_work work;
  work.changes.resize(given.changes.count);
  const bound_kind *first = nullptr;
  for (std::size_t i = 0; i < given.changes.count; ++i) {
    const auto head = read_element<cw_change>(given.changes, i);
    if (head.size < least_change) return refuse(std::move(*to), "commit: a change has no members");
    const bound_kind *kind = nullptr;
    const auto whole = read_sized<cw_change>(&head, head.size);
    if (const char *why = take_change(whole, work.changes[i], kind)) return refuse(std::move(*to), why);
    if (first == nullptr) first = kind;
    if (kind->store != first->store)
      return refuse(std::move(*to), "commit: the changes are of more than one store, which cannot be one unit");
  }
  const auto keeper = to->of->asked()->keeper;
  bool keeps = false;
  if (given.answer != nullptr) {
    // Without a key too: what cannot be sent would be a 500 behind an effect, and each retry another effect.
    answer kept;
    if (const char *why = take_answer(given.answer, kept)) return refuse(std::move(*to), why);
    keeps = keeper != nullptr;
    if (keeps) keeper->keep(first->kind->store, kept, work);
  }
  const auto deadline = to->of->asked()->deadline;
  first->store->commit(
      std::move(work), deadline, [this, keeps, to = std::move(*to)](result<commit_outcome> &&committed) mutable {
        auto outcome = committed ? result<causeway::done>(causeway::done{}) : result<causeway::done>(committed.why());
        bring(std::move(to), std::move(outcome), [this, keeps](const completion &back, const causeway::done &) {
          if (keeps) back.of->asked()->keeper->kept();
          const cw_outcome good{sizeof(cw_outcome), CW_OK, {}, {nullptr, 0, sizeof(cw_fault)}};
          give(back, good, nullptr, 0);
        });
      });
}

}  // namespace causeway
