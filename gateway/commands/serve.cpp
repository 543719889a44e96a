// causeway serve: signals are taken by the main thread alone, which waits for one and then drains.
#include <csignal>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/configuration.hpp"
#include "commands/gateway.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

std::string url_of(const settings &content, std::uint16_t port) {
  const bool v6 = content.address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + content.address + "]" : content.address) + ":" + std::to_string(port);
}

// Waits for a signal that ends the program.
int wait_for_end(const sigset_t &signals) {
  for (;;) {
    const int signal = sigwaitinfo(&signals, nullptr);
    if (signal == SIGTERM || signal == SIGINT) return signal;
    if (signal == SIGHUP) log(log_level::warning, "a running gateway does not take up a new configuration: restart it");
  }
}

}  // namespace

int serve_command(const common_options &common, const store_opener &open) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  auto c = read_configuration(common);
  print_findings(c.findings);
  if (has_errors(c.findings)) return 1;
  if (c.content.stores.empty()) {
    std::cerr << common.config << ": there are no stores to serve from\n";
    return 1;
  }

  gateway running(c, common, open);
  std::vector<finding> findings;
  const bool started = running.start(findings);
  print_findings(findings);
  if (!started) return 1;

  std::cout << "causeway: listening on " << url_of(c.content, running.port()) << std::endl;
  const int signal = wait_for_end(signals);
  log(log_level::info, "draining", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  const bool whole = running.drain();
  log(whole ? log_level::info : log_level::warning, whole ? "stopped" : "stopped with requests unanswered");
  return whole ? 0 : 1;
}

}  // namespace causeway
