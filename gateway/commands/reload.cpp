// How a gateway takes up another configuration. All that can be found wrong is found before anything changes; then the
// stores take up its kinds, and if those fit, requests and copies change over in one moment: while the routes that
// change are at rest, so that no copy meets a mapping older than the one that let it in.
#include <utility>

#include "commands/check.hpp"
#include "commands/gateway.hpp"
#include "commands/options_from.hpp"
#include "commands/proof.hpp"
#include "commands/restart_needed.hpp"

namespace causeway {

namespace {

// For the stores to answer; callers wait meanwhile.
constexpr std::chrono::seconds patience_at_reload{5};
// For what answers after its caller was told that it was too late.
constexpr std::chrono::seconds after_deadline{5};

void append(std::vector<finding> &to, std::vector<finding> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

configured_site site_of(const generation &of) {
  return {*of.files(), of.plugins().operations(), of.plugins().plugins()};
}

}  // namespace

reload_outcome gateway::read_again() {
  const auto asked = std::make_shared<const configuration>(read_configuration(common_, known_));
  if (has_errors(asked->findings)) return {findings_of_files(*asked, common_), {}};
  auto findings = asked->findings;
  append(findings, restart_needed(*configuration_, *asked));
  append(findings, proof_of_routes(*asked));
  std::shared_ptr<generation> next;
  // Plugins are lent the stores that are open, so they are loaded only where those are the configuration's.
  if (!has_errors(findings)) next = make_generation(findings, asked);
  if (next) append(findings, proof_of_roles(*asked, next->plugins().operations()));
  const auto before = current();
  const bool taken = next && !has_errors(findings) && take_up(next, findings);
  tidy(findings, *asked);
  if (!taken) return {std::move(findings), {}};
  return {std::move(findings), changes_between(site_of(*before), site_of(*next))};
}

bool gateway::take_up(const std::shared_ptr<generation> &next, std::vector<finding> &findings) {
  const auto &asked = *next->files();
  if (!stores_.adopt(asked, patience_at_reload, findings)) return false;
  try {
    relay_->adopt(relay_options_from(asked.content), relay_stores(asked), asked.routes, [&] { swap(next); });
  } catch (...) {
    std::vector<finding> unheard;
    stores_.adopt(*configuration_, patience_at_reload, unheard);
    throw;
  }
  return true;
}

void gateway::swap(const std::shared_ptr<generation> &next) {
  const auto &content = next->files()->content;
  for (const auto &[name, store] : guarded_) store->adopt(content.breaker);
  kept_answers_->keep_for(content.limits.idempotency);
  set_log_level(content);
  server_->replace(served_by(next), limits_from(content));
  auto before = next;
  {
    const std::lock_guard lock(mutex_);
    std::swap(current_, before);
  }
  configuration_ = next->files();
  const auto &limits = before->files()->content.limits;
  retirement_.retire(before, limits.read_timeout + limits.deadline + after_deadline);
}

}  // namespace causeway
