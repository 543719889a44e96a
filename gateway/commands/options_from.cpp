#include "commands/options_from.hpp"

#include "runtime/membership.hpp"

namespace causeway {

server_limits limits_from(const settings &content) {
  server_limits limits;
  limits.body = content.limits.body;
  limits.connections = content.limits.connections;
  limits.requests = content.limits.requests;
  limits.wait = content.limits.wait;
  limits.deadline = content.limits.deadline;
  limits.read_timeout = content.limits.read_timeout;
  limits.idle_timeout = content.limits.idle_timeout;
  limits.log_every_request = content.log.requests;
  limits.slow = content.log.slow;
  return limits;
}

server_options server_options_from(const settings &content) {
  server_options options{limits_from(content)};
  options.address = content.address;
  options.port = content.port;
  options.threads = content.threads;
  return options;
}

server_options server_options_from(const metrics_settings &content) {
  server_options options;
  options.address = content.address;
  options.port = content.port;
  options.setting = "metrics.listen";
  options.body = 1;
  options.connections = 16;
  options.requests = 16;
  return options;
}

relay_options relay_options_from(const settings &content) {
  relay_options options;
  options.batch = content.relay.batch;
  options.poll = content.relay.poll;
  options.look = lease_look(content.takeover);
  options.retry.first = content.relay.retry_first;
  options.retry.most = content.relay.retry_most;
  return options;
}

}  // namespace causeway
