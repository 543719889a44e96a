// Stands in for gateway/http: matches the path, fills the members in, checks them as far as plugin tests need it.
#include "tests/support/plugin_harness.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "store/field_check.hpp"

namespace causeway::testing {

namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> all;
  std::size_t at = 1;
  while (at <= path.size()) {
    const auto end = std::min(path.find('/', at), path.size());
    all.emplace_back(path.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool matches(const operation &o, std::string_view method, const std::vector<std::string> &path, bool literal) {
  const auto shape = segments_of(o.path);
  if (o.method != method || shape.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (is_parameter(shape[i]) ? literal && i + 1 == path.size() : shape[i] != path[i]) return false;
  return true;
}

std::string as_csid(std::string_view text) {
  return std::string(text.size() < 9 ? 9 - text.size() : 0, '0').append(text);
}

// What is wrong with a member's content, as a code; empty: nothing.
std::string fault_of(const member &m, const value &v) {
  if (!has_content(v)) return m.required ? "required" : "";
  const std::size_t wanted = m.type == member_type::text ? 4 : m.type == member_type::integer ? 3 : 2;
  if (v.index() != wanted) return "wrong-type";
  if (m.type != member_type::text) return "";
  const auto length = count_characters(text_of(v)).value_or(0);
  if (length < m.min_length) return "too-short";
  if (m.max_length != 0 && length > m.max_length) return "too-long";
  if (!m.allowed.empty() && std::find(m.allowed.begin(), m.allowed.end(), text_of(v)) == m.allowed.end())
    return "unknown-code";
  return "";
}

std::vector<value> fill(const std::vector<member> &declared, const members &given, const std::string &where,
                        std::vector<input_fault> &faults) {
  std::vector<value> values(declared.size());
  for (const auto &[name, content] : given) {
    const auto m = std::find_if(declared.begin(), declared.end(), [&](const member &d) { return d.name == name; });
    if (m == declared.end()) throw std::invalid_argument("the operation declares no " + where + " member " + name);
    values[std::size_t(m - declared.begin())] = content;
  }
  for (std::size_t i = 0; i < declared.size(); ++i) {
    if (declared[i].format == "csid" && has_content(values[i])) values[i] = as_csid(text_of(values[i]));
    const auto fault = fault_of(declared[i], values[i]);
    if (!fault.empty()) faults.push_back({"/" + where + "/" + declared[i].name, fault, ""});
  }
  return values;
}

members query_of(std::string_view text) {
  members all;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto one = text.substr(0, end);
    const auto equals = std::min(one.find('='), one.size());
    all.emplace_back(std::string(one.substr(0, equals)),
                     std::string(equals == one.size() ? std::string_view() : one.substr(equals + 1)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

constexpr std::chrono::milliseconds deadline{10'000};

}  // namespace

struct plugin_harness::signal {
  std::mutex mutex;
  std::condition_variable changed;
};

std::filesystem::path fixture(std::string_view name) {
  return std::filesystem::path(CAUSEWAY_FIXTURES) / (std::string(name) + ".so");
}

principal as(std::string name, std::vector<std::string> roles) { return {std::move(name), std::move(roles)}; }

plugin_harness::plugin_harness(options with)
    : time_(std::make_shared<test_clock>(from_rfc3339("2026-11-21T09:15:00.000Z").value())),
      site_(std::move(with.site)),
      signal_(std::make_shared<signal>()) {
  if (with.threaded)
    threaded_ = std::make_unique<threaded_executor>();
  else
    pumped_ = std::make_unique<pumped_executor>();
  plugin_host_options site;
  site.folder = CAUSEWAY_PLUGINS;
  site.time = time_;
  site.keys = std::make_shared<key_maker>([time = time_] { return time->now(); }, 7u);
  site.kind = [this](std::string_view name) { return kind(name); };
  site.mapping = site_.mapping;
  site.overdue_most = with.overdue_most;
  site.stop_wait = std::chrono::milliseconds(500);
  std::map<std::string, std::vector<kind_ptr>> by_store;
  for (const auto &kind : site_.kinds) by_store[kind->store].push_back(kind);
  for (auto &[name, kinds] : by_store) {
    const auto store =
        std::make_shared<memory_store>(std::move(kinds), site.keys, [time = time_] { return time->now(); });
    stores_[name] = store;
    std::shared_ptr<record_store> seen = store;
    if (site_.wrap) seen = site_.wrap(name, store, site.keys, time_);
    site.stores[name] = std::move(seen);
  }
  host_ = std::make_unique<plugin_host>(std::move(site));
  plugin_reference reference;
  reference.at = {"test.yaml", 1, 1};
  reference.library = std::move(with.library);
  for (auto &[name, content] : with.settings) reference.settings[name] = {{"test.yaml", 2, 1}, std::move(content)};
  std::vector<finding> findings;
  if (!host_->load(reference, findings)) {
    std::string all = "the plugin cannot be loaded:";
    for (const auto &f : findings) all += "\n  " + to_string(f);
    throw std::runtime_error(all);
  }
  operations_ = host_->operations();
}

plugin_harness::~plugin_harness() = default;

plugin_harness::pending plugin_harness::begin(std::string_view method, std::string_view path, const members &body,
                                              const principal &who, const extras &with) {
  const auto question = std::min(path.find('?'), path.size());
  const auto segments = segments_of(path.substr(0, question));
  const operation *found = nullptr;
  for (const bool literal : {true, false})
    for (const auto &o : operations_)
      if (!found && matches(o, method, segments, literal)) found = &o;
  if (!found) throw std::invalid_argument("no operation " + std::string(method) + " " + std::string(path));

  members in_path;
  const auto shape = segments_of(found->path);
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (is_parameter(shape[i])) in_path.emplace_back(shape[i].substr(1, shape[i].size() - 2), segments[i]);
  auto asked = std::make_shared<causeway::call>();
  std::vector<input_fault> faults;
  asked->path = fill(found->path_members, in_path, "path", faults);
  asked->query =
      fill(found->query_members, query_of(question == path.size() ? "" : path.substr(question + 1)), "query", faults);
  asked->body = fill(found->body_members, body, "body", faults);
  asked->caller = who;
  asked->request_id = "request-" + std::to_string(++requests_);
  asked->if_match = with.if_match;
  asked->cursor = with.cursor;
  asked->limit = with.limit;
  asked->keeper = with.keeper;
  asked->deadline = time_->now() + deadline;
  if (threaded_)
    asked->runs_on = threaded_.get();
  else
    asked->runs_on = pumped_.get();

  pending p{std::make_shared<std::optional<answer>>()};
  if (!faults.empty()) {
    answer refused;
    refused.status = 422;
    refused.code = "invalid";
    refused.inputs = std::move(faults);
    *p.answered = std::move(refused);
    return p;
  }
  const auto done = [answered = p.answered, signal = signal_](answer a) {
    const std::lock_guard lock(signal->mutex);
    if (answered->has_value()) throw std::logic_error("a call was answered twice");
    answered->emplace(std::move(a));
    signal->changed.notify_all();
  };
  asked->runs_on->post([handle = found->handle, asked, done] { handle(asked, done); });
  return p;
}

void plugin_harness::run(const pending &p) {
  if (pumped_) return pumped_->run();
  std::unique_lock lock(signal_->mutex);
  signal_->changed.wait_for(lock, std::chrono::seconds(5), [&] { return p.answered->has_value(); });
}

answer plugin_harness::call(std::string_view method, std::string_view path, const members &body, const principal &who,
                            const extras &with) {
  const auto p = begin(method, path, body, who, with);
  run(p);
  const std::lock_guard lock(signal_->mutex);
  if (*p.answered) return **p.answered;
  answer late;
  late.status = 504;
  late.code = "deadline";
  return late;
}

memory_store &plugin_harness::store(std::string_view name) {
  const auto found = stores_.find(name);
  if (found == stores_.end()) throw std::invalid_argument("no store " + std::string(name));
  return *found->second;
}

kind_ptr plugin_harness::kind(std::string_view name) const {
  for (const auto &one : site_.kinds)
    if (one->name == name) return one;
  return nullptr;
}

void plugin_harness::put(std::string_view kind_name, const members &fields) {
  const auto of = kind(kind_name);
  if (!of) throw std::invalid_argument("no kind " + std::string(kind_name));
  record what(of);
  for (const auto &[name, content] : fields) what[name] = content;
  unit_of_work unit;
  unit.changes.push_back({change_type::put, std::move(what), 0});
  const auto put = commit_now(store(of->store), std::move(unit), time_->now() + deadline);
  if (put) return;
  std::string why = std::string(kind_name) + ": " + put.why().detail;
  for (const auto &input : put.why().inputs) why += "; " + input.pointer + " " + input.detail;
  throw std::invalid_argument(why);
}

std::vector<record> plugin_harness::all(std::string_view kind_name) {
  find_request request;
  request.kind = kind(kind_name);
  if (!request.kind) throw std::invalid_argument("no kind " + std::string(kind_name));
  request.order = request.kind->key;
  request.limit = 10'000;
  auto &from = store(request.kind->store);
  auto found = find_now(from, std::move(request), time_->now() + deadline);
  if (!found) throw std::runtime_error(found.why().detail);
  return std::move(*found);
}

}  // namespace causeway::testing
