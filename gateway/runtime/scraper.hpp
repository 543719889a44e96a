// Puts the metrics' text together on a thread of its own, so that no request waits for it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/operation.hpp"

namespace causeway {

// Any thread, but for `start` and `stop`.
class scraper {
 public:
  // `text` is called on the scraper's thread and may block for a moment; those who asked meanwhile get the next one,
  // all of them the same.
  explicit scraper(std::function<std::string()> text);
  // Stops.
  ~scraper();
  scraper(const scraper &) = delete;
  scraper &operator=(const scraper &) = delete;

  void start();
  // Answers those who wait, and who comes later, 503. May be repeated.
  void stop();

  // GET /metrics, for callers of these roles; none: for anyone. Not to be called after this is gone.
  operation make_operation(std::vector<std::string> roles);

 private:
  using completion = std::function<void(answer)>;
  void ask(completion done);
  void run();

  const std::function<std::string()> text_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::vector<completion> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace causeway
