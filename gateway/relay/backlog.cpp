// All is asked for at once. Answers that come too late find a place of their own to go to, which nobody looks at.
#include "relay/backlog.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "relay/outbox.hpp"

namespace causeway {

struct backlog::reading {
  struct of_route {
    std::optional<std::int64_t> pending;
    std::optional<std::int64_t> dead;
    std::optional<std::optional<time_point>> oldest;  // nothing pending: no time
  };
  std::mutex mutex;
  std::condition_variable all_done;
  std::vector<of_route> routes;
  std::size_t open = 0;

  template <class Keep>
  void came(Keep keep) {
    const std::lock_guard lock(mutex);
    keep();
    if (--open == 0) all_done.notify_all();
  }
};

backlog::backlog(std::vector<copy_route> routes, std::map<std::string, record_store *> sources, const clock &time,
                 backlog_options options)
    : routes_(std::move(routes)), sources_(std::move(sources)), time_(time), options_(options) {}

backlog::~backlog() = default;

const std::vector<route_backlog> &backlog::look() {
  const auto now = time_.elapsed();
  if (has_read_ && now - read_at_ < options_.valid_for) return last_;
  last_ = read();
  has_read_ = true;
  read_at_ = now;
  return last_;
}

std::vector<route_backlog> backlog::read() const {
  const auto all = std::make_shared<reading>();
  all->routes.resize(routes_.size());
  all->open = 3 * routes_.size();
  const auto deadline = time_.steady() + options_.patience;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const std::string &name = routes_[i].map->from()->store;
    record_store &store = *sources_.at(name);
    const kind_ptr outbox = outbox_kind(name);
    const auto counted = [all, i](auto member) {
      return [all, i, member](const result<std::int64_t> &n) {
        all->came([&] {
          if (n) all->routes[i].*member = *n;
        });
      };
    };
    const auto in_state = [&](copy_state state) { return copies_in_state(outbox, routes_[i].name, state, 0, 1); };
    store.count(in_state(copy_state::pending), deadline, counted(&reading::of_route::pending));
    store.count(in_state(copy_state::dead), deadline, counted(&reading::of_route::dead));
    store.find(in_state(copy_state::pending), deadline, [all, i](const result<std::vector<record>> &rows) {
      all->came([&] {
        if (!rows) return;
        all->routes[i].oldest.emplace();
        if (!rows->empty()) *all->routes[i].oldest = read_copy(rows->front()).created;
      });
    });
  }
  std::unique_lock lock(all->mutex);
  all->all_done.wait_for(lock, options_.patience, [&] { return all->open == 0; });
  const auto now = time_.now();
  std::vector<route_backlog> out;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const auto &found = all->routes[i];
    if (!found.pending || !found.dead || !found.oldest) continue;
    const auto age = *found.oldest ? now - **found.oldest : std::chrono::milliseconds(0);
    out.push_back(
        {routes_[i].name, *found.pending, *found.dead, std::max(0.0, std::chrono::duration<double>(age).count())});
  }
  return out;
}

}  // namespace causeway
