// causeway serve: signals are taken by the main thread alone, which waits for one and then drains. A watch beside the
// drain ends the process where it does not come to its end: a database that swallows everything or a plugin that hangs
// holds a thread for as long as it likes. That loses nothing, for the gateway may be killed at any moment.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "commands/commands.hpp"
#include "commands/configuration.hpp"
#include "commands/gateway.hpp"
#include "commands/proof.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

std::string url_of(const std::string &address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

// What the relay, the plugins and the stores may take to end once requests are answered, or given up.
constexpr std::chrono::seconds to_end{5};

// Ends the process after `most`, or at another signal that asks for it.
void watch_drain(const sigset_t &signals, std::chrono::milliseconds most) {
  std::thread([signals, until = std::chrono::steady_clock::now() + most] {
    const char *why = "the drain took too long; stopped as it stood";
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      const timespec wait{left.count() / 1000, left.count() % 1000 * 1'000'000};
      const int signal = sigtimedwait(&signals, nullptr, &wait);
      if (signal != SIGTERM && signal != SIGINT) continue;
      why = "asked to stop twice; stopped as it stood";
      break;
    }
    log(log_level::warning, why);
    std::_Exit(1);
  }).detach();
}

// Waits for a signal that ends the program; SIGHUP sets a reload going meanwhile.
int wait_for_end(const sigset_t &signals, gateway &running) {
  for (;;) {
    const int signal = sigwaitinfo(&signals, nullptr);
    if (signal == SIGTERM || signal == SIGINT) return signal;
    if (signal == SIGHUP) running.reload();
  }
}

}  // namespace

int serve_command(const common_options &common, const store_opener &open) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a database without room, not the end

  kind_pool known;
  auto c = read_configuration(common, known);
  set_log_level(c.content);
  for (auto &circle : circles_of_routes(c)) c.findings.push_back(std::move(circle));
  print_findings(c.findings);
  if (has_errors(c.findings)) return 1;
  if (c.content.stores.empty()) {
    std::cerr << common.config << ": there are no stores to serve from\n";
    return 1;
  }

  const std::string address = c.content.address;
  gateway running(std::move(c), std::move(known), common, open);
  std::vector<finding> findings;
  const bool started = running.start(findings);
  print_findings(findings);
  if (!started) return 1;

  std::cout << "causeway: listening on " << url_of(address, running.port()) << std::endl;
  const int signal = wait_for_end(signals, running);
  log(log_level::info, "draining", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  watch_drain(signals, running.patience_at_drain() + to_end);
  const bool whole = running.drain();
  log(whole ? log_level::info : log_level::warning, whole ? "stopped" : "stopped with requests unanswered");
  return whole ? 0 : 1;
}

}  // namespace causeway
