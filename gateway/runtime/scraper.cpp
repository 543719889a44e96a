#include "runtime/scraper.hpp"

#include <exception>
#include <utility>

#include "runtime/log.hpp"
#include "runtime/metrics.hpp"
#include "runtime/operators_operation.hpp"

namespace causeway {

namespace {

answer stopping() {
  answer a;
  a.status = 503;
  a.code = "draining";
  a.detail = "The gateway is ending; it is not measured any more.";
  return a;
}

}  // namespace

scraper::scraper(std::function<std::string()> text) : text_(std::move(text)) {}

scraper::~scraper() { stop(); }

void scraper::start() {
  thread_ = std::thread([this] { run(); });
}

void scraper::stop() {
  std::vector<completion> left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(waiting_);
  }
  asked_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const auto &done : left) done(stopping());
}

void scraper::ask(completion done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      waiting_.push_back(std::move(done));
      asked_.notify_all();
      return;
    }
  }
  done(stopping());
}

void scraper::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    asked_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    std::vector<completion> now;
    now.swap(waiting_);
    lock.unlock();
    answer a;
    try {
      a.body = text_();
      a.content_type = metrics_content_type;
    } catch (const std::exception &) {
      log(log_level::error, "the metrics could not be put together");
      a = {};
      a.status = 500;
    }
    for (const auto &done : now) done(a);
    now.clear();
    lock.lock();
  }
}

operation scraper::make_operation(std::vector<std::string> roles) {
  auto op = operators_operation("GET", "/metrics", "The gateway's figures, in the Prometheus text format.");
  op.roles = std::move(roles);
  op.answer_type = "text/plain";
  op.handle = [this](const std::shared_ptr<const call> &, completion done) { ask(std::move(done)); };
  return op;
}

}  // namespace causeway
