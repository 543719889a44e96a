// A place where work runs one piece after the other.
#pragma once

#include <functional>

namespace causeway {

class executor {
 public:
  virtual ~executor() = default;
  // Runs `work` soon, never before this returns, never two at once. Any thread. `work` must not throw.
  virtual void post(std::function<void()> work) = 0;
};

}  // namespace causeway
