// The queue between callers and workers: what is taken together, whose turn it is, and what is refused.
#include "sql/job_queue.hpp"

#include <array>
#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace causeway::sql {
namespace {

using namespace std::chrono_literals;

constexpr lane_choice reads{true, false}, writes{false, true}, both{true, true};

// A job of which only the lane counts.
struct plain_job final : job {
  explicit plain_job(verb w) : job(w, time_point::max()) {}
  bool answered() const override { return false; }
  void fail(const fault &) override {}
};

job_queue::accepted push(job_queue &queue, verb what) {
  job_ptr one = std::make_unique<plain_job>(what);
  return queue.push(one);
}

TEST(JobQueue, gives_all_that_waits_in_a_lane_as_one_batch) {
  job_queue queue(10, false);
  push(queue, verb::get);
  push(queue, verb::commit);
  push(queue, verb::find);
  EXPECT_EQ(queue.take(both, 10, 0ms).jobs.size(), 2u) << "the reads, which came first";
  EXPECT_EQ(queue.take(both, 10, 0ms).jobs.size(), 1u) << "the write: another worker's";
}

TEST(JobQueue, keeps_what_comes_for_the_worker_that_will_soon_be_back) {
  job_queue queue(10, false, 1h);
  push(queue, verb::get);
  const auto first = queue.take(both, 10, 0ms);
  push(queue, verb::get);
  push(queue, verb::get);
  EXPECT_TRUE(queue.take(both, 10, 1ms).jobs.empty()) << "another worker";
  EXPECT_EQ(queue.take(both, 10, 0ms, first.turn).jobs.size(), 2u) << "the same, back again";
}

TEST(JobQueue, keeps_no_lane_for_the_worker_of_another) {
  job_queue queue(10, false, 1h);
  push(queue, verb::commit);
  queue.take(both, 10, 0ms);
  push(queue, verb::get);
  EXPECT_EQ(queue.take(both, 10, 0ms).jobs.size(), 1u);
}

TEST(JobQueue, is_free_for_everybody_when_a_worker_has_come_back_and_found_nothing) {
  job_queue queue(10, false, 1h);
  push(queue, verb::get);
  const auto first = queue.take(both, 10, 0ms);
  EXPECT_TRUE(queue.take(both, 10, 0ms, first.turn).jobs.empty());
  push(queue, verb::get);
  EXPECT_EQ(queue.take(both, 10, 0ms).jobs.size(), 1u);
}

TEST(JobQueue, lets_another_take_over_from_a_worker_that_does_not_come_back) {
  job_queue queue(10, false, 1ms);
  push(queue, verb::get);
  queue.take(both, 10, 0ms);
  push(queue, verb::get);
  EXPECT_EQ(queue.take(both, 10, 1h).jobs.size(), 1u);
}

TEST(JobQueue, wakes_whoever_already_waits_to_take_over) {
  job_queue queue(10, true, 1ms);
  push(queue, verb::get);
  queue.take(reads, 10, 0ms);
  std::size_t taken = 0;
  std::thread other([&] { taken = queue.take(reads, 10, 1h).jobs.size(); });
  push(queue, verb::get);
  other.join();
  EXPECT_EQ(taken, 1u);
}

// Workers that take until the queue is closed.
class crew {
 public:
  crew(job_queue &queue, int workers) : queue_(queue) {
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this, i] { work(i); });
    wait_until_asleep();
  }
  ~crew() {
    queue_.close();
    for (auto &t : threads_) t.join();
  }
  crew(const crew &) = delete;
  crew &operator=(const crew &) = delete;

  // Who took what was pushed, when all sleep again.
  int taker_of(verb what) {
    taker_ = -1;
    push(queue_, what);
    while (taker_ < 0) std::this_thread::yield();
    wait_until_asleep();
    return taker_;
  }

 private:
  void work(int number) {
    ids_[std::size_t(number)] = gettid();
    for (job_queue::taken batch;;) {
      batch = queue_.take(both, 10, 1h, batch.turn);
      if (batch.closed) return;
      taker_ = number;
    }
  }
  void wait_until_asleep() const {
    for (std::size_t i = 0; i < threads_.size(); ++i)
      while (state_of(ids_[i]) != 'S') std::this_thread::yield();
  }
  // As /proc/[pid]/task/[tid]/stat says, behind the name in brackets (proc(5)).
  static char state_of(int id) {
    if (id == 0) return 'R';
    std::string all;
    std::getline(std::ifstream("/proc/self/task/" + std::to_string(id) + "/stat"), all);
    return all.at(all.rfind(')') + 2);
  }

  job_queue &queue_;
  std::array<std::atomic<int>, 8> ids_{};
  std::atomic<int> taker_{-1};
  std::vector<std::thread> threads_;
};

TEST(JobQueue, wakes_the_worker_that_was_the_last_to_work) {
  job_queue queue(10, false);
  crew workers(queue, 3);
  const int first = workers.taker_of(verb::get);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(workers.taker_of(verb::get), first);
}

TEST(JobQueue, shares_what_is_too_much_for_one_batch) {
  job_queue queue(10, false, 1h);
  for (int i = 0; i < 5; ++i) push(queue, verb::get);
  EXPECT_EQ(queue.take(both, 3, 0ms).jobs.size(), 3u);
  EXPECT_EQ(queue.take(both, 3, 0ms).jobs.size(), 2u) << "another worker, at once";
}

TEST(JobQueue, refuses_what_is_too_much_and_what_comes_after_its_end) {
  job_queue queue(2, true, 1h);
  EXPECT_EQ(push(queue, verb::get), job_queue::accepted::yes);
  EXPECT_EQ(push(queue, verb::commit), job_queue::accepted::yes);
  EXPECT_EQ(push(queue, verb::get), job_queue::accepted::full) << "both lanes count";
  queue.close();
  EXPECT_EQ(push(queue, verb::get), job_queue::accepted::closed);
  EXPECT_EQ(queue.take(reads, 10, 1h).jobs.size(), 1u) << "what waits is still given out";
  EXPECT_TRUE(queue.take(reads, 10, 1h).closed);
  EXPECT_EQ(queue.take(writes, 10, 1h).jobs.size(), 1u);
}

}  // namespace
}  // namespace causeway::sql
