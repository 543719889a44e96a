#include "relay/relay.hpp"

#include <algorithm>
#include <exception>
#include <random>
#include <stdexcept>
#include <typeinfo>
#include <utility>

#include "relay/attempts.hpp"
#include "relay/outbox.hpp"
#include "runtime/log.hpp"

namespace causeway {

namespace {

std::function<double()> chance() {
  return [generator = std::mt19937_64(std::random_device()()),
          spread = std::uniform_real_distribution<double>()]() mutable { return spread(generator); };
}

}  // namespace

struct relay::worker {
  worker(copy_route route, const relay_store &source, const relay_store &target, lease_keeper &by, const clock &time,
         const relay_options &options, std::function<double()> random)
      : name(route.name),
        after(route.after),
        leases(by),
        work(std::move(route), *source.content, *target.content, target.kinds, by, time, options, std::move(random)) {}

  const std::string name;
  const std::string after;
  lease_keeper &leases;
  copier work;
  std::mutex mutex;
  std::condition_variable wake;
  bool told = false;
  bool stopping = false;
  std::thread thread;
  std::atomic<bool> running{false};
  std::atomic<bool> away{false};
  std::atomic<std::uint64_t> copied{0};
  std::atomic<std::uint64_t> dead{0};
  std::atomic<std::uint64_t> waiting{0};

  step_report step(bool news = false) {
    const step_report report = work.step(news);
    copied += report.copied;
    dead += report.dead;
    waiting += report.waiting;
    away = report.away;
    return report;
  }
  void tell() {
    {
      const std::lock_guard lock(mutex);
      told = true;
    }
    wake.notify_one();
  }
};

std::vector<kind_ptr> relay_kinds(const std::string &store, const std::vector<copy_route> &routes) {
  const auto any = [&](auto &&side) {
    return std::any_of(routes.begin(), routes.end(), [&](const copy_route &r) { return side(r)->store == store; });
  };
  std::vector<kind_ptr> kinds;
  if (any([](const copy_route &r) { return r.map->from(); })) {
    kinds.push_back(outbox_kind(store));
    kinds.push_back(attempt_kind(store));
    kinds.push_back(lease_kind(store));
  }
  if (any([](const copy_route &r) { return r.map->to(); })) kinds.push_back(fence_kind(store));
  return kinds;
}

relay::relay(relay_options options, const std::map<std::string, relay_store> &stores, std::vector<copy_route> routes,
             const membership &members, const clock &time, std::function<double()> random)
    : options_(options) {
  const auto store_named = [&](const std::string &name) -> const relay_store & {
    const auto found = stores.find(name);
    if (found == stores.end())
      throw std::invalid_argument("a copy route names the store " + name + ", which is not there");
    return found->second;
  };
  for (const copy_route &route : routes) {
    if (const auto faults = faults_of(route, routes); !faults.empty()) throw std::invalid_argument(faults.front());
    const std::string from = route.map->from()->store, to = route.map->to()->store;
    const relay_store &source = store_named(from), &target = store_named(to);
    auto &leases = leases_[{from, to}];
    if (!leases)
      leases = std::make_unique<lease_keeper>(*source.content, lease_kind(from), *target.content, fence_kind(to),
                                              members, time, options.patience);
    workers_.push_back(
        std::make_unique<worker>(route, source, target, *leases, time, options, random ? random : chance()));
  }
}

relay::~relay() { stop(); }

void relay::start() {
  if (workers_.empty()) return;
  lease_thread_ = std::thread([this] {
    std::unique_lock lock(stopping_mutex_);
    do {
      lock.unlock();
      const auto before = status();
      step_leases();
      const auto now = status();
      for (std::size_t i = 0; i < workers_.size(); ++i)
        if (now[i].partitions > before[i].partitions) workers_[i]->tell();
      lock.lock();
    } while (!stop_leases_.wait_for(lock, options_.look, [this] { return stopping_; }));
  });
  for (auto &w : workers_) {
    w->running = true;
    w->thread = std::thread([this, &w = *w] { run(w); });
  }
}

void relay::run(worker &w) {
  for (bool news = false;;) {
    step_report report;
    report.wait = options_.poll;
    try {
      report = w.step(news);
    } catch (const std::exception &thrown) {
      w.away = true;
      log(log_level::error, "A copy route met what it does not know; it tries again.",
          {{"route", w.name}, {"kind", typeid(thrown).name()}});
    }
    if (report.copied > 0) tell_followers(w.name);
    std::unique_lock lock(w.mutex);
    if (!report.more) {
      // While a store is away, news of more copies changes nothing, unless it was one customer's that said so.
      w.wake.wait_for(lock, std::max(report.wait, std::chrono::milliseconds(1)),
                      [&] { return w.stopping || (w.told && (!report.away || report.one_customer)); });
      news = w.told;
      w.told = false;
    }
    if (w.stopping) break;
  }
  w.running = false;
}

void relay::tell_followers(const std::string &route) {
  for (auto &w : workers_)
    if (w->after == route) w->tell();
}

void relay::signal(const std::string &route) {
  for (auto &w : workers_)
    if (w->name == route) w->tell();
}

void relay::stop() {
  {
    const std::lock_guard lock(stopping_mutex_);
    stopping_ = true;
  }
  stop_leases_.notify_all();
  for (auto &w : workers_) {
    {
      const std::lock_guard lock(w->mutex);
      w->stopping = true;
    }
    w->wake.notify_all();
  }
  for (auto &w : workers_)
    if (w->thread.joinable()) w->thread.join();
  if (!lease_thread_.joinable()) return;
  lease_thread_.join();
  for (auto &[between, leases] : leases_) leases->release();
}

std::vector<route_status> relay::status() const {
  std::vector<route_status> out;
  for (const auto &w : workers_)
    out.push_back({w->name, w->running, w->away, unsigned(w->leases.held().of.size()), w->copied, w->dead, w->waiting});
  return out;
}

std::vector<lease_status> relay::leases() const {
  std::vector<lease_status> out;
  for (const auto &[between, leases] : leases_)
    out.push_back({between.first, between.second, unsigned(leases->held().of.size()), leases->changes()});
  return out;
}

void relay::step_leases() {
  for (auto &[between, leases] : leases_) leases->step();
}

step_report relay::step(const std::string &route, bool news) {
  for (auto &w : workers_)
    if (w->name == route) return w->step(news);
  throw std::out_of_range("there is no copy route " + route);
}

}  // namespace causeway
