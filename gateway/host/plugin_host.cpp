// Ties the parts together: library, binding, instance. The operations it gives hold their instance, so that the order
// in which a program takes itself apart does not matter to them.
#include "host/plugin_host.hpp"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "causeway/json.hpp"
#include "host/binding.hpp"
#include "host/instance.hpp"
#include "host/library.hpp"
#include "runtime/log.hpp"
#include "runtime/operators_operation.hpp"

namespace causeway {

namespace {

const char *to_string(plugin_instance::state s) {
  switch (s) {
    case plugin_instance::state::serving:
      return "serving";
    case plugin_instance::state::stuck:
      return "stuck";
    case plugin_instance::state::stopped:
      break;
  }
  return "stopped";
}

// Instances that could not be ended: their plugins may still call the gateway. Any thread: a host that was replaced is
// stopped beside the one that replaced it.
void keep_for_ever(std::shared_ptr<plugin_instance> instance) {
  static std::mutex mutex;
  static auto *kept = new std::vector<std::shared_ptr<plugin_instance>>;
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(instance));
}

// One page of the list in the shape that every list has; the cursor is the last plugin's name.
answer list_plugins(const std::vector<plugin_info> &plugins, const call &asked) {
  sdk::json_writer json;
  json.begin_object().name("items").begin_array();
  bool found = asked.cursor.empty();
  std::int64_t count = 0;
  const plugin_info *last = nullptr;
  bool more = false;
  for (const auto &plugin : plugins) {
    if (!found) {
      found = plugin.name == asked.cursor;
      continue;
    }
    if (count == asked.limit) {
      more = true;
      break;
    }
    ++count;
    last = &plugin;
    json.begin_object()
        .member("name", plugin.name)
        .member("version", plugin.version)
        .member("abi", plugin.abi)
        .member("state", plugin.state)
        .name("operations")
        .begin_array();
    for (const auto &route : plugin.operations) {
      json.begin_object().member("method", route.method).member("path", route.path).name("roles").begin_array();
      for (const auto &role : route.roles) json.item(role);
      json.end_array().end_object();
    }
    json.end_array().end_object();
  }
  answer a;
  if (!found) {
    a.status = 422;
    a.code = "invalid";
    a.detail = "The cursor is none that this list gave.";
    a.inputs.push_back({"/query/cursor", "unknown-cursor", "is none that this list gave"});
    return a;
  }
  json.end_array();
  if (more)
    json.member("next", last->name);
  else
    json.member("next", nullptr);
  json.end_object();
  a.body = json.take();
  return a;
}

constexpr const char *list_schema = R"({
  "type": "object", "required": ["items", "next"], "properties": {
    "items": {"type": "array", "items": {
      "type": "object", "required": ["name", "version", "abi", "state", "operations"], "properties": {
        "name": {"type": "string"}, "version": {"type": "string"}, "abi": {"type": "integer"},
        "state": {"type": "string", "enum": ["serving", "stuck", "stopped"]},
        "operations": {"type": "array", "items": {
          "type": "object", "required": ["method", "path", "roles"], "properties": {
            "method": {"type": "string"}, "path": {"type": "string"},
            "roles": {"type": "array", "items": {"type": "string"}}}}}}}},
    "next": {"type": ["string", "null"]}}})";

// A request that an operation serves: each parameter of its path is 1.
std::string request_for(const operation &o) {
  std::string path = o.path;
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{', open))
    path.replace(open, path.find('}', open) - open + 1, "1");
  return o.method + " " + path;
}

}  // namespace

struct plugin_host::shared {
  explicit shared(plugin_host_options given) : options(std::move(given)) {}

  // The plugin that serves this route already; null if none.
  const operation *twin_of(const operation &o) const {
    for (const auto &instance : instances)
      for (const auto &other : instance->plugin().operations)
        if (other.method == o.method && path_shape(other.path) == path_shape(o.path)) return &other;
    return nullptr;
  }

  bool is_idle() const {
    return std::all_of(instances.begin(), instances.end(), [](const auto &instance) { return instance->is_idle(); });
  }

  std::vector<plugin_info> list() const {
    std::vector<plugin_info> all;
    for (const auto &instance : instances) {
      const auto &plugin = instance->plugin();
      plugin_info one{plugin.declared.name,
                      plugin.declared.version,
                      plugin.declared.build,
                      plugin.declared.abi_version,
                      to_string(instance->now()),
                      instance->open_calls(),
                      {},
                      {}};
      for (const auto &o : plugin.operations) one.operations.push_back({o.method, o.path, o.roles});
      for (const auto &kind : plugin.declared.kinds) one.kinds.emplace_back(kind.name, kind.uses);
      all.push_back(std::move(one));
    }
    return all;
  }

  const plugin_host_options options;
  std::vector<std::shared_ptr<plugin_instance>> instances;
  std::once_flag stopped;
};

plugin_host::plugin_host(plugin_host_options options) : shared_(std::make_shared<shared>(std::move(options))) {}

plugin_host::~plugin_host() { stop(); }

bool plugin_host::load(const plugin_reference &reference, std::vector<finding> &findings) {
  const auto refuse = [&](const place &at, std::string why) {
    findings.push_back({at, severity::error, std::move(why)});
    return false;
  };
  std::vector<std::string> faults;
  auto declared = plugin_library::open(plugin_library::locate(reference.library, shared_->options.folder), faults);
  for (auto &fault : faults) refuse(reference.at, std::move(fault));
  if (!declared) return false;

  for (const auto &other : shared_->instances)
    if (other->plugin().declared.name == declared->name)
      return refuse(reference.at, declared->name + ": a plugin of this name is loaded already");

  auto bound = bind_plugin(std::move(*declared), reference, shared_->options, findings);
  if (!bound) return false;

  bool clashes = false;
  for (const auto &o : bound->operations) {
    const auto *twin = shared_->twin_of(o);
    if (twin == nullptr) continue;
    clashes = true;
    refuse(reference.at, o.owner + ": " + o.method + " " + o.path + " is served by " + twin->owner + " already, as " +
                             twin->path + "; only one of the two can be loaded");
    findings.back().example.shown = request_for(o) + ", which both serve";
  }
  if (clashes) return false;

  const std::string name = bound->declared.name;
  std::string problem;
  auto instance = plugin_instance::create(std::move(*bound), shared_->options, problem);
  if (!instance) {
    // A plugin that names the setting it objects to first ("validFor: ...") gets its line shown.
    const auto setting = reference.settings.find(problem.substr(0, problem.find(':')));
    return refuse(setting == reference.settings.end() ? reference.at : setting->second.at,
                  name + ": the plugin refuses to start: " + problem);
  }
  shared_->instances.push_back(std::move(instance));
  return true;
}

std::vector<operation> plugin_host::operations() const {
  std::vector<operation> all;
  for (const auto &instance : shared_->instances) {
    std::uint32_t index = 0;
    for (operation o : instance->plugin().operations) {
      o.handle = [instance, index](std::shared_ptr<const call> asked, std::function<void(answer)> done) {
        instance->begin(index, std::move(asked), std::move(done));
      };
      all.push_back(std::move(o));
      ++index;
    }
  }
  auto list =
      operators_operation("GET", "/v1/admin/plugins", "The plugins that are loaded, their state and their operations.");
  list.answer_schema = list_schema;
  list.list = true;
  list.handle = [shared = shared_](const std::shared_ptr<const call> &asked, const std::function<void(answer)> &done) {
    done(list_plugins(shared->list(), *asked));
  };
  all.push_back(std::move(list));
  return all;
}

std::vector<plugin_info> plugin_host::plugins() const { return shared_->list(); }

bool plugin_host::is_idle() const { return shared_->is_idle(); }

void plugin_host::stop() {
  std::call_once(shared_->stopped, [this] {
    const auto &instances = shared_->instances;
    for (const auto &instance : instances) instance->refuse_calls();
    const auto give_up = std::chrono::steady_clock::now() + shared_->options.stop_wait;
    while (!shared_->is_idle() && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    // In the reverse order of their making.
    for (auto instance = instances.rbegin(); instance != instances.rend(); ++instance) {
      if ((*instance)->is_idle()) {
        (*instance)->destroy();
        continue;
      }
      log(log_level::warning, "a plugin has open calls at its end; its instance is left as it is",
          {{"plugin", (*instance)->plugin().declared.name}, {"openCalls", std::to_string((*instance)->open_calls())}});
      keep_for_ever(*instance);
      (*instance)->abandon();
    }
  });
}

}  // namespace causeway
