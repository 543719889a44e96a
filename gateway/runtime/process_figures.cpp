#include "runtime/process_figures.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/metrics.hpp"

namespace causeway {

namespace {

// The fields of /proc/self/stat behind the program's name, which may hold anything; the first is field 3.
constexpr int utime = 14, stime = 15, threads = 20, starttime = 22, vsize = 23, rss = 24;

double boot_time() {
  std::ifstream stat("/proc/stat");
  for (std::string word; stat >> word;)
    if (double seconds = 0; word == "btime" && stat >> seconds) return seconds;
  return 0;
}

std::uint64_t count_open_files() {
  std::error_code ec;
  const std::filesystem::directory_iterator all("/proc/self/fd", ec);
  if (ec) return 0;
  const auto count = std::distance(begin(all), end(all));
  return count > 0 ? std::uint64_t(count - 1) : 0;  // without the one that counts
}

}  // namespace

process_figures look_at_process() {
  process_figures out;
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') == line.npos ? line.size() : line.rfind(')') + 1));
  const double ticks = double(sysconf(_SC_CLK_TCK));
  std::string state;
  fields >> state;
  double field = 0;
  for (int number = 4; number <= rss && fields >> field; ++number) {
    if (number == utime || number == stime) out.cpu_seconds += field / ticks;
    if (number == threads) out.threads = std::uint64_t(field);
    if (number == starttime) out.start_time = boot_time() + field / ticks;
    if (number == vsize) out.virtual_bytes = std::uint64_t(field);
    if (number == rss) out.resident_bytes = std::uint64_t(field) * std::uint64_t(sysconf(_SC_PAGESIZE));
  }
  out.open_files = count_open_files();
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) out.most_open_files = files.rlim_cur;
  return out;
}

void add_process_figures(metrics &to) {
  const auto one = [](auto process_figures::*member) {
    return [member] { return std::vector<figure>{{{}, double(look_at_process().*member)}}; };
  };
  to.add_counter("process_cpu_seconds_total", "User and system time spent.", one(&process_figures::cpu_seconds));
  to.add_gauge("process_start_time_seconds", "When the process started, in seconds since 1970.",
               one(&process_figures::start_time));
  to.add_gauge("process_virtual_memory_bytes", "Virtual memory.", one(&process_figures::virtual_bytes));
  to.add_gauge("process_resident_memory_bytes", "Resident memory.", one(&process_figures::resident_bytes));
  to.add_gauge("process_open_fds", "Open file descriptors.", one(&process_figures::open_files));
  to.add_gauge("process_max_fds", "File descriptors that may be open.", one(&process_figures::most_open_files));
  to.add_gauge("process_threads", "Threads.", one(&process_figures::threads));
}

}  // namespace causeway
