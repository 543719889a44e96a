// Reading goes in four steps: the document, the overrides put into it, the secrets put into that, and then one function
// a section, in which each setting is said once. What is named is read on the way; what must fit together is checked at
// the end, over the typed settings.
#include "settings/settings.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "runtime/suggestion.hpp"
#include "settings/cross_checks.hpp"
#include "settings/mapping_file.hpp"
#include "settings/overrides.hpp"
#include "settings/record_kinds.hpp"
#include "settings/section.hpp"
#include "settings/substitution.hpp"

namespace causeway {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_name_characters = 64;  // what the records' columns for it hold

const choices<backend> backends{{"sqlite3", backend::sqlite3},
                                {"postgresql", backend::postgresql},
                                {"mysql", backend::mysql},
                                {"odbc", backend::odbc}};
const choices<backend> behind_odbc{{"postgresql", backend::postgresql}, {"mysql", backend::mysql}};
const choices<std::string> log_levels{{"debug", "debug"}, {"info", "info"}, {"warning", "warning"}, {"error", "error"}};
const std::array<std::string_view, 5> known_roles{"service-officer", "ps-officer", "service-manager", "partner",
                                                  "operator"};

bool is_route_name(std::string_view name) {
  return name.size() <= most_name_characters && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

bool is_key_name(std::string_view name) {
  return name.size() <= most_name_characters &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

bool is_address(const std::string &text) {
  in6_addr room{};
  return inet_pton(AF_INET, text.c_str(), &room) == 1 || inet_pton(AF_INET6, text.c_str(), &room) == 1;
}

// One load.
class reader {
 public:
  explicit reader(loaded_settings &out) : out_(out.content), findings_(out.findings), replaced_(out.secrets) {}

  void read(const std::filesystem::path &file, const std::vector<std::string> &overrides) {
    auto root = load_yaml(file, {}, findings_);
    if (!root) return;
    if (root->is == yaml_node::shape::map || root->is == yaml_node::shape::empty)
      for (const std::string &given : overrides) apply_override(given, *root, findings_);
    substitute(*root, replaced_, findings_);
    section top(&*root, {file.string(), 1, 1}, "", findings_);
    out_.top = top.at();
    if (root->is == yaml_node::shape::map || root->is == yaml_node::shape::empty) {
      read_settings(top);
      top.finish();
    }
    read_further_keys();
    check_stores(out_, findings_);
    check_plugins(out_, findings_);
    check_routes(out_, route_places_, findings_);
    check_keys(out_, findings_);
    fill_in_charsets(out_, findings_);
    hide_replacements(replaced_, findings_);
  }

  void read_settings(section &top) {
    std::string data_dir = out_.data_dir.string();
    if (top.text("dataDir", data_dir, "the folder of what the gateway writes, relative to the working directory"))
      out_.data_dir = data_dir;
    keep_places(top, {"dataDir", "stores"});
    read_listen(top);
    top.each_named(
        "stores", "the record stores by name", [&](const yaml_entry &entry, section &in) { read_store(entry, in); },
        needed::yes);
    top.each("plugins", "the plugins that are loaded", [&](section &in) { read_plugin(in); });
    top.each("copies", "the copy routes", [&](section &in) { read_route(in); });
    read_security(top);
    read_limits(top);
    read_relay(top);
    read_gateways(top);
    read_breaker(top);
    read_log(top);
    read_metrics(top);
  }

 private:
  void keep_places(const section &in, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) out_.places[in.path(key)] = in.at(key);
  }

  void read_listen(section &top) {
    section in = top.inner("listen", "where the gateway serves");
    read_address(in, out_.address);
    in.number("port", out_.port, 0, 65535, "the port to listen on; 0 picks a free one");
    in.number("threads", out_.threads, 1, 64, "threads that serve connections");
    keep_places(in, {"address", "port", "threads"});
    in.finish();
  }

  void read_log(section &top) {
    section in = top.inner("log", "what is logged");
    in.one_of("level", out_.log.level, log_levels, "from which level on lines are logged");
    in.boolean("requests", out_.log.requests, "whether each request is logged, not only those refused, failed or slow");
    in.duration("slow", out_.log.slow, 1ms, 10min, "what a request may take before it is logged as slow");
    in.finish();
  }

  void read_metrics(section &top) {
    const bool written = top.has("metrics");
    section in = top.inner("metrics", "where metrics are served besides GET /metrics");
    section listen = in.inner("listen", "a listener for metrics alone; it asks for no key");
    metrics_settings m;
    read_address(listen, m.address);
    listen.number("port", m.port, 0, 65535, "its port; 0 picks a free one, which the log tells");
    keep_places(listen, {"address", "port"});
    const bool whole = listen.has("port");
    if (written && !listen.describing() && !whole)
      in.fault(in.at("listen"), in.path("listen") + " needs 'port': its port");
    listen.finish();
    in.finish();
    if (whole) out_.metrics = m;
  }

  static void read_address(section &in, std::string &address) {
    if (in.text("address", address, "the address to listen on, IPv4 or IPv6") && !is_address(address))
      in.fault(in.at("address"),
               in.path("address") + " must be an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::1");
  }

  void read_store(const yaml_entry &entry, section &in) {
    store_settings store;
    store.at = entry.at;
    store.name = entry.key;
    if (!is_identifier(store.name))
      in.fault(entry.at, "'" + store.name +
                             "' is no name for a store: a letter, then letters, digits and underscores, at most 63");
    if (store.name == "causeway")
      in.fault(entry.at, "a store cannot be called causeway: its kinds are the gateway's own");
    in.one_of("backend", store.kind, backends, "what the store runs on", needed::yes);
    const bool odbc = store.kind == backend::odbc;
    store.dialect = odbc ? backend::postgresql : store.kind;
    const bool said = in.one_of("dialect", store.dialect, behind_odbc,
                                "what stands behind ODBC, with backend: odbc only", odbc ? needed::yes : needed::no);
    if (said && !odbc)
      in.fault(in.at("dialect"), in.path("dialect") + " is for backend: odbc; every other backend says it itself");
    in.text("connect", store.connect, "a file under dataDir, or a connection string of the database's", needed::yes);
    store.create = store.kind == backend::sqlite3;
    in.boolean("create", store.create, "whether missing tables are created; true for sqlite3, false for others");
    std::string records;
    const bool named = in.text("records", records, "the file of its record kinds", needed::yes);
    in.number("readers", store.readers, 1, 64, "threads that read (of a server: sessions that read and write)");
    in.number("queue", store.queue, 1, 1'000'000, "requests that may wait; more are answered 503");
    in.one_of("charset", store.encoding, charset_names(), "what its text columns can hold");
    if (named) read_kinds(records, in, store);
    keep_places(in, {"backend", "dialect", "connect", "create", "readers", "queue", "charset"});
    out_.stores.push_back(std::move(store));
  }

  void read_kinds(const std::string &records, section &in, store_settings &store) {
    auto document = load_named(records, in, "records");
    if (!document) return;
    loaded_kinds kinds = read_record_kinds(*document, store.name, findings_);
    store.kinds = std::move(kinds.kinds);
    store.kind_places = std::move(kinds.places);
  }

  void read_plugin(section &in) {
    plugin_settings plugin;
    plugin.at = in.at();
    const bool named = in.text("library", plugin.library, "a name in the plugin folder, or a path", needed::yes);
    const yaml_node *values =
        in.map("settings", "the plugin's own settings, by name", "{" + std::string(schema::any) + "}");
    if (values)
      for (const yaml_entry &entry : values->entries) {
        value content;
        if (read_value(entry.content, in.path("settings") + "." + entry.key, content, findings_))
          plugin.settings[entry.key] = {entry.content.at, std::move(content)};
      }
    if (named) out_.plugins.push_back(std::move(plugin));
  }

  void read_route(section &in) {
    route_settings route;
    route.at = in.at();
    if (in.text("name", route.name, "the route's name", needed::yes) && !is_route_name(route.name))
      in.fault(in.at("name"), in.path("name") + " must be letters, digits, '-' and '_', at most 64");
    in.text("from", route.from, "the record kind that is copied", needed::yes);
    in.text("to", route.to, "the record kind that it becomes, in another store", needed::yes);
    std::string file;
    const bool mapped = in.text("mapping", file, "the file that says how", needed::yes);
    in.text("after", route.after, "the route whose copies go first, customer by customer");
    route_places places{in.at("name"), in.at("from"), in.at("to"), in.at("after"), {}, {}};
    if (mapped)
      if (auto document = load_named(file, in, "mapping")) {
        loaded_mapping mapping = read_mapping(*document, findings_);
        route.mapping = std::move(mapping.content);
        places.mapping_from = mapping.from_at;
        places.mapping_to = mapping.to_at;
      }
    out_.routes.push_back(std::move(route));
    route_places_.push_back(std::move(places));
  }

  void read_security(section &top) {
    section in = top.inner("security", "who may call");
    out_.security_at = in.at();
    in.each("keys", "the keys of callers, hashed", [&](section &key) { read_key(key); });
    std::string file;
    if (in.text("keysFrom", file, "a file under dataDir with more such keys, which need not exist"))
      out_.keys_from = out_.data_dir / file;
    in.finish();
  }

  void read_key(section &in) {
    key_settings key;
    key.at = in.at();
    const std::size_t before = findings_.size();
    if (in.text("name", key.name, "the caller's name, which records carry", needed::yes) && !is_key_name(key.name))
      in.fault(in.at("name"),
               in.path("name") + " must be printable ASCII without blanks, quotes and backslashes, at most 64");
    read_roles(in, key);
    // What is no hash may be the key itself, so it is never told.
    if (in.text("sha256", key.sha256, "the SHA-256 of the key, 64 hex digits", needed::yes)) {
      std::transform(key.sha256.begin(), key.sha256.end(), key.sha256.begin(),
                     [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
      if (key.sha256.size() != 64 || key.sha256.find_first_not_of("0123456789abcdef") != std::string::npos)
        in.fault(in.at("sha256"),
                 in.path("sha256") + " must be 64 hex digits; `causeway key new` prints a key's entry");
    }
    in.finish();
    if (findings_.size() == before) out_.keys.push_back(std::move(key));
  }

  void read_roles(section &in, key_settings &key) {
    for (const yaml_node *const role : in.texts("roles", "what the caller may do", needed::yes)) {
      if (std::find(known_roles.begin(), known_roles.end(), role->text) == known_roles.end())
        in.fault(role->at, in.path("roles") + ": unknown role " + shown(*role) +
                               suggestion(role->written, {known_roles.begin(), known_roles.end()}));
      else if (std::find(key.roles.begin(), key.roles.end(), role->text) != key.roles.end())
        in.fault(role->at, in.path("roles") + " names " + shown(*role) + " twice");
      else
        key.roles.push_back(role->text);
    }
  }

  void read_limits(section &top) {
    limit_settings &l = out_.limits;
    section in = top.inner("limits", "what a caller may use");
    in.size("body", l.body, 1, 1 << 30, "a request's body; larger ones are answered 413");
    in.number("connections", l.connections, 1, 1'000'000, "connections open at once; more are refused");
    in.number("requests", l.requests, 1, 1'000'000, "requests under way at once; more are answered 503");
    in.duration("wait", l.wait, 10ms, 10min,
                "for how long a request may have to wait; what would wait longer is answered 503");
    in.duration("deadline", l.deadline, 1ms, 10min, "what a request may take; later it is answered 504");
    in.duration("readTimeout", l.read_timeout, 10ms, 10min, "what a request's head and body may take to arrive");
    in.duration("idleTimeout", l.idle_timeout, 10ms, 24h, "how long a connection may wait for its next request");
    in.duration("drain", l.drain, 0ms, 1h, "how long SIGTERM waits for requests under way");
    in.duration("idempotency", l.idempotency, 1s, 24h * 90, "how long an Idempotency-Key is kept");
    in.finish();
  }

  void read_relay(section &top) {
    relay_settings &r = out_.relay;
    section in = top.inner("relay", "how copies cross");
    in.number("batch", r.batch, 1, 10'000, "copies that go together, at most");
    in.duration("poll", r.poll, 1ms, 1h, "how often it looks for copies without being told");
    in.duration("retryFirst", r.retry_first, 1ms, 1h, "how long it waits after a first fault that may pass");
    in.duration("retryMost", r.retry_most, 1ms, 24h, "how long it waits at most, each wait being longer");
    in.finish();
    if (r.retry_most < r.retry_first)
      in.fault(in.at(in.has("retryMost") ? "retryMost" : "retryFirst"),
               "relay.retryMost must not be less than relay.retryFirst");
  }

  void read_gateways(section &top) {
    section in = top.inner("gateways", "how gateways on the same stores share the work; the same for all of them");
    in.duration("takeover", out_.takeover, 500ms, 5s,
                "within which what a gateway held that died or stalls is taken over by another");
    keep_places(in, {"takeover"});
    in.finish();
  }

  void read_breaker(section &top) {
    breaker_options &b = out_.breaker;
    section in =
        top.inner("breaker", "when a store that fails is left alone for a while: what needs it is answered 503");
    in.number("failures", b.failures, 1, 1'000'000, "failures one after another, without an answer in between");
    in.duration("silence", b.silence, 100ms, 10min, "or nothing answered for so long, though requests wait");
    in.duration("pause", b.pause, 10ms, 10min, "how long until one request tries it again");
    in.finish();
  }

  // A file that the content of `key` names, read like the first one.
  std::optional<yaml_node> load_named(const std::string &file, const section &in, std::string_view key) {
    const place named_at = in.at(key);
    auto document = load_yaml((folder_of(named_at) / file).lexically_normal(), named_at, findings_);
    if (document) substitute(*document, replaced_, findings_);
    return document;
  }

  // The keys that stand under dataDir, where nothing need stand.
  void read_further_keys() {
    std::error_code ignored;
    if (out_.keys_from.empty() || !std::filesystem::exists(out_.keys_from, ignored)) return;
    auto document = load_yaml(out_.keys_from, {}, findings_);
    if (!document) return;
    substitute(*document, replaced_, findings_);
    const place at = document->at;
    yaml_node file;
    file.is = yaml_node::shape::map;
    file.at = at;
    file.entries.push_back({"keys", at, std::move(*document)});
    section in(&file, at, "", findings_);
    in.each("keys", "the keys of callers, hashed", [&](section &key) { read_key(key); });
  }

  settings &out_;
  std::vector<finding> &findings_;
  std::vector<replacement> &replaced_;
  std::vector<route_places> route_places_;
};

}  // namespace

std::string_view to_string(backend which) {
  for (const auto &[name, one] : backends)
    if (one == which) return name;
  return {};
}

const store_settings *settings::find_store(std::string_view name) const {
  const auto found =
      std::find_if(stores.begin(), stores.end(), [&](const store_settings &s) { return s.name == name; });
  return found == stores.end() ? nullptr : &*found;
}

loaded_settings load_settings(const std::filesystem::path &file, const std::vector<std::string> &overrides) {
  loaded_settings out;
  reader(out).read(file, overrides);
  sort_by_place(out.findings);
  return out;
}

void hide_secrets(const loaded_settings &loaded, std::vector<finding> &findings) {
  hide_replacements(loaded.secrets, findings);
}

void describe_settings(schema_node &into) {
  loaded_settings unused;
  section top(nullptr, {}, "", unused.findings, &into);
  reader(unused).read_settings(top);
}

namespace {

void list(const schema_node &node, const std::string &path, std::vector<setting_description> &out) {
  for (const auto &[key, member] : node.members) {
    const std::string name = path.empty() ? key : path + "." + key;
    if (!member->type.empty())
      out.push_back({name, member->type, member->needed ? "needed" : member->standard, member->sentence});
    list(*member, name, out);
    if (member->item) list(*member->item, name + ".N", out);
    if (member->named) list(*member->named, name + ".NAME", out);
  }
}

}  // namespace

std::vector<setting_description> describe_settings() {
  schema_node root;
  describe_settings(root);
  std::vector<setting_description> out;
  list(root, "", out);
  return out;
}

}  // namespace causeway
