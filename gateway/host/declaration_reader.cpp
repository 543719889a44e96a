// Every byte is fetched through the kernel, which says where there is none: a declaration whose counts or pointers lie
// is refused with a sentence instead of ending the gateway.
#include <cerrno>
#include <cstring>
#include <sys/uio.h>
#include <unistd.h>

#include "host/border.hpp"
#include "host/library.hpp"

namespace causeway {

namespace {

constexpr std::size_t most_elements = 1024;
constexpr std::size_t longest_text = 4096;
constexpr std::size_t longest_schema = 1 << 20;

// Copies memory that may not be there.
bool fetch(const void *from, void *to, std::size_t bytes) {
  if (bytes == 0) return true;
  if (from == nullptr) return false;
  const iovec local{to, bytes};
  const iovec remote{const_cast<void *>(from), bytes};
  const ssize_t got = ::process_vm_readv(::getpid(), &local, 1, &remote, 1, 0);
  if (got < 0 && (errno == ENOSYS || errno == EPERM)) {  // forbidden in some containers: then it must be believed
    std::memcpy(to, from, bytes);
    return true;
  }
  return got == static_cast<ssize_t>(bytes);
}

class declaration_reader {
 public:
  declaration_reader(std::string_view library, std::vector<std::string> &faults) : library_(library), faults_(faults) {}

  bool ok() const { return ok_; }

  void refuse(const std::string &where, const std::string &why) {
    faults_.push_back(library_ + ": " + (where.empty() ? "" : where + ": ") + why);
    ok_ = false;
  }

  std::string text(const std::string &where, const char *member, cw_text from, std::size_t longest = longest_text) {
    if (from.size > longest) {
      refuse(where, std::string(member) + " says it has " + std::to_string(from.size) + " bytes, at most " +
                        std::to_string(longest) + " are allowed");
      return {};
    }
    std::string to(from.size, '\0');
    if (!fetch(from.data, to.data(), from.size)) {
      refuse(where, std::string(member) + " points to no memory");
      return {};
    }
    if (!is_clean_text(to)) {
      refuse(where, std::string(member) + " is not UTF-8, or holds a NUL");
      return {};
    }
    return to;
  }

  std::string name(const std::string &where, const char *member, cw_text from) {
    const bool was_ok = ok_;
    auto to = text(where, member, from);
    if (to.empty() && ok_ == was_ok) refuse(where, std::string(member) + " is empty");
    return to;
  }

  // Calls `take` with each element and where it is: `where: what 3`.
  template <class T, class Take>
  void each(const std::string &where, const char *what, const cw_array &array, std::size_t least, Take take) {
    const std::string all = where.empty() ? std::string(what) + "s" : where + ": " + what + "s";
    if (array.count == 0) return;
    if (array.count > most_elements)
      return refuse(all, "the declaration says there are " + std::to_string(array.count) + ", at most " +
                             std::to_string(most_elements) + " are allowed");
    if (!array_is_sound({&array, array.count, array.stride}, most_elements, least))
      return refuse(all, "the declaration says that one begins " + std::to_string(array.stride) +
                             " bytes behind the other, which cannot hold one");
    const std::size_t known = array.stride < sizeof(T) ? array.stride : sizeof(T);
    for (std::size_t i = 0; i < array.count; ++i) {
      T one{};
      if (!fetch(static_cast<const char *>(array.data) + i * array.stride, &one, known))
        return refuse(
            all, "number " + std::to_string(i + 1) + " of " + std::to_string(array.count) + " points to no memory");
      take(one, (where.empty() ? "" : where + ": ") + what + " " + std::to_string(i + 1));
      if (!ok_) return;  // what follows a lie is noise
    }
  }

 private:
  const std::string library_;
  std::vector<std::string> &faults_;
  bool ok_ = true;
};

bool is_content_type(std::uint32_t type) { return type == CW_BOOLEAN || type == CW_INTEGER || type == CW_TEXT; }

std::vector<declared_member> read_members(declaration_reader &in, const std::string &where, const char *what,
                                          const cw_array &array) {
  std::vector<declared_member> members;
  in.each<cw_member>(where, what, array, offsetof(cw_member, flags), [&](const cw_member &from, std::string at) {
    declared_member to;
    to.name = in.name(at, "name", from.name);
    at = where + ": " + what + " " + to.name;
    if (!is_content_type(from.type)) in.refuse(at, "its type " + std::to_string(from.type) + " does not exist");
    to.type = from.type;
    to.required = (from.flags & CW_REQUIRED) != 0;
    to.min_length = from.min_length;
    to.max_length = from.max_length;
    to.format = in.text(at, "format", from.format);
    to.codes = in.text(at, "codes", from.codes);
    to.description = in.text(at, "description", from.description);
    members.push_back(std::move(to));
  });
  return members;
}

value read_default(declaration_reader &in, const std::string &at, const cw_value &from, std::uint32_t type) {
  if (from.type != type) {
    in.refuse(at, "its default is not " + std::string(name_of_type(type)));
    return absent();
  }
  if (type == CW_TEXT) return in.text(at, "default", from.as.text);
  if (type == CW_BOOLEAN) return from.as.integer != 0;
  return from.as.integer;
}

}  // namespace

std::optional<declared_plugin> plugin_library::read(std::string_view name, const cw_plugin *plugin,
                                                    std::vector<std::string> &faults) {
  declaration_reader in(name, faults);
  struct {
    std::uint32_t size;
    std::uint32_t abi_version;
  } head{};
  if (!fetch(plugin, &head, sizeof head)) {
    in.refuse("", "the declaration points to no memory");
    return std::nullopt;
  }
  if (head.abi_version != CW_ABI_VERSION) {
    in.refuse("", "the plugin was built for ABI version " + std::to_string(head.abi_version) +
                      ", this gateway has version " + std::to_string(CW_ABI_VERSION) +
                      "; build it against this gateway's SDK");
    return std::nullopt;
  }
  constexpr std::size_t least = offsetof(cw_plugin, handle) + sizeof(cw_plugin::handle);
  cw_plugin p{};
  if (head.size < least || !fetch(plugin, &p, head.size < sizeof p ? head.size : sizeof p)) {
    in.refuse("", "the declaration says it has " + std::to_string(head.size) + " bytes; " + std::to_string(least) +
                      " are needed");
    return std::nullopt;
  }

  declared_plugin to;
  to.abi_version = p.abi_version;
  to.name = in.name("", "name", p.name);
  to.version = in.name("", "version", p.version);
  to.create = p.create;
  to.destroy = p.destroy;
  to.handle = p.handle;
  if (p.create == nullptr) in.refuse("", "the function create is null");
  if (p.destroy == nullptr) in.refuse("", "the function destroy is null");
  if (p.handle == nullptr) in.refuse("", "the function handle is null");

  in.each<cw_kind>("", "kind", p.kinds, offsetof(cw_kind, uses), [&](const cw_kind &from, const std::string &number) {
    declared_kind kind;
    kind.name = in.name(number, "name", from.name);
    const std::string at = "kind " + kind.name;
    if (from.uses != 0) kind.uses = from.uses;
    in.each<cw_field>(at, "field", from.fields, sizeof(cw_field), [&](const cw_field &f, const std::string &nth) {
      declared_field field{in.name(nth, "name", f.name), f.type, (f.flags & CW_REQUIRED) != 0};
      if (!is_content_type(f.type))
        in.refuse(at + ": field " + field.name, "its type " + std::to_string(f.type) + " does not exist");
      kind.fields.push_back(std::move(field));
    });
    to.kinds.push_back(std::move(kind));
  });
  in.each<cw_mapping>("", "mapping", p.mappings, sizeof(cw_mapping), [&](const cw_mapping &m, const std::string &at) {
    to.mappings.push_back({in.name(at, "from", m.from), in.name(at, "to", m.to)});
  });
  in.each<cw_setting>("", "setting", p.settings, offsetof(cw_setting, description),
                      [&](const cw_setting &from, std::string at) {
                        declared_setting setting;
                        setting.name = in.name(at, "name", from.name);
                        at = "setting " + setting.name;
                        setting.type = from.type;
                        setting.required = (from.flags & CW_REQUIRED) != 0;
                        if (!is_content_type(from.type))
                          in.refuse(at, "its type " + std::to_string(from.type) + " does not exist");
                        else if (!setting.required)
                          setting.default_value = read_default(in, at, from.default_value, from.type);
                        setting.description = in.text(at, "description", from.description);
                        to.settings.push_back(std::move(setting));
                      });
  in.each<cw_operation>("", "operation", p.operations, offsetof(cw_operation, flags),
                        [&](const cw_operation &from, std::string at) {
                          declared_operation o;
                          o.method = in.name(at, "method", from.method);
                          o.path = in.name(at, "path", from.path);
                          at = o.method + " " + o.path;
                          o.summary = in.text(at, "summary", from.summary);
                          o.roles = in.text(at, "roles", from.roles);
                          o.path_members = read_members(in, at, "path member", from.path_members);
                          o.query_members = read_members(in, at, "query member", from.query_members);
                          o.body_members = read_members(in, at, "body member", from.body_members);
                          o.answer_schema = in.text(at, "answer_schema", from.answer_schema, longest_schema);
                          o.success_status = from.success_status;
                          o.flags = from.flags;
                          o.home_store = in.text(at, "home_store", from.home_store);
                          to.operations.push_back(std::move(o));
                        });
  if (!in.ok()) return std::nullopt;
  return to;
}

}  // namespace causeway
