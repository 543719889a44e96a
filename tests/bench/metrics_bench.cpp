// What counting one answer costs: nanoseconds for each, on one thread and on two that share a meter.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>
#include <vector>

#include "runtime/metrics.hpp"

namespace {

constexpr int answers = 2'000'000;

// Of this thread's processor time, so that a busy machine does not matter.
double nanoseconds_each(causeway::request_meter &meter) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e9 + double(t.tv_nsec);
  };
  const double begin = now();
  for (int i = 0; i < answers; ++i) meter.answered(i % 16 == 0 ? 404 : 200, std::chrono::microseconds(i % 5000));
  return (now() - begin) / answers;
}

}  // namespace

int main() {
  causeway::metrics all;
  for (int i = 0; i < 50; ++i) all.meter("GET /v1/operation/" + std::to_string(i));
  auto &meter = all.meter("GET /v1/customers/{csid}");
  nanoseconds_each(meter);  // warm
  std::printf("one thread: %.0f ns an answer\n", nanoseconds_each(meter));
  std::vector<double> each(2);
  std::vector<std::thread> threads;
  for (auto &result : each) threads.emplace_back([&] { result = nanoseconds_each(meter); });
  for (auto &thread : threads) thread.join();
  std::printf("two threads, one meter: %.0f ns an answer\n", (each[0] + each[1]) / 2);
  const auto begin = std::chrono::steady_clock::now();
  const auto size = all.text().size();
  const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin);
  std::printf("the text: %zu bytes in %.1f ms\n", size, took.count());
}
