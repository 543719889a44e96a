// A plugin in C++: a class with handlers, a function that declares them, one macro.
//
//   struct greeting {                                                // a request's body
//     std::string name;
//     static constexpr auto members = std::tuple(member("name", &greeting::name).length(1, 80));
//   };
//   class greeter {
//    public:
//     static declaration declare() {
//       declaration d("greeter", "1.0.0");
//       d.post("/v1/greetings", &greeter::greet).summary("Greets.").roles("service-officer").status(201);
//       return d;
//     }
//     explicit greeter(const settings &) {}
//     task<reply> greet(call c, greeting body);
//   };
//   CAUSEWAY_PLUGIN(greeter)
//
// Handlers of different requests may run at the same time; the class keeps what they share safe. A handler's exception
// is answered as 500. plugins/README.md tells the whole story.
#pragma once

#include <charconv>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <typeinfo>
#include <vector>

#include "causeway/abi.h"
#include "causeway/call.hpp"
#include "causeway/cursor.hpp"
#include "causeway/json.hpp"
#include "causeway/record.hpp"
#include "causeway/reply.hpp"
#include "causeway/task.hpp"
#include "causeway/time.hpp"

namespace causeway::sdk {

// A member of a request's body, bound to a member of a struct: std::string, std::int64_t or bool where the caller must
// give it, std::optional of these where not.
template <class Body, class T>
struct member_of {
  std::string_view name;
  T Body::*target;
  std::uint32_t min_length = 0;
  std::uint32_t max_length = 0;
  std::string_view format_name;
  std::string_view code_source;
  std::string_view text;

  // Characters.
  constexpr member_of length(std::uint32_t least, std::uint32_t most) const {
    auto m = *this;
    m.min_length = least;
    m.max_length = most;
    return m;
  }
  // "csid", "date" or "date-time".
  constexpr member_of format(std::string_view name_of_format) const {
    auto m = *this;
    m.format_name = name_of_format;
    return m;
  }
  // "=A|B": one of these; "pluto.communication.type": that field's code table, where the site has one.
  constexpr member_of codes(std::string_view source) const {
    auto m = *this;
    m.code_source = source;
    return m;
  }
  constexpr member_of description(std::string_view sentence) const {
    auto m = *this;
    m.text = sentence;
    return m;
  }
};

template <class Body, class T>
constexpr member_of<Body, T> member(std::string_view name, T Body::*target) {
  return {name, target, 0, 0, {}, {}, {}};
}

// The settings that a site gave, by their declared names, defaults filled in. What is wrong with one is said by
// throwing std::invalid_argument from the plugin's constructor: the gateway shows its text.
class settings {
 public:
  settings(const cw_plugin *plugin, const cw_value *values) : plugin_(plugin), values_(values) {}

  std::string text(std::string_view name) const { return std::string(detail::view(find(name).as.text)); }
  std::int64_t integer(std::string_view name) const { return find(name).as.integer; }
  bool boolean(std::string_view name) const { return find(name).as.integer != 0; }
  // Milliseconds, of text such as "24h", "15m", "30s", "200ms".
  std::int64_t duration(std::string_view name) const {
    const auto written = text(name);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
    const std::string_view unit_name(end, std::size_t(written.data() + written.size() - end));
    const std::int64_t factor = unit_name == "ms"  ? 1
                                : unit_name == "s" ? 1000
                                : unit_name == "m" ? 60'000
                                : unit_name == "h" ? 3'600'000
                                : unit_name == "d" ? 86'400'000
                                                   : 0;
    if (error != std::errc() || number < 0 || factor == 0 || number > INT64_MAX / factor)
      throw std::invalid_argument(std::string(name) + ": \"" + written +
                                  "\" is not a duration such as 24h, 15m, 30s or 200ms");
    return number * factor;
  }

 private:
  const cw_value &find(std::string_view name) const {
    for (std::size_t i = 0; i < plugin_->settings.count; ++i)
      if (detail::view(static_cast<const cw_setting *>(plugin_->settings.data)[i].name) == name) return values_[i];
    throw std::logic_error("setting " + std::string(name) + " is read but not declared");
  }
  const cw_plugin *plugin_;
  const cw_value *values_;
};

// What a plugin declares, collected; lives as long as the library is loaded. Text passed in must be literals or live as
// long.
class declaration {
 public:
  class operation_builder {
   public:
    operation_builder(declaration *owner, std::size_t index) : owner_(owner), index_(index) {}
    operation_builder &summary(std::string_view sentence) { return set(&cw_operation::summary, sentence); }
    // Separated by blanks; at least one.
    operation_builder &roles(std::string_view names) { return set(&cw_operation::roles, names); }
    // JSON Schema of the answer's body.
    operation_builder &answers(std::string_view schema) { return set(&cw_operation::answer_schema, schema); }
    operation_builder &status(std::uint32_t success) {
      raw().success_status = success;
      return *this;
    }
    // The store that this operation cannot do without; Idempotency-Keys are reserved there.
    operation_builder &home(std::string_view store) { return set(&cw_operation::home_store, store); }
    operation_builder &list() {
      raw().flags |= CW_LIST;
      return *this;
    }
    operation_builder &if_match(bool needed = false) {
      raw().flags |= needed ? CW_IF_MATCH | CW_IF_MATCH_NEEDED : CW_IF_MATCH;
      return *this;
    }
    // An optional query parameter of text.
    operation_builder &query(std::string_view name, std::uint32_t max_length, std::string_view codes = {},
                             std::string_view description = {}) {
      owner_->parts_[index_].query.push_back(
          {detail::text(name), CW_TEXT, 0, 0, max_length, {}, detail::text(codes), detail::text(description)});
      return *this;
    }

   private:
    cw_operation &raw() { return owner_->operations_[index_]; }
    operation_builder &set(cw_text cw_operation::*where, std::string_view what) {
      raw().*where = detail::text(what);
      return *this;
    }
    declaration *owner_;
    std::size_t index_;
  };

  declaration(std::string_view name, std::string_view version) : name_(name), version_(version) {}

  // A record kind that handlers read or write; of `what` (cw_use, joined by |) they do no more. The gateway refuses
  // other changes, and `causeway check --grants` has the database grant just these.
  template <typed_record Record>
  declaration &uses(unsigned what = CW_READS | CW_INSERTS | CW_UPDATES) {
    constexpr auto of_record = Record::fields;
    auto &fields = fields_.emplace_back();
    std::apply(
        [&](const auto &...each) {
          (fields.push_back(
               {detail::text(each.name),
                detail::field_traits<std::remove_cvref_t<decltype(std::declval<Record>().*(each.member))>>::type,
                detail::field_traits<std::remove_cvref_t<decltype(std::declval<Record>().*(each.member))>>::required
                    ? std::uint32_t(CW_REQUIRED)
                    : 0u}),
           ...);
        },
        of_record);
    kinds_.push_back(
        {detail::text(detail::kind_of<Record>()), {fields.data(), fields.size(), sizeof(cw_field)}, what, 0});
    return *this;
  }

  // Handlers call `map` from the one kind to the other; the site declares the mapping, in either direction.
  template <typed_record From, typed_record To>
  declaration &maps() {
    mappings_.push_back({detail::text(detail::kind_of<From>()), detail::text(detail::kind_of<To>())});
    return *this;
  }

  // A setting of text (durations too) with its default.
  declaration &setting(std::string_view name, std::string_view default_text, std::string_view description) {
    cw_value v{};
    v.type = CW_TEXT;
    v.as.text = detail::text(default_text);
    settings_.push_back({detail::text(name), CW_TEXT, 0, v, detail::text(description)});
    return *this;
  }

  template <class Plugin, class... Body>
  operation_builder get(std::string_view path, task<reply> (Plugin::*handler)(call, Body...)) {
    return add("GET", path, handler);
  }
  template <class Plugin, class... Body>
  operation_builder post(std::string_view path, task<reply> (Plugin::*handler)(call, Body...)) {
    return add("POST", path, handler).status(201);
  }
  template <class Plugin, class... Body>
  operation_builder patch(std::string_view path, task<reply> (Plugin::*handler)(call, Body...)) {
    return add("PATCH", path, handler);
  }

  using invoker = std::function<task<reply>(void *plugin, call c)>;
  const invoker &handler(std::size_t operation) const { return parts_[operation].invoke; }

  // The declaration as the border carries it, all but the three functions; valid while this lives unchanged.
  cw_plugin border() {
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const auto array = [](const std::vector<cw_member> &members) {
        return cw_array{members.data(), members.size(), sizeof(cw_member)};
      };
      operations_[i].path_members = array(parts_[i].path);
      operations_[i].query_members = array(parts_[i].query);
      operations_[i].body_members = array(parts_[i].body);
    }
    cw_plugin p{};
    p.size = sizeof p;
    p.abi_version = CW_ABI_VERSION;
    p.name = detail::text(name_);
    p.version = detail::text(version_);
    p.kinds = {kinds_.data(), kinds_.size(), sizeof(cw_kind)};
    p.mappings = {mappings_.data(), mappings_.size(), sizeof(cw_mapping)};
    p.settings = {settings_.data(), settings_.size(), sizeof(cw_setting)};
    p.operations = {operations_.data(), operations_.size(), sizeof(cw_operation)};
    return p;
  }

 private:
  struct parts {
    std::vector<cw_member> path, query, body;
    invoker invoke;
  };

  template <class Plugin, class... Body>
  operation_builder add(std::string_view method, std::string_view path, task<reply> (Plugin::*handler)(call, Body...)) {
    static_assert(sizeof...(Body) <= 1, "a handler takes the call, and the body if there is one");
    cw_operation operation{};
    operation.method = detail::text(method);
    operation.path = detail::text(path);
    operation.success_status = 200;
    operations_.push_back(operation);
    auto &p = parts_.emplace_back();
    // {csid} and every other parameter named ...Csid is a csid; any other is an id.
    for (std::size_t open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
      const auto parameter = path.substr(open + 1, path.find('}', open) - open - 1);
      const std::string_view format = parameter == "csid" ? "csid" : "";
      p.path.push_back({detail::text(parameter), CW_TEXT, CW_REQUIRED, 1, 64, detail::text(format), {}, {}});
    }
    (add_body<Body>(p), ...);
    p.invoke = [handler](void *plugin, call c) {
      return (static_cast<Plugin *>(plugin)->*handler)(c, decode_body<Body>(c.body())...);
    };
    return operation_builder(this, operations_.size() - 1);
  }

  template <class Body>
  static void add_body(parts &p) {
    constexpr auto members = Body::members;
    std::apply(
        [&](const auto &...each) {
          (p.body.push_back(
               {detail::text(each.name),
                detail::field_traits<std::remove_cvref_t<decltype(std::declval<Body>().*(each.target))>>::type,
                detail::field_traits<std::remove_cvref_t<decltype(std::declval<Body>().*(each.target))>>::required
                    ? std::uint32_t(CW_REQUIRED)
                    : 0u,
                each.min_length, each.max_length, detail::text(each.format_name), detail::text(each.code_source),
                detail::text(each.text)}),
           ...);
        },
        members);
  }

  template <class Body>
  static Body decode_body(const cw_value *values) {
    constexpr auto members = Body::members;
    Body body;
    std::apply([&](const auto &...each) { (detail::decode(*values++, body.*(each.target)), ...); }, members);
    return body;
  }

  std::string_view name_, version_;
  std::vector<cw_kind> kinds_;
  std::deque<std::vector<cw_field>> fields_;
  std::vector<cw_mapping> mappings_;
  std::vector<cw_setting> settings_;
  std::vector<cw_operation> operations_;
  std::deque<parts> parts_;
};

namespace detail {

// The C functions of a plugin class. Those with statics are hidden, whatever the library is built with: g++ makes one
// of all visible statics of a name in a process, and two libraries, or two versions of one, would share the first
// one's.
template <class Plugin>
struct glue {
  struct instance {
    plugin_context context;
    Plugin plugin;
    instance(plugin_context with, const settings &given) : context(with), plugin(given) {}
  };

  CW_HIDDEN static declaration &declared() {
    static declaration d = Plugin::declare();
    return d;
  }

  CW_HIDDEN static const cw_plugin *describe(std::uint32_t host_abi_version) noexcept {
    if (host_abi_version != CW_ABI_VERSION) return nullptr;
    try {
      static const cw_plugin whole = [] {
        cw_plugin p = declared().border();
        p.create = &create;
        p.destroy = &destroy;
        p.handle = &handle;
        return p;
      }();
      return &whole;
    } catch (...) {
      return nullptr;
    }
  }

  CW_HIDDEN static std::uint32_t create(const cw_host *host, const cw_value *values, void **made,
                                        cw_text *problem) noexcept {
    static std::string why;
    try {
      const auto *plugin = describe(CW_ABI_VERSION);
      *made = new instance({host, plugin}, settings(plugin, values));
      return CW_OK;
    } catch (const std::exception &e) {
      why = e.what();
    } catch (...) {
      why = "the plugin threw something that is no std::exception";
    }
    *problem = text(why);
    return CW_INVALID;
  }

  static void destroy(void *made) noexcept { delete static_cast<instance *>(made); }

  static void handle(void *made, cw_call id, const cw_request *request) noexcept {
    auto *self = static_cast<instance *>(made);
    const auto *host = self->context.host;
    const auto give = [host, id](const reply &r) {
      const border_answer answer(r);
      host->answer(host->context, id, &answer.answer);
    };
    const auto failed = [host, give](std::string_view why) {
      host->log(host->context, CW_LOG_ERROR, text(why));
      give(reply::problem(500, "internal", "Something went wrong in the gateway; the operator's log tells more."));
    };
    try {
      const call c(&self->context, id, request);
      start(declared().handler(request->operation)(&self->plugin, c),
            [give, failed](const std::optional<reply> &answered, const std::exception_ptr &thrown) {
              if (answered) return give(*answered);
              try {
                std::rethrow_exception(thrown);
              } catch (const std::exception &e) {
                // Only the type: a message may hold what a caller sent.
                failed(std::string("a handler threw ") + typeid(e).name());
              } catch (...) {
                failed("a handler threw something that is no std::exception");
              }
            });
    } catch (const std::exception &e) {
      failed(std::string("a handler could not be started: ") + typeid(e).name());
    } catch (...) {
      failed("a handler could not be started: it threw something that is no std::exception");
    }
  }
};

}  // namespace detail

}  // namespace causeway::sdk

// Exports the plugin class; once per shared object.
#define CAUSEWAY_PLUGIN(Plugin)                                                      \
  extern "C" CW_EXPORT const cw_plugin *causeway_plugin(uint32_t host_abi_version) { \
    return ::causeway::sdk::detail::glue<Plugin>::describe(host_abi_version);        \
  }
