// Which gateways on the same stores are alive. Each holds a row of its own and counts it up every second; another is
// dead when its count has stood still for a while of one's own clock, so no two machines' clocks are ever compared.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "causeway/result.hpp"
#include "runtime/clock.hpp"
#include "store/record_store.hpp"

namespace causeway {

// causeway.gateway: slot (0 to 1023, the key), holder (text of 36, one per start of a process), beat; version.
kind_ptr gateway_kind(const std::string &store);

struct membership_options {
  std::chrono::milliseconds beat_every{1'000};
  // How long another's beat must have stood still. With the time between two reads this is less than the 5 s after
  // which what a dead gateway held must be free.
  std::chrono::milliseconds dead_after{3'500};
  // There is no other gateway by construction (an embedded database): whoever else has a row is dead at once.
  bool sole = false;
  // Told of each slot that is taken, before it counts as this gateway's. Must not throw. May be empty.
  std::function<void(unsigned slot)> takes;
};
// With which a gateway that dies or stalls is taken for dead, and what it held may be taken, within `takeover` (500 ms
// or more), a look of `lease_look` included. All gateways on the same stores need the same.
membership_options taken_over_within(std::chrono::milliseconds takeover);
// How often to look whether there is something to take over.
std::chrono::milliseconds lease_look(std::chrono::milliseconds takeover);

// Any thread, but for `step`, `start` and `stop`.
class membership {
 public:
  // `kind` is gateway_kind of the store; `store` and `time` outlive this.
  membership(record_store &store, kind_ptr kind, const clock &time, membership_options options = {});
  ~membership();
  membership(const membership &) = delete;
  membership &operator=(const membership &) = delete;

  // Takes one step, then one every `beat_every` on a thread of its own.
  void start();
  // Ends the thread and gives the slot back, so that others need not wait. Also done by the destructor.
  void stop();

  // Takes a slot where there is none yet, else counts up; then reads what the others have. One caller at a time; waits
  // for the store, no longer than `dead_after`.
  void step();

  // Whether a slot was taken, and which, 0 to 1023. It changes only where this gateway was dead for the others and
  // its slot was needed.
  bool joined() const;
  unsigned slot() const;
  // This gateway's name among the others: a UUID of its own for each start of the process.
  const std::string &id() const { return id_; }
  // Whether that gateway may still be at work; one's own id always is. An id that nobody holds is dead, once the others
  // have been read since it was first asked for: its holder may have come after the last read.
  bool alive(std::string_view id) const;
  // Gateways alive, this one included; at least 1.
  std::size_t size() const;
  // Whether the others may take this one for dead: it could not count up for too long, or has no slot. What it holds
  // may be another's by now.
  bool fenced() const;

 private:
  struct sighting {
    std::int64_t beat = 0;
    std::chrono::milliseconds changed{};  // when it was first seen with this beat
  };
  // By slot. One holder has two rows where it took another slot before an insert that it had given up for lost arrived:
  // it is alive while either of them is.
  using sightings = std::map<unsigned, sighting>;

  bool is_alive(const sighting &of) const;
  bool is_alive(const sightings &of) const;
  bool is_dead(const record &row) const;
  void join(const std::vector<record> &rows);
  bool adopt(const std::vector<record> &rows);
  void beat();
  result<std::vector<record>> read();
  void see(const std::vector<record> &rows, std::chrono::milliseconds begun);
  time_point deadline() const;
  record row_of(unsigned slot, std::int64_t beat) const;

  record_store &store_;
  const kind_ptr kind_;
  const clock &time_;
  const membership_options options_;
  const std::string id_;

  mutable std::mutex mutex_;
  std::map<std::string, sightings, std::less<>> others_;  // by holder
  bool joined_ = false;
  unsigned slot_ = 0;
  std::int64_t beat_ = 0;
  std::int64_t version_ = 0;
  // Who was asked for and not seen, and when that was.
  mutable std::map<std::string, std::chrono::milliseconds, std::less<>> unseen_;
  bool has_read_ = false;
  std::chrono::milliseconds read_begun_{};  // of the last read
  std::chrono::milliseconds last_read_{};
  std::chrono::milliseconds last_beat_{};  // when the last write that succeeded was begun

  std::mutex thread_mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace causeway
