// A state machine as a table: which action takes which state where, who may do it and what is written. A plugin's
// decision, its tests and the picture in its README are all read from the one table.
//
//   constexpr move moves[] = {
//       {"DRAFT", "SUBMIT", "SUBMITTED", "ps-officer", "the plan, its history"},
//   };
//   constexpr machine plan("plan", "NONE", moves);
//   const auto ruling = plan.decide(state, "SUBMIT", [&](auto role) { return c.has_role(role); });
//   if (!ruling.taken) co_return ruling.refusal;
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/reply.hpp"

namespace causeway::sdk {

struct move {
  std::string_view from, action, to;
  std::string_view roles;   // separated by blanks; any of them
  std::string_view writes;  // for people: what the step writes
};

struct ruling {
  const move *taken = nullptr;
  reply refusal;  // where nothing is taken: 409 for a move that the table does not have, 403 for another's
};

// Immutable, any thread. The texts and the table must live as long.
class machine {
 public:
  // `subject` as in "The plan is DRAFT"; `initial` is the state of what is not there yet.
  constexpr machine(std::string_view subject, std::string_view initial, std::span<const move> moves)
      : subject_(subject), initial_(initial), moves_(moves) {}

  std::string_view initial() const { return initial_; }
  std::span<const move> moves() const { return moves_; }

  const move *find(std::string_view from, std::string_view action) const {
    const auto found = std::find_if(moves_.begin(), moves_.end(),
                                    [&](const move &each) { return each.from == from && each.action == action; });
    return found == moves_.end() ? nullptr : &*found;
  }

  // `has_role(std::string_view)` says whether the caller has it.
  template <class HasRole>
  ruling decide(std::string_view state, std::string_view action, HasRole has_role) const {
    const move *found = find(state, action);
    if (!found)
      return {nullptr,
              reply::problem(409, "state-forbids",
                             "The " + std::string(subject_) + " is " + std::string(state) + ", which does not allow " +
                                 std::string(action) + "; allowed: " + allowed(state) + ".")};
    for (std::string_view rest = found->roles; !rest.empty();) {
      const auto end = std::min(rest.find(' '), rest.size());
      if (has_role(rest.substr(0, end))) return {found, {}};
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {nullptr, reply::problem(403, "forbidden",
                                    std::string(action) + " of the " + std::string(subject_) + " is for " +
                                        listed(found->roles) + ".")};
  }

  // The actions that a state allows: "SUBMIT, EDIT"; "nothing".
  std::string allowed(std::string_view state) const {
    std::string actions;
    for (const auto &each : moves_)
      if (each.from == state) actions += (actions.empty() ? "" : ", ") + std::string(each.action);
    return actions.empty() ? "nothing" : actions;
  }

  // All states, and all actions, each once, in the order of the table.
  std::vector<std::string_view> states() const {
    std::vector<std::string_view> all;
    for (const auto &each : moves_) {
      add(all, each.from);
      add(all, each.to);
    }
    return all;
  }
  std::vector<std::string_view> actions() const {
    std::vector<std::string_view> all;
    for (const auto &each : moves_) add(all, each.action);
    return all;
  }

  // The table as a picture: a mermaid block for a README.
  std::string mermaid() const {
    std::string picture = "```mermaid\nstateDiagram-v2\n";
    for (const auto &each : moves_)
      picture += "  " + place(each.from) + " --> " + place(each.to) + " : " + std::string(each.action) + " (" +
                 listed(each.roles) + ")\n";
    return picture + "```\n";
  }

 private:
  static void add(std::vector<std::string_view> &to, std::string_view what) {
    if (std::find(to.begin(), to.end(), what) == to.end()) to.push_back(what);
  }
  static std::string listed(std::string_view roles) {
    std::string text;
    for (const char c : roles) text += c == ' ' ? std::string(", ") : std::string(1, c);
    return text;
  }
  std::string place(std::string_view state) const { return state == initial_ ? "[*]" : std::string(state); }

  std::string_view subject_, initial_;
  std::span<const move> moves_;
};

}  // namespace causeway::sdk
