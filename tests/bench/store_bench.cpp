// What a record store does for one thread that keeps many requests under way.
//
//   store_bench sqlite3 FOLDER            a new file in this folder
//   store_bench postgresql CONNECTION     a database whose tables bench_* it may drop
//   store_bench ... --callers N           requests under way at once (default 64)
//
// Prints requests per second of each verb, and the time that an fdatasync takes where SQLite writes: commits cannot be
// read without it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <mutex>
#include <semaphore>
#include <string>
#include <unistd.h>
#include <vector>

#include "sql/sql_store.hpp"
#include "store/kind_builder.hpp"

namespace {

using namespace causeway;
using steady = std::chrono::steady_clock;

time_point now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

constexpr int customers = 10'000;
std::string csid(std::int64_t number) { return std::to_string(100'000'000 + number % customers); }

// Keeps `callers` requests under way for some seconds; `send` sends the nth and calls its argument when it is answered.
void measure(const char *what, int callers, const std::function<void(int, std::function<void(bool)>)> &send) {
  using namespace std::chrono_literals;
  std::counting_semaphore<> free(callers);
  std::atomic<int> good{0}, bad{0};
  const auto began = steady::now();
  std::vector<double> waits;
  waits.reserve(2'000'000);
  std::mutex mutex;
  int n = 0;
  for (; steady::now() - began < 3s; ++n) {
    free.acquire();
    send(n, [&, sent = steady::now()](bool ok) {
      const double ms = std::chrono::duration<double, std::milli>(steady::now() - sent).count();
      {
        const std::lock_guard lock(mutex);
        waits.push_back(ms);
      }
      ++(ok ? good : bad);
      free.release();
    });
  }
  for (int i = 0; i < callers; ++i) free.acquire();
  const double seconds = std::chrono::duration<double>(steady::now() - began).count();
  std::sort(waits.begin(), waits.end());
  std::printf("%-34s %9.0f/s   median %.2f ms, 99%% %.2f ms, worst %.1f ms%s\n", what, good / seconds,
              waits[waits.size() / 2], waits[waits.size() * 99 / 100], waits.back(), bad ? "   FAULTS" : "");
  std::fflush(stdout);
}

double fdatasync_ms(const std::string &folder) {
  const std::string path = folder + "/fdatasync.probe";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  const char block[4096] = {};
  const auto began = steady::now();
  bool written = true;
  for (int i = 0; i < 50; ++i) written = written && ::write(file, block, sizeof block) > 0 && ::fdatasync(file) == 0;
  const double ms = std::chrono::duration<double, std::milli>(steady::now() - began).count() / 50;
  ::close(file);
  std::filesystem::remove(path);
  return written ? ms : -1;
}

int usage() {
  std::fputs("usage: store_bench sqlite3 FOLDER | postgresql CONNECTION [--callers N]\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 3 && argc != 5) return usage();
  const std::string backend = argv[1];
  if (backend != "sqlite3" && backend != "postgresql") return usage();
  const int callers = argc == 5 ? std::max(1, std::atoi(argv[4])) : 64;

  const auto customer = kind_builder("bench", "customer")
                            .needs("csid", field_type::csid)
                            .needs("name", field_type::text, 200)
                            .maybe("country", field_type::text, 2)
                            .key({"csid"})
                            .versioned()
                            .in_table("bench_customer")
                            .build();
  const auto note = kind_builder("bench", "note")
                        .needs("id", field_type::text, 36)
                        .generated(key_generation::uuid)
                        .needs("csid", field_type::csid)
                        .needs("at", field_type::timestamp)
                        .maybe("text", field_type::text, 4000)
                        .key({"id"})
                        .indexed({"csid", "at", "id"})
                        .in_table("bench_note")
                        .build();
  sql_store_options options;
  options.name = "bench";
  options.dialect = backend == "sqlite3" ? sql_dialect::sqlite3 : sql_dialect::postgresql;
  options.connect = backend == "sqlite3" ? std::string(argv[2]) + "/bench.db" : argv[2];
  options.create = true;
  options.readers = 1;
  options.kinds = {customer, note};
  options.keys = std::make_shared<key_maker>(now, 0);
  options.now = now;
  options.report = [](std::string_view event, std::string_view detail) {
    std::fprintf(stderr, "%.*s: %.*s\n", int(event.size()), event.data(), int(detail.size()), detail.data());
  };
  if (backend == "sqlite3")
    for (const char *end : {"", "-wal", "-shm"}) std::filesystem::remove(options.connect + end);
  sql_store store(options);
  if (const auto ready = store.prepare(now() + std::chrono::seconds(10)); !ready) {
    std::fprintf(stderr, "%s\n", ready.why().detail.c_str());
    return 1;
  }

  const auto deadline = [] { return now() + std::chrono::seconds(30); };
  for (int from = 0; from < customers; from += 1000) {
    unit_of_work unit;
    for (int i = from; i < from + 1000; ++i) {
      record r(customer);
      r["csid"] = csid(i);
      r["name"] = "Customer " + std::to_string(i);
      unit.changes.push_back({change_type::put, std::move(r), 0});
    }
    if (!commit_now(store, std::move(unit), deadline())) return 1;
  }

  std::printf("%s, %d under way", backend.c_str(), callers);
  if (backend == "sqlite3") std::printf(", fdatasync %.2f ms", fdatasync_ms(argv[2]));
  std::printf("\n");
  const auto a_note = [&](int n) {
    record r(note);
    r["csid"] = csid(n);
    r["at"] = "2026-11-21T09:15:00.000Z";
    r["text"] = "A text of some length, as it might be written by an officer about a call that was made.";
    return change{change_type::insert, std::move(r), 0};
  };
  measure("get", callers, [&](int n, const auto &answered) {
    store.get({customer, {csid(std::int64_t(n) * 7919)}}, deadline(),
              [answered](const result<record> &r) { answered(bool(r)); });
  });
  measure("commit of one insert", callers, [&](int n, const auto &answered) {
    store.commit({{a_note(n)}}, deadline(), [answered](const result<commit_outcome> &r) { answered(bool(r)); });
  });
  measure("commit of three inserts", callers, [&](int n, const auto &answered) {
    store.commit({{a_note(n), a_note(n), a_note(n)}}, deadline(),
                 [answered](const result<commit_outcome> &r) { answered(bool(r)); });
  });
  measure("find of 10", callers, [&](int n, const auto &answered) {
    find_request f;
    f.kind = note;
    f.conditions = {{1, csid(std::int64_t(n) * 7919)}};
    f.order = {2, 0};
    f.descending = true;
    f.limit = 10;
    store.find(std::move(f), deadline(), [answered](const result<std::vector<record>> &r) { answered(bool(r)); });
  });
  return 0;
}
