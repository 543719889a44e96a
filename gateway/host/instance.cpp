// The life of an instance, its calls and their answers. What it asks of the record stores is in instance_records.cpp.
//
// Whoever takes a call out of the table answers it, so that a call is answered once whatever the plugin does. `active_`
// counts what still runs in the plugin or will come back to it; with none and an empty table it can be ended.
#include "host/instance.hpp"

#include <algorithm>
#include <utility>

#include "host/border.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

constexpr std::size_t longest_log_message = 1000;
constexpr std::int64_t count_every = 100;  // milliseconds

answer unavailable(std::string code, std::string detail, int retry_after) {
  answer a;
  a.status = 503;
  a.code = std::move(code);
  a.detail = std::move(detail);
  a.retry_after = retry_after;
  return a;
}

}  // namespace

std::shared_ptr<plugin_instance> plugin_instance::create(bound_plugin plugin, const plugin_host_options &site,
                                                         std::string &problem) {
  auto made = std::make_shared<plugin_instance>(std::move(plugin), site);
  std::vector<cw_value> settings;
  for (const auto &v : made->plugin_.settings) settings.push_back(lend(v));
  cw_text said{};
  std::uint32_t status = CW_INTERNAL;
  try {
    status = made->plugin_.declared.create(&made->host_, settings.data(), &made->instance_, &said);
  } catch (...) {
    problem = "its function create threw an exception";
    return nullptr;
  }
  if (status == CW_OK) return made;
  const bool readable = said.size != 0 && said.data != nullptr && said.size <= 4096 && is_clean_text(view_of(said));
  problem = readable ? std::string(view_of(said)) : "it gives no reason";
  return nullptr;
}

plugin_instance::plugin_instance(bound_plugin plugin, const plugin_host_options &site)
    : plugin_(std::move(plugin)),
      stores_(site.stores),
      keys_(site.keys),
      clock_(site.time),
      overdue_most_(site.overdue_most) {
  host_.size = sizeof host_;
  host_.abi_version = CW_ABI_VERSION;
  host_.context = this;
  host_.now = [](void *c) noexcept -> std::int64_t { return self(c).clock_->now().time_since_epoch().count(); };
  host_.log = [](void *c, std::uint32_t level, cw_text message) noexcept { self(c).write_log(level, message); };
  host_.answer = [](void *c, cw_call id, const cw_answer *given) noexcept { return self(c).take(id, given); };
  host_.get = [](void *c, cw_call id, std::uint32_t kind, const cw_value *key, std::size_t count, cw_done done,
                 void *state) noexcept { self(c).get(id, kind, key, count, done, state); };
  host_.find = [](void *c, cw_call id, const cw_query *query, cw_done done, void *state) noexcept {
    self(c).find(id, query, done, state);
  };
  host_.commit = [](void *c, cw_call id, const cw_unit *unit, cw_done done, void *state) noexcept {
    self(c).commit(id, unit, done, state);
  };
  host_.new_key = [](void *c, std::uint32_t kind, char *buffer, std::size_t capacity) noexcept {
    return self(c).new_key(kind, buffer, capacity);
  };
  host_.map = [](void *c, std::uint32_t from, std::uint32_t to, const cw_value *values, cw_done done,
                 void *state) noexcept { self(c).map(from, to, values, done, state); };
}

void plugin_instance::begin(std::uint32_t operation, std::shared_ptr<const call> asked,
                            std::function<void(answer)> done) {
  const auto at = clock_->steady();
  active_.fetch_add(1);
  // Looked at after `active_` was raised: whoever stops the instance either sees this call or is seen by it.
  if (refusing_.load()) {
    active_.fetch_sub(1);
    return done(unavailable("draining", "The gateway is shutting down; try again.", 1));
  }
  if (calls_.size() >= overdue_most_ && count_overdue(at) >= overdue_most_) {
    active_.fetch_sub(1);
    return done(unavailable("plugin-stuck", "This operation does not answer at present; the operator can see why.", 5));
  }
  const auto opened = std::make_shared<open_call>(operation, std::move(asked), std::move(done));
  const cw_call id = calls_.open(opened);
  const log_scope lines(opened->asked()->request_id, trace_id_of(opened->asked()->traceparent));
  if (id == 0) {
    active_.fetch_sub(1);
    return opened->finish(unavailable("overloaded", "Too many requests are under way; try again.", 1));
  }
  try {
    plugin_.declared.handle(instance_, id, &opened->request());
  } catch (...) {
    broke("its function handle threw an exception", opened->asked().get());
    if (const auto unanswered = calls_.close(id)) unanswered->finish(internal_error());
  }
  active_.fetch_sub(1);
}

std::uint32_t plugin_instance::take(cw_call id, const cw_answer *given) {
  active_.fetch_add(1);
  std::uint32_t status = CW_OK;
  if (const auto open = calls_.close(id)) {
    answer a;
    if (const char *wrong = take_answer(given, a)) {
      broke(wrong, open->asked().get());
      a = internal_error();
      status = CW_INTERNAL;
    }
    open->finish(std::move(a));
  } else {
    broke("it answered a call that is not open: a second answer, dropped", nullptr);
    status = CW_STALE;
  }
  active_.fetch_sub(1);
  return status;
}

plugin_instance::state plugin_instance::now() const {
  if (stopped_.load()) return state::stopped;
  return calls_.size() >= overdue_most_ && calls_.overdue(clock_->steady()) >= overdue_most_ ? state::stuck
                                                                                             : state::serving;
}

std::size_t plugin_instance::count_overdue(time_point at) const {
  const std::int64_t now = at.time_since_epoch().count();
  const std::int64_t since = now - counted_at_.load();
  if (since >= 0 && since < count_every) return overdue_.load();
  counted_at_.store(now);
  const std::size_t counted = calls_.overdue(at);
  overdue_.store(counted);
  return counted;
}

void plugin_instance::refuse_calls() { refusing_.store(true); }

bool plugin_instance::is_idle() const {
  // Before the table: a call that was begun before others were refused is in `active_` until it is in the table.
  // After it: a callback of a call that was answered is in `active_` since before the call left the table.
  return active_.load() == 0 && calls_.size() == 0 && active_.load() == 0;
}

void plugin_instance::destroy() {
  stopped_.store(true);
  try {
    plugin_.declared.destroy(instance_);
  } catch (...) {
    broke("its function destroy threw an exception", nullptr);
  }
  instance_ = nullptr;
}

void plugin_instance::abandon() {
  stopped_.store(true);
  for (const auto &open : calls_.close_all())
    open->finish(unavailable("draining", "The gateway is shutting down; try again.", 1));
}

void plugin_instance::map(std::uint32_t from, std::uint32_t to, const cw_value *values, cw_done done, void *state) {
  if (done == nullptr) return broke("map was asked for without a callback", nullptr);
  const completion back{done, state, 0, nullptr};
  const auto wrong = [&](const char *why) {
    broke(why, nullptr);
    give(back, fault{outcome::internal, "the plugin has a defect", {}});
  };
  const std::size_t kinds = plugin_.kinds.size();
  if (from >= kinds || to >= kinds) return wrong("map: the kind is none that the plugin declares");
  const record_map &mapping = plugin_.maps[from * kinds + to];
  if (!mapping) return wrong("map: the plugin does not declare this mapping");
  if (values == nullptr) return wrong("map: there are no values");
  const bound_kind &source = plugin_.kinds[from];
  record given(source.kind);
  for (std::size_t i = 0; i < source.fields.size(); ++i) {
    const auto &field = source.fields[i];
    if (const char *why = take_value(values[i], field.type, true, given.values[field.at])) return wrong(why);
  }
  const auto mapped = mapping(given);
  if (!mapped) return give(back, mapped.why());
  give(back, plugin_.kinds[to], &*mapped, 1);
}

std::size_t plugin_instance::new_key(std::uint32_t kind, char *buffer, std::size_t capacity) {
  if (kind >= plugin_.kinds.size()) {
    broke("new_key: the kind is none that the plugin declares", nullptr);
    return 0;
  }
  const std::string key = keys_->make(plugin_.kinds[kind].generate);
  if (key.size() > capacity || buffer == nullptr) {
    broke("new_key: the buffer is too small", nullptr);
    return 0;
  }
  std::copy(key.begin(), key.end(), buffer);
  return key.size();
}

void plugin_instance::write_log(std::uint32_t level, cw_text message) const {
  const log_level as = level == CW_LOG_DEBUG     ? log_level::debug
                       : level == CW_LOG_INFO    ? log_level::info
                       : level == CW_LOG_WARNING ? log_level::warning
                                                 : log_level::error;
  std::string text;
  if (message.data != nullptr) text = view_of(message).substr(0, longest_log_message);
  log(as, "a plugin says", {{"plugin", plugin_.declared.name}, {"text", std::move(text)}});
}

void plugin_instance::broke(const char *rule, const call *asked) const {
  std::optional<log_scope> lines;
  if (asked != nullptr) lines.emplace(asked->request_id, trace_id_of(asked->traceparent));
  log(log_level::error, "a plugin broke a rule of its border", {{"plugin", plugin_.declared.name}, {"rule", rule}});
}

}  // namespace causeway
