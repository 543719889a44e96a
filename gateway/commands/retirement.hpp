// Ends what a reload has replaced. The last who lets go of it may be a thread that serves, and ending it may take a
// while: so it is ended here, on a thread of its own.
#pragma once

#include <chrono>
#include <memory>

namespace causeway {

// What can be retired: it has work that others gave it, and ends when that is done.
class retiree {
 public:
  virtual ~retiree() = default;
  // Nothing of its work is left, and none comes once nobody holds it.
  virtual bool is_idle() const = 0;
  // Gives up what work is left. May be repeated; blocks.
  virtual void end() = 0;
};

// Any thread, but for `stop`.
class retirement {
 public:
  retirement();
  // Stops.
  ~retirement();
  retirement(const retirement &) = delete;
  retirement &operator=(const retirement &) = delete;

  // Holds it from here on for all who share it: when the last of them lets go, it ends as soon as it is idle, or after
  // a while all the same, and is destroyed.
  template <class T>
  std::shared_ptr<T> share(std::unique_ptr<T> one) {
    T *const is = one.get();
    return std::shared_ptr<T>(take(std::move(one)), is);
  }
  // It gets no more work, and what it has is over after `grace`: then it ends, though it is held.
  void retire(const std::shared_ptr<retiree> &one, std::chrono::milliseconds grace);
  // Ends all that is still held or waits.
  void end_all();
  // Destroys what nobody holds and ends the thread; what is let go of later is destroyed where that happens.
  void stop();

 private:
  struct desk;
  std::shared_ptr<retiree> take(std::unique_ptr<retiree> one);
  std::shared_ptr<desk> desk_;
};

}  // namespace causeway
