#include "relay/trials.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace causeway {

std::vector<candidate> trials::begin(std::vector<candidate> all, target_showed what) {
  takes_ = what == target_showed::takes_others;
  doubted_ = what == target_showed::takes_none;
  in_vain_.clear();
  turns_.clear();
  for (const candidate &c : all) turns_.try_emplace(c.csid, turn{c.failed_before, c.id});
  const auto key = [&](const candidate &c) {
    const turn &of = turns_.at(c.csid);
    return std::tuple(last_ && of <= *last_, of, c.id);
  };
  std::sort(all.begin(), all.end(), [&](const candidate &a, const candidate &b) { return key(a) < key(b); });
  return all;
}

bool trials::goes_on() const { return in_vain_.size() <= (takes_ ? most_in_vain : std::min(fruitless_, most_in_vain)); }

void trials::taken() {
  takes_ = true;
  doubted_ = false;
  in_vain_.clear();
}

void trials::not_taken(const candidate &c) {
  doubted_ = doubted_ || !c.failed_before;
  in_vain_.push_back(c.place);
  last_tried_ = turns_.at(c.csid);
}

// Where the target took others, and then a whole row of them not, it has gone away meanwhile; unless all of those
// failed before.
trial_verdict trials::end() {
  const bool fair = in_vain_.empty() || (takes_ && (in_vain_.size() <= most_in_vain || !doubted_));
  if (takes_) fruitless_ = 0;
  if (fair) {
    if (takes_) last_.reset();
    in_vain_.clear();
    return trial_verdict::fair;
  }
  if (!takes_) ++fruitless_;
  last_ = last_tried_;
  return doubted_ ? trial_verdict::away : trial_verdict::in_doubt;
}

}  // namespace causeway
