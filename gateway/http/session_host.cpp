// What sessions share: what is served, and who is open.
#include "http/session.hpp"

namespace causeway::http {

terms session_host::current() {
  const std::lock_guard lock(mutex);
  return now;
}

std::shared_ptr<const server_limits> session_host::current_limits() {
  const std::lock_guard lock(mutex);
  return now.limits;
}

bool session_host::add(const std::shared_ptr<session> &one) {
  const std::lock_guard lock(mutex);
  if (open.size() >= now.limits->connections) return false;
  open.emplace(one.get(), one);
  connections = open.size();
  return true;
}

void session_host::remove(session *one) {
  const std::lock_guard lock(mutex);
  open.erase(one);
  connections = open.size();
  if (open.empty()) ended.notify_all();
}

std::vector<std::shared_ptr<session>> session_host::all() {
  std::vector<std::shared_ptr<session>> held;
  const std::lock_guard lock(mutex);
  for (const auto &[unused, weak] : open)
    if (auto one = weak.lock()) held.push_back(std::move(one));
  return held;
}

}  // namespace causeway::http
