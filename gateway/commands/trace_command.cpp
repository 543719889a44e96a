// causeway trace: the life of one record that crosses, by its id or its copy's; no content.
#include <future>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/stores.hpp"
#include "relay/trace.hpp"
#include "runtime/clock.hpp"

namespace causeway {

namespace {

using crossings = result<std::vector<crossing>>;

crossings trace_now(trace_site_ptr site, const std::string &id) {
  std::promise<crossings> answered;
  start(trace(site, id, {}, site->time.steady() + command_patience),
        [&](std::optional<crossings> found, std::exception_ptr thrown) {
          if (found)
            answered.set_value(std::move(*found));
          else
            answered.set_exception(thrown);
        });
  return answered.get_future().get();
}

}  // namespace

int trace_command(const common_options &common, const std::string &id, bool json, const store_opener &open) {
  const auto c = read_configuration(common);
  print_findings(c.findings);
  if (has_errors(c.findings)) return 1;
  if (c.routes.empty()) {
    std::cerr << common.config << ": nothing crosses, because there is no route under copies:\n";
    return 1;
  }
  stores opened(c, open, std::make_shared<key_maker>([] { return system_clock().now(); }, 0), store_use::read);
  std::vector<finding> findings;
  const bool prepared = opened.prepare(command_patience, findings);
  print_findings(findings);
  if (!prepared) return 1;

  const system_clock time;
  std::map<std::string, record_store *> by_name;
  for (const auto &[name, store] : opened.by_name()) by_name.emplace(name, store.get());
  const auto found = trace_now(trace_site_of(c, by_name, time), id);
  if (!found) {
    std::cerr << "causeway: trace: " << found.why().detail << "\n";
    return 1;
  }
  if (found->empty()) {
    std::cerr << "causeway: trace: no route carries a record " << id << ", and no copy has that key\n";
    return 1;
  }
  for (const crossing &one : *found) std::cout << (json ? to_json(one) + "\n" : in_words(one));
  return 0;
}

}  // namespace causeway
