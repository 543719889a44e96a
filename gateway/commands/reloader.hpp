// Loads the configuration anew when it is asked to: one reload at a time, on a thread of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "commands/difference.hpp"
#include "runtime/finding.hpp"
#include "runtime/operation.hpp"

namespace causeway {

// What became of a reload. Refused where any finding is an error: then nothing has changed.
struct reload_outcome {
  std::vector<finding> findings;
  std::vector<site_change> changes;  // of one that was taken up
  bool refused() const { return has_errors(findings); }
};

// How many there were.
struct reload_counts {
  std::uint64_t taken = 0;
  std::uint64_t refused = 0;
};

// Any thread, but for `start` and `stop`.
class reloader {
 public:
  // `reload` is called on the reloader's thread and may take its time; what it throws refuses the reload, with a
  // finding at `file`.
  reloader(std::string file, std::function<reload_outcome()> reload);
  // Stops.
  ~reloader();
  reloader(const reloader &) = delete;
  reloader &operator=(const reloader &) = delete;

  void start();
  // Begins no more; who asks is answered 503. One under way goes on.
  void refuse();
  // Refuses, and waits for the one under way. May be repeated.
  void stop();

  // Asks for one. What becomes of it is logged, as always.
  void ask();
  reload_counts counts() const;

  // POST /v1/admin/config/reload, for operators: 200 with what has changed, 422 with every finding. Who asks while one
  // is under way is answered by the next, which reads what stands in the files by then. Not to be called after this is
  // gone.
  operation make_operation(const std::string &home_store);

 private:
  using completion = std::function<void(answer)>;
  void ask(completion done);
  void run();
  reload_outcome reload_once();

  const std::string file_;
  const std::function<reload_outcome()> reload_;
  mutable std::mutex mutex_;
  std::condition_variable asked_;
  std::vector<completion> waiting_;
  bool refusing_ = false;
  reload_counts counts_;
  std::thread thread_;
};

}  // namespace causeway
