// One plugin at work: calls go in, what it asks of the gateway comes out.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "causeway/abi.h"
#include "host/binding.hpp"
#include "host/call_table.hpp"
#include "host/host_options.hpp"

namespace causeway {

// Any thread, unless said otherwise. Stands still in memory: the plugin holds its address.
class plugin_instance {
 public:
  enum class state { serving, stuck, stopped };

  // Makes the plugin's own instance. Null, with the plugin's words in `problem`, where it refuses its settings.
  static std::shared_ptr<plugin_instance> create(bound_plugin plugin, const plugin_host_options &site,
                                                 std::string &problem);
  plugin_instance(bound_plugin plugin, const plugin_host_options &site);
  plugin_instance(const plugin_instance &) = delete;
  plugin_instance &operator=(const plugin_instance &) = delete;

  const bound_plugin &plugin() const { return plugin_; }
  // Stuck: more calls than may be are open beyond their deadline.
  state now() const;

  // Hands a call to the plugin; on the call's executor.
  void begin(std::uint32_t operation, std::shared_ptr<const call> asked, std::function<void(answer)> done);

  // New calls are answered 503 from now on.
  void refuse_calls();
  // Nothing is open: no call, no callback, no function of the plugin running.
  bool is_idle() const;
  std::size_t open_calls() const { return calls_.size(); }
  // Ends the plugin's own instance; idle, and after refuse_calls. Once.
  void destroy();
  // Answers every open call 503; the plugin's own instance stays, and may still ask and answer in vain.
  void abandon();

 private:
  // Where the outcome of a get, find or commit goes.
  struct completion {
    cw_done done;
    void *state;
    cw_call id;
    std::shared_ptr<open_call> of;
  };

  static plugin_instance &self(void *context) { return *static_cast<plugin_instance *>(context); }

  // What is lent to the plugin.
  std::uint32_t take(cw_call id, const cw_answer *given);
  void get(cw_call id, std::uint32_t kind, const cw_value *key, std::size_t count, cw_done done, void *state);
  void find(cw_call id, const cw_query *query, cw_done done, void *state);
  void commit(cw_call id, const cw_unit *unit, cw_done done, void *state);
  void map(std::uint32_t from, std::uint32_t to, const cw_value *values, cw_done done, void *state);
  std::size_t new_key(std::uint32_t kind, char *buffer, std::size_t capacity);
  void write_log(std::uint32_t level, cw_text message) const;

  // The call that a host function was asked for, as long as it is open and in time; where not, `done` is served.
  std::optional<completion> enter(cw_call id, cw_done done, void *state);
  // Null, or what is wrong with the query or unit: a constant phrase.
  const char *take_query(const cw_query *from, find_request &to, const bound_kind *&kind) const;
  const char *take_change(const cw_change &from, change &to, const bound_kind *&kind) const;

  // Brings an outcome onto the call's executor and from there to the plugin; `deliver(to, content)` where it is good.
  template <class T, class Deliver>
  void bring(completion &&to, result<T> &&outcome, Deliver deliver);
  void fail(completion to, fault why);
  // The plugin has a defect.
  void refuse(completion to, const char *why);
  void give(const completion &to, const cw_outcome &outcome, const cw_row *rows, std::size_t count);
  void give(const completion &to, const fault &why);
  void give(const completion &to, const bound_kind &kind, const record *records, std::size_t count);
  void broke(const char *rule, const call *asked) const;
  void log_fault(outcome what) const;
  // Of overdue calls, counted anew at most every 100 ms.
  std::size_t count_overdue(time_point at) const;

  bound_plugin plugin_;
  // Copies of what the site has, so that an abandoned instance finds all it needs.
  std::map<std::string, std::shared_ptr<record_store>> stores_;
  std::shared_ptr<key_maker> keys_;
  std::shared_ptr<const clock> clock_;
  std::size_t overdue_most_;

  cw_host host_{};
  void *instance_ = nullptr;
  call_table calls_;
  std::atomic<bool> refusing_{false};
  std::atomic<bool> stopped_{false};
  std::atomic<std::size_t> active_{0};  // functions of the plugin that run, and callbacks that are outstanding
  mutable std::atomic<std::int64_t> counted_at_{0};
  mutable std::atomic<std::size_t> overdue_{0};
};

}  // namespace causeway
