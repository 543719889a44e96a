// Requests are counted in prometheus-cpp's own counters, found once per operation and status; all else is pulled into
// the shape that its serializer takes.
#include "runtime/metrics.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <limits>
#include <map>
#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace causeway {

namespace {

constexpr int first_status = 100;
constexpr int last_status = 599;

// Seconds, from a read out of memory to the longest deadline that is usual.
const prometheus::Histogram::BucketBoundaries duration_bounds{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

class operation_meter final : public request_meter {
 public:
  operation_meter(const std::string &operation, prometheus::Family<prometheus::Counter> &requests,
                  prometheus::Family<prometheus::Histogram> &durations)
      : operation_(operation),
        requests_(requests),
        duration_(durations.Add({{"operation", operation}}, duration_bounds)) {}

  void answered(int status, std::chrono::nanoseconds took) override {
    if (status < first_status || status > last_status) return;
    auto &slot = by_status_[std::size_t(status - first_status)];
    prometheus::Counter *counter = slot.load(std::memory_order_acquire);
    if (counter == nullptr) {
      // The first of its kind; two at once are given the same one.
      counter = &requests_.Add({{"operation", operation_}, {"status", std::to_string(status)}});
      slot.store(counter, std::memory_order_release);
    }
    counter->Increment();
    duration_.Observe(std::chrono::duration<double>(took).count());
  }

 private:
  const std::string operation_;
  prometheus::Family<prometheus::Counter> &requests_;
  prometheus::Histogram &duration_;
  std::array<std::atomic<prometheus::Counter *>, last_status - first_status + 1> by_status_{};
};

prometheus::ClientMetric labelled(const metric_labels &labels) {
  prometheus::ClientMetric metric;
  for (const auto &[name, content] : labels) metric.label.push_back({name, content});
  return metric;
}

void fill(prometheus::ClientMetric &metric, const distribution &from, const std::vector<double> &bounds) {
  auto &to = metric.histogram;
  to.sample_sum = from.sum;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    to.sample_count += i < from.counts.size() ? from.counts[i] : 0;
    to.bucket.push_back({to.sample_count, i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity()});
  }
}

}  // namespace

struct metrics::parts {
  using family = prometheus::MetricFamily;

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter> &requests =
      prometheus::BuildCounter()
          .Name("causeway_http_requests_total")
          .Help("Requests answered, by operation (its path as declared; \"none\" where there is none) and status.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram> &durations =
      prometheus::BuildHistogram()
          .Name("causeway_http_request_duration_seconds")
          .Help("From when a request's head was read until its answer was ready to be sent.")
          .Register(registry);
  std::mutex mutex;
  std::map<std::string, operation_meter, std::less<>> meters;  // under the mutex
  std::vector<std::function<family()>> pulled;

  template <class Pull, class Fill>
  void add(std::string name, std::string sentence, prometheus::MetricType type, Pull pull, Fill fill_one) {
    pulled.push_back([name = std::move(name), sentence = std::move(sentence), type, pull = std::move(pull), fill_one] {
      family made{name, sentence, type, {}};
      for (const auto &one : pull()) {
        made.metric.push_back(labelled(one.labels));
        fill_one(made.metric.back(), one);
      }
      return made;
    });
  }
};

metrics::metrics() : parts_(std::make_unique<parts>()) {}
metrics::~metrics() = default;

request_meter &metrics::meter(std::string_view operation) {
  const std::lock_guard lock(parts_->mutex);
  const auto found = parts_->meters.find(operation);
  if (found != parts_->meters.end()) return found->second;
  const std::string name(operation);
  return parts_->meters.try_emplace(name, name, parts_->requests, parts_->durations).first->second;
}

void metrics::add_gauge(std::string name, std::string sentence, std::function<std::vector<figure>()> pull) {
  parts_->add(std::move(name), std::move(sentence), prometheus::MetricType::Gauge, std::move(pull),
              [](prometheus::ClientMetric &to, const figure &from) { to.gauge.value = from.value; });
}

void metrics::add_counter(std::string name, std::string sentence, std::function<std::vector<figure>()> pull) {
  parts_->add(std::move(name), std::move(sentence), prometheus::MetricType::Counter, std::move(pull),
              [](prometheus::ClientMetric &to, const figure &from) { to.counter.value = from.value; });
}

void metrics::add_histogram(std::string name, std::string sentence, std::vector<double> bounds,
                            std::function<std::vector<distribution>()> pull) {
  parts_->add(
      std::move(name), std::move(sentence), prometheus::MetricType::Histogram, std::move(pull),
      [bounds = std::move(bounds)](prometheus::ClientMetric &to, const distribution &from) { fill(to, from, bounds); });
}

std::string metrics::text() const {
  auto families = parts_->registry.Collect();
  for (const auto &pull : parts_->pulled)
    if (auto one = pull(); !one.metric.empty()) families.push_back(std::move(one));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace causeway
