#include "relay/relay.hpp"

#include <algorithm>
#include <exception>
#include <random>
#include <stdexcept>
#include <tuple>
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

struct relay::counts {
  std::atomic<std::uint64_t> copied{0};
  std::atomic<std::uint64_t> dead{0};
  std::atomic<std::uint64_t> waiting{0};
};

struct relay::worker {
  worker(const copy_route &route, const relay_store &source, const relay_store &target,
         std::shared_ptr<lease_keeper> by, const clock &time, const relay_options &with, std::function<double()> random,
         std::shared_ptr<counts> of)
      : does(route),
        target_kinds(target.kinds),
        options(with),
        leases(std::move(by)),
        sum(std::move(of)),
        work(route, *source.content, *target.content, target.kinds, *leases, time, options, std::move(random)) {}

  const copy_route does;
  const std::vector<kind_ptr> target_kinds;
  const relay_options options;
  const std::shared_ptr<lease_keeper> leases;
  const std::shared_ptr<counts> sum;
  copier work;
  std::mutex mutex;
  std::condition_variable wake;
  bool told = false;
  bool stopping = false;
  std::thread thread;
  std::atomic<bool> running{false};
  std::atomic<bool> away{false};

  // Whether it does what would be done for these.
  bool is_as(const copy_route &route, const relay_store &target, const relay_options &with) const {
    return does.name == route.name && does.after == route.after && !route.mapping_version.empty() &&
           does.mapping_version == route.mapping_version && does.map->from() == route.map->from() &&
           does.map->to() == route.map->to() && target_kinds == target.kinds && options == with;
  }

  step_report step(bool news = false) {
    const step_report report = work.step(news);
    sum->copied += report.copied;
    sum->dead += report.dead;
    sum->waiting += report.waiting;
    away = report.away;
    return report;
  }
  // Told once is enough: while its target is away it sleeps on, and would be woken by every record that comes.
  void tell() {
    {
      const std::lock_guard lock(mutex);
      if (std::exchange(told, true)) return;
    }
    wake.notify_one();
  }
  std::size_t partitions() const { return leases->held().of.size(); }
};

std::vector<kind_ptr> relay_kinds(const std::string &store, const std::vector<copy_route> &routes) {
  const auto any = [&](auto &&side) {
    return std::any_of(routes.begin(), routes.end(), [&](const copy_route &r) { return side(r)->store == store; });
  };
  std::vector<kind_ptr> kinds;
  if (any([](const copy_route &r) { return r.map->from(); })) {
    kinds.push_back(outbox_kind(store));
    kinds.push_back(copied_kind(store));
    kinds.push_back(attempt_kind(store));
    kinds.push_back(lease_kind(store));
  }
  if (any([](const copy_route &r) { return r.map->to(); })) kinds.push_back(fence_kind(store));
  return kinds;
}

relay::relay(const relay_options &options, const std::map<std::string, relay_store> &stores,
             const std::vector<copy_route> &routes, const membership &members, const clock &time,
             std::function<double()> random)
    : members_(members), time_(time), random_(std::move(random)), look_(options.look) {
  std::tie(workers_, leases_) = plan(options, stores, routes);
}

std::pair<relay::workers, relay::keepers> relay::plan(const relay_options &options,
                                                      const std::map<std::string, relay_store> &stores,
                                                      const std::vector<copy_route> &routes) {
  const auto store_named = [&](const std::string &name) -> const relay_store & {
    const auto found = stores.find(name);
    if (found == stores.end())
      throw std::invalid_argument("a copy route names the store " + name + ", which is not there");
    return found->second;
  };
  workers planned;
  keepers between;
  for (const copy_route &route : routes) {
    if (const auto faults = faults_of(route, routes); !faults.empty()) throw std::invalid_argument(faults.front());
    const std::string from = route.map->from()->store, to = route.map->to()->store;
    const relay_store &source = store_named(from), &target = store_named(to);
    auto &leases = between[{from, to}];
    if (const auto kept = leases_.find({from, to}); !leases && kept != leases_.end()) leases = kept->second;
    if (!leases)
      leases = std::make_shared<lease_keeper>(*source.content, lease_kind(from), *target.content, fence_kind(to),
                                              members_, time_, options.patience);
    const auto same =
        std::find_if(workers_.begin(), workers_.end(), [&](const auto &w) { return w->is_as(route, target, options); });
    if (same != workers_.end()) {
      planned.push_back(*same);
      continue;
    }
    auto &sum = counts_[route.name];
    if (!sum) sum = std::make_shared<counts>();
    planned.push_back(
        std::make_shared<worker>(route, source, target, leases, time_, options, random_ ? random_ : chance(), sum));
  }
  return {std::move(planned), std::move(between)};
}

relay::~relay() { stop(); }

void relay::start() {
  started_ = true;
  lease_thread_ = std::thread([this] { keep_leases(); });
  for (auto &w : workers_) begin(*w);
}

void relay::adopt(const relay_options &options, const std::map<std::string, relay_store> &stores,
                  const std::vector<copy_route> &routes, const std::function<void()> &at_rest) {
  auto [next, between] = plan(options, stores, routes);
  const auto without = [](const workers &all, const workers &these) {
    workers rest;
    for (const auto &w : all)
      if (std::find(these.begin(), these.end(), w) == these.end()) rest.push_back(w);
    return rest;
  };
  const workers ending = without(workers_, next), beginning = without(next, workers_);
  end(ending);
  at_rest();
  {
    const std::lock_guard lock(mutex_);
    std::swap(workers_, next);
    std::swap(leases_, between);
    news_ = true;
  }
  look_again_.notify_all();
  if (started_)
    for (const auto &w : beginning) begin(*w);
  // A step that began before may have these still; one that begins now has not.
  const std::lock_guard no_step(stepping_);
  for (const auto &[stores_of, leases] : between)
    if (!leases_.contains(stores_of)) leases->release();
}

void relay::keep_leases() {
  std::unique_lock lock(mutex_);
  do {
    news_ = false;
    const workers those = workers_;
    lock.unlock();
    std::vector<std::size_t> before;
    for (const auto &w : those) before.push_back(w->partitions());
    step_leases();
    for (std::size_t i = 0; i < those.size(); ++i)
      if (those[i]->partitions() > before[i]) those[i]->tell();
    lock.lock();
    look_again_.wait_for(lock, look_, [this] { return stopping_ || news_; });
  } while (!stopping_);
}

void relay::begin(worker &w) {
  w.running = true;
  w.thread = std::thread([this, &w] { run(w); });
}

void relay::run(worker &w) {
  for (bool news = false;;) {
    step_report report;
    report.wait = w.options.poll;
    try {
      report = w.step(news);
    } catch (const std::exception &thrown) {
      w.away = true;
      log(log_level::error, "A copy route met what it does not know; it tries again.",
          {{"route", w.does.name}, {"kind", typeid(thrown).name()}});
    }
    if (report.copied > 0) tell_followers(w.does.name);
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
  const std::lock_guard lock(mutex_);
  for (auto &w : workers_)
    if (w->does.after == route) w->tell();
}

void relay::signal(const std::string &route) {
  const std::lock_guard lock(mutex_);
  for (auto &w : workers_)
    if (w->does.name == route) w->tell();
}

void relay::end(const workers &these) {
  for (const auto &w : these) {
    {
      const std::lock_guard lock(w->mutex);
      w->stopping = true;
    }
    w->wake.notify_all();
  }
  for (const auto &w : these)
    if (w->thread.joinable()) w->thread.join();
}

void relay::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  look_again_.notify_all();
  end(workers_);
  if (!lease_thread_.joinable()) return;
  lease_thread_.join();
  for (auto &[between, leases] : leases_) leases->release();
}

std::vector<route_status> relay::status() const {
  const std::lock_guard lock(mutex_);
  std::vector<route_status> out;
  for (const auto &w : workers_)
    out.push_back(
        {w->does.name, w->running, w->away, unsigned(w->partitions()), w->sum->copied, w->sum->dead, w->sum->waiting});
  return out;
}

std::vector<lease_status> relay::leases() const {
  const std::lock_guard lock(mutex_);
  std::vector<lease_status> out;
  for (const auto &[between, leases] : leases_)
    out.push_back({between.first, between.second, unsigned(leases->held().of.size()), leases->changes()});
  return out;
}

void relay::step_leases() {
  const std::lock_guard one_at_a_time(stepping_);
  const keepers all = [this] {
    const std::lock_guard lock(mutex_);
    return leases_;
  }();
  for (const auto &[between, leases] : all) leases->step();
}

step_report relay::step(const std::string &route, bool news) {
  for (auto &w : workers_)
    if (w->does.name == route) return w->step(news);
  throw std::out_of_range("there is no copy route " + route);
}

}  // namespace causeway
