// Copies that the target is given one by one: whose turn it is, and what those that it did not take say about it. Pure:
// the carrier gives them and tells how that went.
//
// A target that is away and copies that it cannot take now (a row that somebody holds locked, one that it has no room
// for, a trigger that never ends) look alike, and are told apart by whether it takes others. So each time that it took
// none one more is tried, of other customers than the last time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace causeway {

// A copy to be tried.
struct candidate {
  std::size_t place = 0;  // in its batch
  std::int64_t id = 0;
  std::string_view csid;
  bool failed_before = false;
};

// What is known of the target before.
enum class target_showed { nothing, takes_others, takes_none };

enum class trial_verdict {
  fair,      // those not taken are to blame themselves
  away,      // the target is, as it seems; none of `unblamed` is to blame
  in_doubt,  // only copies that failed before were tried, and they do not stand for the target; none is to blame
};

class trials {
 public:
  // In a row without one that was taken, that are tried at most.
  static constexpr std::size_t most_in_vain = 16;

  // Begins with these, of one customer in the order of their ids, and says in which order they are to be tried:
  // customer by customer, those whose copies failed before last; but first those whose turn did not come the last time.
  std::vector<candidate> begin(std::vector<candidate> all, target_showed what);
  // Whether another one is to be tried.
  bool goes_on() const;
  void taken();
  // A fault that may pass. Any other says nothing.
  void not_taken(const candidate &c);
  trial_verdict end();
  // Places, after `end`.
  const std::vector<std::size_t> &unblamed() const { return in_vain_; }

 private:
  struct turn {  // of a customer: by its first copy
    bool failed_before = false;
    std::int64_t id = 0;
    auto operator<=>(const turn &) const = default;
  };

  std::size_t fruitless_ = 0;  // times in a row that none was taken
  std::optional<turn> last_;   // that was tried in vain then

  std::map<std::string_view, turn> turns_;  // by customer
  turn last_tried_;
  bool takes_ = false;
  bool doubted_ = false;              // one that did not fail before was not taken, since the last one taken
  std::vector<std::size_t> in_vain_;  // since the last one taken
};

}  // namespace causeway
