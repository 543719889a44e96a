// causeway backfill: signals are taken where it waits and between two pages, so that it ends at a border.
#include <csignal>
#include <iostream>
#include <unistd.h>

#include "causeway/json.hpp"
#include "commands/progress.hpp"
#include "commands/route_at_hand.hpp"
#include "relay/backfill.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

// SIGINT and SIGTERM, kept from every thread that begins later.
class end_signals {
 public:
  end_signals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  bool came() {
    wait(std::chrono::milliseconds(0));
    return came_;
  }
  void wait(std::chrono::milliseconds how_long) {
    if (came_) return;
    const timespec time{how_long.count() / 1000, how_long.count() % 1000 * 1'000'000};
    came_ = sigtimedwait(&signals_, nullptr, &time) > 0;
  }

 private:
  sigset_t signals_{};
  bool came_ = false;
};

void tell(const left_behind &left) {
  std::cout << (left.missing.empty() ? "unmappable " : "early ") << left.source_key;
  for (const auto &rule : left.rules) std::cout << " " << rule.pointer << " " << rule.code;
  if (!left.missing.empty()) std::cout << " belongs to a " << left.missing << " that was not asked for";
  std::cout << "\n";
}

void tell_as_json(const left_behind &left) {
  sdk::json_writer out;
  out.begin_object().member("leftBehind", left.missing.empty() ? "unmappable" : "early");
  out.member("sourceKey", left.source_key);
  if (!left.missing.empty()) out.member("belongsTo", left.missing);
  if (!left.rules.empty()) {
    out.name("rules").begin_array();
    for (const auto &rule : left.rules)
      out.begin_object().member("field", rule.pointer).member("rule", rule.code).end_object();
    out.end_array();
  }
  std::cout << out.end_object().take() << "\n";
}

void sum_up(const std::string &route, const backfilled &b) {
  std::cout << route << ": " << b.seen << " seen, " << b.asked << " asked for, " << b.known << " known, " << b.standing
            << " standing, " << b.unmappable << " unmappable, " << b.early << " early" << (b.stopped ? ", stopped" : "")
            << "\n";
}

void sum_up_as_json(const std::string &route, const backfilled &b) {
  sdk::json_writer out;
  out.begin_object().member("route", route).member("complete", b.complete()).member("seen", b.seen);
  out.member("asked", b.asked).member("known", b.known).member("standing", b.standing);
  out.member("unmappable", b.unmappable).member("early", b.early).member("stopped", b.stopped);
  std::cout << out.end_object().take() << "\n";
}

}  // namespace

int backfill_command(const common_options &common, const route_options &given, const store_opener &open) {
  end_signals signals;
  const auto at = route_at_hand::open(common, given.route, open, true);
  if (!at) return 1;
  const system_clock time;
  progress bar(std::cerr, isatty(STDERR_FILENO) == 1, time, given.route,
               how_many(at->source(), at->route().map->from()));
  backfill_options options;
  options.rate = given.rate;
  options.requested_by = given.by.empty() ? user_name() : given.by;
  options.wait = [&](std::chrono::milliseconds how_long) { signals.wait(how_long); };
  options.stop = [&] { return signals.came(); };
  options.on_left_behind = [&](const left_behind &left) {
    bar.clear();
    given.json ? tell_as_json(left) : tell(left);
  };
  options.on_page = [&](const backfilled &so_far) {
    // Within a page that is asked for slowly `seen` stands still.
    bar.show(std::max(so_far.seen, so_far.asked + so_far.known + so_far.standing + so_far.unmappable + so_far.early));
  };
  const auto done = backfill(at->route(), at->source(), at->target(), at->target_kinds(), time, options);
  bar.clear();
  if (!done) {
    std::cerr << "causeway: backfill: " << done.why().detail << "; run it again to go on\n";
    return 1;
  }
  given.json ? sum_up_as_json(given.route, *done) : sum_up(given.route, *done);
  log(log_level::info, "Copies of what stood before were asked for.",
      {{"route", given.route}, {"asked", std::to_string(done->asked)}, {"by", options.requested_by}});
  if (done->stopped) std::cerr << "causeway: backfill: stopped; run it again to go on\n";
  if (done->early > 0 && !at->route().after.empty())
    std::cerr << "causeway: backfill: run it for the route " << at->route().after << " first, then again for "
              << given.route << "\n";
  return done->complete() ? 0 : 1;
}

}  // namespace causeway
