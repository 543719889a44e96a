// Handlers are coroutines over the source's record store; they hold what they need by shared pointer and block nobody.
#include "relay/operations.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "causeway/json.hpp"
#include "causeway/task.hpp"
#include "relay/attempts.hpp"
#include "relay/awaiting.hpp"
#include "relay/coroutine_operation.hpp"
#include "relay/entries.hpp"
#include "relay/outbox.hpp"
#include "relay/problems.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

struct desk {
  std::vector<copy_route> routes;
  std::map<std::string, record_store *> sources;
  const clock &time;
  std::function<void(const std::string &)> signal;

  const copy_route *route(std::string_view name) const {
    const auto found = std::find_if(routes.begin(), routes.end(), [&](const auto &r) { return r.name == name; });
    return found == routes.end() ? nullptr : &*found;
  }
};

using desk_ptr = std::shared_ptr<const desk>;

answer no_route() { return problem(404, "not-found", "There is no copy route of this name."); }

answer wrong_cursor() {
  answer a = problem(422, "invalid", "The cursor is none of this list's.");
  a.inputs = {{"/query/cursor", "invalid", "must be the `next` of an earlier answer"}};
  return a;
}

answer json(int status, sdk::json_writer out) {
  answer a;
  a.status = status;
  a.body = out.take();
  return a;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < 1) return std::nullopt;
  return n;
}

// Routes are few: the cursor is the last one's name, and each page counts anew.
task<answer> list_routes(desk_ptr at, call_ptr c) {
  sdk::json_writer out;
  out.begin_object().name("items").begin_array();
  std::optional<std::string> next;
  std::int64_t shown = 0;
  bool begun = c->cursor.empty();
  if (!begun && !at->route(c->cursor)) co_return wrong_cursor();
  for (const copy_route &route : at->routes) {
    if (!begun) {
      begun = route.name == c->cursor;
      continue;
    }
    if (shown == c->limit) break;
    record_store &store = *at->sources.at(route.map->from()->store);
    const kind_ptr outbox = outbox_kind(route.map->from()->store);
    std::int64_t counts[3] = {};
    const copy_state states[3] = {copy_state::pending, copy_state::copied, copy_state::dead};
    for (int i = 0; i < 3; ++i) {
      auto counting = count_in(store, copies_in_state(outbox, route.name, states[i], 0, 1), c->deadline);
      const auto counted = co_await counting;
      if (!counted) co_return problem_of(counted.why());
      counts[i] = *counted;
    }
    auto counting = count_in(store, copied_by(copied_kind(outbox->store), route.name), c->deadline);
    const auto copied = co_await counting;
    if (!copied) co_return problem_of(copied.why());
    counts[1] += *copied;  // an earlier build left them in the outbox
    auto finding = find_in(store, copies_in_state(outbox, route.name, copy_state::pending, 0, 1), c->deadline);
    const auto oldest = co_await finding;
    if (!oldest) co_return problem_of(oldest.why());
    std::int64_t seconds = 0;
    if (!oldest->empty())
      seconds = std::chrono::floor<std::chrono::seconds>(at->time.now() - read_copy(oldest->front()).created).count();
    out.begin_object()
        .member("name", route.name)
        .member("pending", counts[0])
        .member("oldestPendingSeconds", std::max<std::int64_t>(0, seconds))
        .member("copied", counts[1])
        .member("dead", counts[2])
        .end_object();
    ++shown;
    next = route.name;
  }
  out.end_array();
  const bool more = begun && next && *next != at->routes.back().name;
  out.name("next");
  if (more)
    out.item(*next);
  else
    out.item(nullptr);
  out.end_object();
  co_return json(200, std::move(out));
}

task<answer> list_dead_letters(desk_ptr at, call_ptr c) {
  const copy_route *route = at->route(text_of(c->path.at(0)));
  if (!route) co_return no_route();
  std::int64_t after = 0;
  if (!c->cursor.empty()) {
    const auto given = number(c->cursor);
    if (!given) co_return wrong_cursor();
    after = *given;
  }
  const std::string store = route->map->from()->store;
  const auto limit = std::size_t(c->limit);
  auto finding =
      find_in(*at->sources.at(store),
              copies_in_state(outbox_kind(store), route->name, copy_state::dead, after, limit + 1), c->deadline);
  const auto rows = co_await finding;
  if (!rows) co_return problem_of(rows.why());
  sdk::json_writer out;
  out.begin_object().name("items").begin_array();
  std::int64_t last = 0;
  for (std::size_t i = 0; i < std::min(limit, rows->size()); ++i) {
    const copy_row letter = read_copy((*rows)[i]);
    last = letter.id;
    out.begin_object()
        .member("id", std::to_string(letter.id))
        .member("csid", letter.csid)
        .member("reason", letter.reason)
        .member("attempts", letter.attempts)
        .member("firstFailedAt", letter.first_failed ? std::optional(to_rfc3339(*letter.first_failed)) : std::nullopt)
        .member("lastFailedAt", letter.last_failed ? std::optional(to_rfc3339(*letter.last_failed)) : std::nullopt)
        .end_object();
  }
  out.end_array();
  out.member("next", rows->size() > limit ? std::optional(std::to_string(last)) : std::nullopt);
  out.end_object();
  co_return json(200, std::move(out));
}

enum class remedy { replay, discard };

// The reason is all that comes from the caller, and its characters all that the operation's schema leaves open.
answer reason_not_kept() {
  answer a = problem(422, "invalid", "The store of these copies cannot keep the reason as it is written.");
  a.inputs.push_back(
      {"/body/reason", "unmappable-character", "has characters that the store of these copies cannot keep"});
  return a;
}

task<answer> treat(desk_ptr at, call_ptr c, remedy how) {
  const copy_route *route = at->route(text_of(c->path.at(0)));
  if (!route) co_return no_route();
  const auto id = number(text_of(c->path.at(1)));
  if (!id) co_return problem_of({outcome::not_found, {}, {}});
  const std::string store_name = route->map->from()->store;
  record_store &store = *at->sources.at(store_name);
  const kind_ptr outbox = outbox_kind(store_name);
  auto getting = get_from(store, {outbox, {*id}}, c->deadline);
  const auto row = co_await getting;
  if (!row && row.why().what != outcome::not_found) co_return problem_of(row.why());
  copy_row letter;
  if (row) {
    letter = read_copy(*row);
  } else {
    auto finding = find_in(store, copied_by(copied_kind(store_name), route->name, id), c->deadline);
    const auto made = co_await finding;
    if (!made) co_return problem_of(made.why());
    if (!made->empty()) letter = read_copy(made->front());
  }
  if (letter.route != route->name) co_return problem_of({outcome::not_found, {}, {}});
  if (letter.state != copy_state::dead)
    co_return problem(
        409, "not-a-dead-letter",
        "This copy is " + std::string(to_string(letter.state)) + "; only a dead one can be replayed or discarded.");
  sdk::json_writer out;
  out.begin_object().member("id", std::to_string(letter.id));
  out.member("state", how == remedy::replay ? "PENDING" : "DISCARDED").end_object();
  const answer reply = json(how == remedy::replay ? 202 : 200, std::move(out));

  unit_of_work unit;
  attempt told;
  told.at = at->time.now();
  told.by = c->caller.name;
  told.outcome = how == remedy::replay ? attempt_outcome::replayed : attempt_outcome::discarded;
  change treated = how == remedy::replay
                       ? replay_dead(outbox, letter)
                       : discard_dead(outbox, letter, std::string(text_of(c->body.at(0))), c->caller.name);
  auto entries = tell_of(attempt_kind(store_name), letter, treated, told);
  unit.changes.push_back(std::move(treated));
  std::move(entries.begin(), entries.end(), std::back_inserter(unit.changes));
  if (c->keeper) c->keeper->keep(store_name, reply, unit);
  auto committing = commit_to(store, std::move(unit), c->deadline);
  const auto done = co_await committing;
  if (!done && how == remedy::discard && done.why().what == outcome::invalid) co_return reason_not_kept();
  if (!done) co_return problem_of(done.why());
  if (c->keeper) c->keeper->kept();
  log(log_level::info, how == remedy::replay ? "A dead letter was replayed." : "A dead letter was discarded.",
      {{"route", route->name},
       {"id", std::to_string(letter.id)},
       {"by", c->caller.name},
       {"requestId", c->request_id},
       {"traceId", std::string(trace_id_of(c->traceparent))}});
  if (at->signal) at->signal(route->name);
  co_return reply;
}

task<answer> replay(desk_ptr at, call_ptr c) { return treat(std::move(at), std::move(c), remedy::replay); }
task<answer> discard(desk_ptr at, call_ptr c) { return treat(std::move(at), std::move(c), remedy::discard); }

operation make(const desk_ptr &at, std::string method, std::string path, std::string summary,
               task<answer> (*handler)(desk_ptr, call_ptr)) {
  return coroutine_operation(std::move(method), std::move(path), std::move(summary),
                             [at, handler](call_ptr c) { return handler(at, std::move(c)); });
}

constexpr std::string_view letter_schema = R"({"type":"object","required":["id","state"],"properties":{)"
                                           R"("id":{"type":"string"},"state":{"type":"string"}}})";

}  // namespace

std::vector<operation> relay_operations(std::vector<copy_route> routes, std::map<std::string, record_store *> sources,
                                        const clock &time, std::function<void(const std::string &route)> signal) {
  const std::string home = routes.empty() ? "" : routes.front().map->from()->store;
  const auto at = std::make_shared<const desk>(desk{std::move(routes), std::move(sources), time, std::move(signal)});
  const std::string letters = "/v1/admin/copies/{route}/dead-letters";
  std::vector<operation> all;

  all.push_back(make(at, "GET", "/v1/admin/copies", "How each copy route is doing", list_routes));
  all.back().list = true;
  all.back().answer_schema =
      R"({"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"type":"object",)"
      R"("required":["name","pending","oldestPendingSeconds","copied","dead"],"properties":{"name":{"type":"string"},)"
      R"("pending":{"type":"integer"},"oldestPendingSeconds":{"type":"integer"},"copied":{"type":"integer"},)"
      R"("dead":{"type":"integer"}}}},"next":{"type":["string","null"]}}})";

  all.push_back(make(at, "GET", letters, "The copies that cannot succeed by being tried again", list_dead_letters));
  all.back().list = true;
  all.back().path_members = {path_member("route", "A copy route's name")};
  all.back().answer_schema =
      R"({"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{"type":"object",)"
      R"("required":["id","csid","reason","attempts","firstFailedAt","lastFailedAt"],"properties":{)"
      R"("id":{"type":"string"},"csid":{"type":"string"},"reason":{"type":"string"},"attempts":{"type":"integer"},)"
      R"("firstFailedAt":{"type":["string","null"]},"lastFailedAt":{"type":["string","null"]}}}},)"
      R"("next":{"type":["string","null"]}}})";

  all.push_back(make(at, "POST", letters + "/{id}/replay",
                     "Try a dead letter again, before its customer's later copies", replay));
  all.back().success_status = 202;

  member reason = path_member("reason", "Why it is given up; kept with it");
  reason.max_length = 500;
  all.push_back(
      make(at, "POST", letters + "/{id}/discard", "Give a dead letter up; its customer's later copies go on", discard));
  all.back().body_members = {std::move(reason)};

  for (std::size_t i = 2; i < all.size(); ++i) {
    all[i].path_members = {path_member("route", "A copy route's name"), path_member("id", "A dead letter's id")};
    all[i].answer_schema = letter_schema;
    all[i].home_store = home;
  }
  return all;
}

}  // namespace causeway
