// What waits for an officer, and what waits for a service manager: longest waiting first.
#include <utility>

#include "answers.hpp"
#include "causeway/time.hpp"
#include "personalised_services.hpp"

namespace personalised_services {

namespace {

// Behind the cursor, when there is one; false for one that no list of actions has given.
template <class Action>
bool begin_behind_cursor(const call &c, causeway::sdk::query<Action> &query) {
  if (c.cursor().empty()) return true;
  const auto place = causeway::sdk::read_cursor(c.cursor(), 2);
  if (!place || !causeway::sdk::parse_time((*place)[0])) return false;
  query.after({(*place)[0], (*place)[1]});
  return true;
}

}  // namespace

task<reply> personalised_services_plugin::list_officer_actions(call c) {
  causeway::sdk::query<officer_action> query;
  query.where(&officer_action::officer_id, std::string(c.query("officerId").value_or(c.principal())))
      .ascending(&officer_action::since, &officer_action::item_id)
      .limit(static_cast<std::uint32_t>(c.limit() + 1));
  if (!begin_behind_cursor(c, query)) co_return reply::bad_cursor();
  const auto rows = co_await c.find(std::move(query));
  if (!rows) co_return reply::from(rows.why());
  co_return reply::json(200, actions_json(*rows, static_cast<std::size_t>(c.limit())));
}

task<reply> personalised_services_plugin::list_manager_actions(call c) {
  causeway::sdk::query<manager_action> query;
  query.ascending(&manager_action::since, &manager_action::item_id).limit(static_cast<std::uint32_t>(c.limit() + 1));
  if (!begin_behind_cursor(c, query)) co_return reply::bad_cursor();
  const auto rows = co_await c.find(std::move(query));
  if (!rows) co_return reply::from(rows.why());
  co_return reply::json(200, actions_json(*rows, static_cast<std::size_t>(c.limit())));
}

}  // namespace personalised_services
