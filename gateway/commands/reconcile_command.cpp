// causeway reconcile: what is missing, extra, different and unmappable, by key, field and digest; no content. The
// report goes to standard output, how far it is to standard error.
#include <chrono>
#include <iostream>
#include <thread>
#include <unistd.h>

#include "access/keyed_digest.hpp"
#include "causeway/json.hpp"
#include "commands/progress.hpp"
#include "commands/route_at_hand.hpp"
#include "relay/reconcile.hpp"

namespace causeway {

namespace {

void tell(const difference &d) {
  std::cout << to_string(d.what) << " " << d.source_key;
  if (!d.target_key.empty()) std::cout << " copy " << d.target_key;
  for (const auto &f : d.fields) std::cout << " " << f.field << " " << f.source << " " << f.target;
  for (const auto &rule : d.rules) std::cout << " " << rule.pointer << " " << rule.code;
  if (d.repair) std::cout << " repair " << *d.repair;
  if (!d.no_repair.empty()) std::cout << " no repair: " << d.no_repair;
  std::cout << "\n";
}

void tell_as_json(const difference &d) {
  sdk::json_writer out;
  out.begin_object().member("difference", to_string(d.what)).member("sourceKey", d.source_key);
  if (!d.target_key.empty()) out.member("targetKey", d.target_key);
  if (!d.fields.empty()) {
    out.name("fields").begin_array();
    for (const auto &f : d.fields)
      out.begin_object().member("field", f.field).member("source", f.source).member("target", f.target).end_object();
    out.end_array();
  }
  if (!d.rules.empty()) {
    out.name("rules").begin_array();
    for (const auto &rule : d.rules)
      out.begin_object().member("field", rule.pointer).member("rule", rule.code).end_object();
    out.end_array();
  }
  if (d.repair) out.member("repair", std::to_string(*d.repair));
  if (!d.no_repair.empty()) out.member("noRepair", d.no_repair);
  std::cout << out.end_object().take() << "\n";
}

void sum_up(const std::string &route, const reconciled &r, bool repaired) {
  for (const auto &[reason, number] : r.reasons) std::cout << "dead or discarded, " << number << ": " << reason << "\n";
  std::cout << route << ": " << r.compared << " compared, " << r.missing << " missing, " << r.extra << " extra, "
            << r.different << " different, " << r.unmappable << " unmappable, " << r.in_flight << " in flight, "
            << r.dead << " dead, " << r.discarded << " discarded";
  if (repaired) std::cout << ", " << r.repairs << " repairs asked for";
  std::cout << "\n";
}

void sum_up_as_json(const std::string &route, const reconciled &r) {
  sdk::json_writer out;
  out.begin_object().member("route", route).member("agrees", r.agrees()).member("compared", r.compared);
  out.member("missing", r.missing).member("extra", r.extra).member("different", r.different);
  out.member("unmappable", r.unmappable).member("inFlight", r.in_flight).member("dead", r.dead);
  out.member("discarded", r.discarded).member("repairs", r.repairs).name("reasons").begin_array();
  for (const auto &[reason, number] : r.reasons)
    out.begin_object().member("reason", reason).member("number", number).end_object();
  std::cout << out.end_array().end_object().take() << "\n";
}

}  // namespace

int reconcile_command(const common_options &common, const route_options &given, const store_opener &open) {
  const auto at = route_at_hand::open(common, given.route, open, given.repair);
  if (!at) return 1;
  const system_clock time;
  const keyed_digest digest;
  // Each record is met once in the source and, as a copy, once in the target.
  progress bar(std::cerr, isatty(STDERR_FILENO) == 1, time, given.route,
               2 * how_many(at->source(), at->route().map->from()));
  reconcile_options options;
  options.digest = [&](std::string_view text) { return digest(text); };
  if (given.repair) options.repair_by = given.by.empty() ? user_name() : given.by;
  options.wait = [](std::chrono::milliseconds how_long) { std::this_thread::sleep_for(how_long); };
  options.on_difference = [&](const difference &d) {
    bar.clear();
    given.json ? tell_as_json(d) : tell(d);
  };
  options.on_page = [&](const reconciled &so_far) { bar.show(so_far.compared + so_far.searched); };
  const auto compared = reconcile(at->route(), at->source(), at->target(), at->target_kinds(), time, options);
  bar.clear();
  if (!compared) {
    std::cerr << "causeway: reconcile: " << compared.why().detail << "\n";
    return 1;
  }
  given.json ? sum_up_as_json(given.route, *compared) : sum_up(given.route, *compared, given.repair);
  return compared->agrees() ? 0 : 1;
}

}  // namespace causeway
