// The threads of one store, each with its connection.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sql/batch.hpp"
#include "sql/connection.hpp"
#include "sql/file_lock.hpp"
#include "sql/job_queue.hpp"

namespace causeway::sql {

struct worker_options {
  std::string store;  // its name, for messages
  connect_options connect;
  unsigned readers = 2;
  batch_context context;
};

// Every function from any thread but the workers' own, unless it says otherwise.
class worker_group {
 public:
  worker_group(worker_options options, job_queue &queue);
  ~worker_group() { stop(); }

  void start();
  // After the queue is closed: ends the threads when they have answered what waits.
  void stop();

  // Whether there is a connection for this lane. Also from workers.
  bool serves(lane which) const { return connected_[std::size_t(which)].load(std::memory_order_acquire) > 0; }
  // Whether there is one for every lane that there is work for.
  bool serving() const { return serves(lane::read) && (options_.connect.read_only || serves(lane::write)); }
  // How many connections there are for it.
  std::size_t connections(lane which) const {
    return std::size_t(connected_[std::size_t(which)].load(std::memory_order_relaxed));
  }
  // What requests are told while there is none.
  fault away_fault() const;
  // Answers all that waits in the lane with it.
  void give_up(lane which);
  // `unavailable` with the reason, at the deadline or as soon as another gateway is found to have the file.
  result<done> wait_until_serving(time_point deadline);

 private:
  void run(lane_choice lanes, bool read_only);
  std::unique_ptr<connection> connect(lane_choice lanes, bool read_only);
  void disconnected(lane_choice lanes);
  bool work(std::unique_ptr<connection> &on, std::vector<job_ptr> &jobs, lane_choice lanes, bool read_only);
  bool pause(std::chrono::milliseconds time);

  const worker_options options_;
  job_queue &queue_;
  std::unique_ptr<file_lock> lock_;  // SQLite, unless it is only read
  std::array<std::atomic<int>, 2> connected_{};
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool taken_ = false;  // another gateway has the file
  std::string reason_;  // of the last failure to connect
};

}  // namespace causeway::sql
