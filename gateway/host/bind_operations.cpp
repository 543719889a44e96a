// The rows of the public API that a plugin declares: what the router, the request check and the OpenAPI document will
// rely on is made sure of here.
#include <algorithm>
#include <set>
#include <string>

#include "host/binding.hpp"
#include "host/border.hpp"

namespace causeway {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Letters and digits, a letter first; with `dots` such words with a dot between them.
bool is_member_name(std::string_view name, bool dots) {
  bool begins = true;
  for (const char c : name) {
    if (begins ? !is_letter(c) : !is_letter(c) && !is_digit(c) && c != '_' && !(dots && c == '.')) return false;
    begins = c == '.';
  }
  return !name.empty() && !begins;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(by);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text = text.substr(end + 1);
  }
}

// The parameters of a path in their order; nothing, and a fault, for a path that no router could serve.
std::optional<std::vector<std::string>> parameters_of(std::string_view path, std::string &fault) {
  if (!path.starts_with('/')) {
    fault = "the path must begin with /";
    return std::nullopt;
  }
  std::vector<std::string> parameters;
  for (const auto segment : split(path.substr(1), '/')) {
    const bool parameter = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
    const auto inner = parameter ? segment.substr(1, segment.size() - 2) : segment;
    const bool plain = !inner.empty() && std::all_of(inner.begin(), inner.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '~';
    });
    if (!plain || inner == "." || inner == ".." || (parameter && !is_member_name(inner, false))) {
      fault = "the path's segment \"" + std::string(segment) +
              "\" is neither letters, digits and - _ . ~ nor a name in braces";
      return std::nullopt;
    }
    if (!parameter) continue;
    if (std::find(parameters.begin(), parameters.end(), inner) != parameters.end()) {
      fault = "the path names {" + std::string(inner) + "} twice";
      return std::nullopt;
    }
    parameters.emplace_back(inner);
  }
  return parameters;
}

class operation_binder {
 public:
  operation_binder(const declared_operation &declared, const std::vector<declared_kind> &kinds,
                   const plugin_host_options &site, std::vector<std::string> &faults)
      : from_(declared), kinds_(kinds), site_(site), faults_(faults) {}

  operation bind(const std::string &owner) {
    operation to;
    to.owner = owner;
    to.method = from_.method;
    to.path = from_.path;
    to.summary = from_.summary;
    to.answer_schema = from_.answer_schema;
    to.home_store = from_.home_store;
    to.success_status = static_cast<int>(from_.success_status);
    to.list = (from_.flags & CW_LIST) != 0;
    to.if_match_needed = (from_.flags & CW_IF_MATCH_NEEDED) != 0;
    to.if_match = (from_.flags & CW_IF_MATCH) != 0 || to.if_match_needed;
    check_head();
    to.roles = bind_roles();
    to.path_members = bind_members("path member", from_.path_members);
    to.query_members = bind_members("query member", from_.query_members);
    to.body_members = bind_members("body member", from_.body_members);
    check_path();
    for (const auto &m : to.query_members)
      if (to.list && (m.name == "limit" || m.name == "cursor"))
        refuse("query member " + m.name + ": it is the gateway's own where the operation is a list");
    for (const auto &m : to.body_members) check_prefix(m, to.body_members);
    return to;
  }

 private:
  void refuse(const std::string &why) { faults_.push_back(from_.method + " " + from_.path + ": " + why); }

  void check_head() {
    if (from_.method != "GET" && from_.method != "POST" && from_.method != "PATCH")
      refuse("the method must be GET, POST or PATCH");
    if (from_.method == "GET" && !from_.body_members.empty()) refuse("a GET takes no body members");
    if (from_.success_status < 200 || from_.success_status > 202) refuse("the success status must be 200, 201 or 202");
    if ((from_.flags & ~std::uint32_t(CW_LIST | CW_IF_MATCH | CW_IF_MATCH_NEEDED)) != 0)
      refuse("its flags hold one that this gateway does not know");
    if (!from_.home_store.empty() && !site_.stores.contains(from_.home_store))
      refuse("its home store " + from_.home_store + " is not configured");
    if (!from_.answer_schema.empty() && (from_.answer_schema.front() != '{' || from_.answer_schema.back() != '}'))
      refuse("its answer schema is not a JSON object");
  }

  void check_path() {
    std::string fault;
    const auto parameters = parameters_of(from_.path, fault);
    if (!parameters) return refuse(fault);
    if (from_.path.starts_with("/v1/admin/")) refuse("paths below /v1/admin/ are the gateway's own");
    bool same = parameters->size() == from_.path_members.size();
    for (std::size_t i = 0; same && i < parameters->size(); ++i)
      same = (*parameters)[i] == from_.path_members[i].name && from_.path_members[i].type == CW_TEXT;
    if (!same) refuse("the path members must be the path's parameters, in their order, as text");
  }

  // A body member cannot be both text and an object with members.
  void check_prefix(const member &m, const std::vector<member> &all) {
    for (const auto &other : all)
      if (other.name.starts_with(m.name + "."))
        refuse("body member " + m.name + ": " + other.name + " makes it an object");
  }

  std::vector<std::string> bind_roles() {
    std::vector<std::string> roles;
    for (const auto role : split(from_.roles, ' ')) {
      if (role.empty()) continue;
      if (std::find(site_.roles.begin(), site_.roles.end(), role) == site_.roles.end())
        refuse("there is no role " + std::string(role));
      else if (std::find(roles.begin(), roles.end(), role) == roles.end())
        roles.emplace_back(role);
    }
    if (roles.empty()) refuse("it names no role, so that nobody could call it");
    return roles;
  }

  std::vector<member> bind_members(const std::string &what, const std::vector<declared_member> &declared) {
    std::vector<member> members;
    std::set<std::string_view> names;
    for (const auto &from : declared) {
      const std::string at = what + " " + from.name + ": ";
      if (!is_member_name(from.name, what == "body member")) refuse(at + "its name is not letters and digits");
      if (!names.insert(from.name).second) refuse(at + "declared twice");
      member to;
      to.name = from.name;
      to.type = from.type == CW_BOOLEAN   ? member_type::boolean
                : from.type == CW_INTEGER ? member_type::integer
                                          : member_type::text;
      to.required = from.required || what == "path member";
      to.min_length = from.min_length;
      to.max_length = from.max_length;
      to.format = from.format;
      to.description = from.description;
      if (to.type != member_type::text &&
          (to.min_length || to.max_length || !from.format.empty() || !from.codes.empty()))
        refuse(at + "lengths, format and codes are for text only");
      if (to.max_length != 0 && to.min_length > to.max_length) refuse(at + "its least length is more than its most");
      if (!to.format.empty() && to.format != "csid" && to.format != "date" && to.format != "date-time")
        refuse(at + "its format \"" + to.format + "\" is none of csid, date, date-time");
      bind_codes(at, from.codes, to);
      members.push_back(std::move(to));
    }
    return members;
  }

  void bind_codes(const std::string &at, const std::string &source, member &to) {
    if (source.empty()) return;
    if (source.front() == '=') {
      for (const auto code : split(std::string_view(source).substr(1), '|')) {
        if (code.empty()) return refuse(at + "its codes \"" + source + "\" hold an empty one");
        to.allowed.emplace_back(code);
      }
      return;
    }
    const auto dot = source.rfind('.');
    // A kind that is missing or has faults is told already, where the plugin declares it.
    const bool told = std::any_of(kinds_.begin(), kinds_.end(), [&](const declared_kind &k) {
      return k.name == source.substr(0, dot) && !site_.kind(k.name);
    });
    if (dot != std::string::npos && told) return;
    const kind_ptr kind = dot == std::string::npos ? nullptr : site_.kind(source.substr(0, dot));
    const auto field = kind ? kind->find_field(source.substr(dot + 1)) : std::nullopt;
    if (!field)
      return refuse(at + "its codes come from the field " + source + ", which the configuration does not have");
    if (const auto &codes = kind->fields[*field].codes)
      for (const auto &[readable, stored] : codes->stored_of) to.allowed.push_back(readable);
  }

  const declared_operation &from_;
  const std::vector<declared_kind> &kinds_;  // of the plugin
  const plugin_host_options &site_;
  std::vector<std::string> &faults_;
};

}  // namespace

void bind_operations(bound_plugin &plugin, const plugin_host_options &site, std::vector<std::string> &faults) {
  if (plugin.declared.operations.empty()) faults.push_back("the plugin declares no operation");
  std::set<std::string> routes;
  for (const auto &declared : plugin.declared.operations) {
    plugin.operations.push_back(
        operation_binder(declared, plugin.declared.kinds, site, faults).bind(plugin.declared.name));
    if (!routes.insert(declared.method + " " + path_shape(declared.path)).second)
      faults.push_back(declared.method + " " + declared.path + ": declared twice");
  }
}

std::string path_shape(std::string_view path) {
  std::string shape;
  bool inside = false;
  for (const char c : path) {
    if (c == '}') inside = false;
    if (!inside) shape += c;
    if (c == '{') inside = true;
  }
  return shape;
}

}  // namespace causeway
