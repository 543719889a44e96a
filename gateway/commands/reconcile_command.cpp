// causeway reconcile: says what is missing, extra and different, by key and field name; no content.
#include <algorithm>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/stores.hpp"
#include "relay/reconcile.hpp"
#include "runtime/clock.hpp"

namespace causeway {

namespace {

std::string_view name_of(mismatch what) {
  switch (what) {
    case mismatch::missing:
      return "missing";
    case mismatch::extra:
      return "extra";
    case mismatch::different:
      return "different";
  }
  return "unknown";
}

}  // namespace

int reconcile_command(const common_options &common, const std::string &name, const store_opener &open) {
  auto c = read_configuration(common);
  print_findings(c.findings);
  if (has_errors(c.findings)) return 1;
  const auto route =
      std::find_if(c.routes.begin(), c.routes.end(), [&](const copy_route &r) { return r.name == name; });
  if (route == c.routes.end()) {
    std::cerr << common.config << ": there is no route " << name << " under copies:\n";
    return 1;
  }
  stores opened(c, open, std::make_shared<key_maker>([] { return system_clock().now(); }, 0), store_use::read);
  std::vector<finding> findings;
  const bool prepared = opened.prepare(std::chrono::seconds(30), findings);
  print_findings(findings);
  if (!prepared) return 1;

  const system_clock time;
  const auto &from = route->map->from()->store;
  const auto &to = route->map->to()->store;
  reconcile_options options;
  options.on_difference = [](const difference &d) {
    std::cout << name_of(d.what) << " " << d.source_key;
    for (const auto &field : d.fields) std::cout << " " << field;
    std::cout << "\n";
  };
  const auto compared =
      reconcile(*route, *opened.find(from), *opened.find(to), c.content.find_store(to)->kinds, time, options);
  if (!compared) {
    std::cerr << "causeway: reconcile: " << compared.why().detail << "\n";
    return 1;
  }
  std::cout << name << ": " << compared->compared << " compared, " << compared->missing << " missing, "
            << compared->extra << " extra, " << compared->different << " different\n";
  return compared->agrees() ? 0 : 1;
}

}  // namespace causeway
