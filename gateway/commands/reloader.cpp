#include "commands/reloader.hpp"

#include <exception>
#include <utility>

#include "causeway/json.hpp"
#include "runtime/log.hpp"
#include "runtime/operators_operation.hpp"

namespace causeway {

namespace {

constexpr const char *answer_schema = R"({
  "type": "object", "required": ["changes", "warnings"], "properties": {
    "changes": {"type": "array", "items": {
      "type": "object", "required": ["security", "change"], "properties": {
        "security": {"type": "boolean"}, "change": {"type": "string"}}}},
    "warnings": {"type": "array", "items": {"type": "string"}}}})";

std::string where(const place &at) { return at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column); }

answer ending() {
  answer a;
  a.status = 503;
  a.code = "draining";
  a.detail = "The gateway is ending; it takes up no other configuration.";
  return a;
}

answer to_answer(const reload_outcome &became) {
  answer a;
  if (became.refused()) {
    a.status = 422;
    a.code = "configuration-refused";
    a.detail = "The configuration cannot be taken up; the one before serves on.";
    for (const auto &f : became.findings)
      a.inputs.push_back({where(f.at), std::string(to_string(f.level)),
                          f.message + (f.example.shown.empty() ? "" : "; for example " + f.example.shown)});
    return a;
  }
  sdk::json_writer out;
  out.begin_object().name("changes").begin_array();
  for (const auto &change : became.changes)
    out.begin_object().member("security", change.security).member("change", change.what).end_object();
  out.end_array().name("warnings").begin_array();
  for (const auto &f : became.findings) out.item(to_string(f));
  out.end_array().end_object();
  a.body = out.take();
  return a;
}

void tell(const reload_outcome &became) {
  for (const auto &f : became.findings)
    log(f.level == severity::error ? log_level::error : log_level::warning, "found in the configuration to take up",
        {{"finding", to_string(f)}});
  if (became.refused()) {
    log(log_level::error, "the configuration was refused; the one before serves on",
        {{"findings", std::to_string(became.findings.size())}});
    return;
  }
  for (const auto &change : became.changes)
    log(log_level::info, "the configuration changes",
        {{"security", change.security ? "true" : "false"}, {"change", change.what}});
  log(log_level::info, "the configuration was taken up", {{"changes", std::to_string(became.changes.size())}});
}

}  // namespace

reloader::reloader(std::string file, std::function<reload_outcome()> reload)
    : file_(std::move(file)), reload_(std::move(reload)) {}

reloader::~reloader() { stop(); }

void reloader::start() {
  thread_ = std::thread([this] { run(); });
}

void reloader::refuse() {
  std::vector<completion> left;
  {
    const std::lock_guard lock(mutex_);
    refusing_ = true;
    left.swap(waiting_);
  }
  asked_.notify_all();
  for (const auto &done : left) done(ending());
}

void reloader::stop() {
  refuse();
  if (thread_.joinable()) thread_.join();
}

void reloader::ask() {
  ask([](const answer &) {});
}

void reloader::ask(completion done) {
  {
    const std::lock_guard lock(mutex_);
    if (!refusing_) {
      waiting_.push_back(std::move(done));
      asked_.notify_all();
      return;
    }
  }
  done(ending());
}

reload_counts reloader::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

reload_outcome reloader::reload_once() {
  try {
    return reload_();
  } catch (const std::exception &) {
    // What it says may hold a secret.
    return {{{{file_, 0, 0}, severity::error, "the configuration could not be taken up: something is broken here"}},
            {}};
  }
}

void reloader::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    asked_.wait(lock, [this] { return refusing_ || !waiting_.empty(); });
    if (refusing_) return;
    std::vector<completion> now;
    now.swap(waiting_);
    lock.unlock();
    const auto became = reload_once();
    tell(became);
    lock.lock();
    ++(became.refused() ? counts_.refused : counts_.taken);
    lock.unlock();
    const auto told = to_answer(became);
    for (const auto &done : now) done(told);
    now.clear();
    lock.lock();
  }
}

operation reloader::make_operation(const std::string &home_store) {
  auto op = operators_operation("POST", "/v1/admin/config/reload",
                                "Loads the configuration anew and takes it up whole, or refuses it whole.");
  op.answer_schema = answer_schema;
  op.home_store = home_store;
  op.handle = [this](const std::shared_ptr<const call> &, completion done) { ask(std::move(done)); };
  return op;
}

}  // namespace causeway
