// The figures that GET /metrics shows: counted where things happen, or pulled when they are asked for. prometheus-cpp
// keeps them and writes the text; nothing else knows of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace causeway {

// Names and values; values are names of the configuration and of the API, never of customers.
using metric_labels = std::vector<std::pair<std::string, std::string>>;

struct figure {
  metric_labels labels;
  double value = 0;
};

// A histogram as counted elsewhere.
struct distribution {
  metric_labels labels;
  std::vector<std::uint64_t> counts;  // one for each bound, not summed up, and one for what is above the last
  double sum = 0;
};

// What one operation counts of its answers. Any thread; quick: finds nothing by name.
class request_meter {
 public:
  virtual ~request_meter() = default;
  // `status` 100 to 599.
  virtual void answered(int status, std::chrono::nanoseconds took) = 0;
};

// Any thread, but for what adds: before the first text().
class metrics {
 public:
  metrics();
  ~metrics();
  metrics(const metrics &) = delete;
  metrics &operator=(const metrics &) = delete;

  // causeway_http_requests_total by operation and status and causeway_http_request_duration_seconds by operation. The
  // same name gives the same meter; it lives as long as this.
  request_meter &meter(std::string_view operation);

  // What `pull` gives at the time of text(), under this name. It is called on the thread of text() and must be quick; a
  // figure that it leaves out is absent. `sentence` is the metric's help.
  void add_gauge(std::string name, std::string sentence, std::function<std::vector<figure>()> pull);
  void add_counter(std::string name, std::string sentence, std::function<std::vector<figure>()> pull);
  void add_histogram(std::string name, std::string sentence, std::vector<double> bounds,
                     std::function<std::vector<distribution>()> pull);

  // Everything, in the Prometheus text format 0.0.4.
  std::string text() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

// The content type of metrics::text().
inline constexpr const char *metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace causeway
