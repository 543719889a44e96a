// What callers are answered, and the schemas that /openapi.json publishes of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records.hpp"

namespace personalised_services {

extern const std::string_view referral_schema;
extern const std::string_view assignment_schema;
extern const std::string_view customer_list_schema;
extern const std::string_view customer_schema;
extern const std::string_view officer_list_schema;
extern const std::string_view plan_schema;
extern const std::string_view transfer_schema;
extern const std::string_view action_list_schema;

// `without_name`: with warning 140, which is a warning and no failure.
std::string referral_json(const referral &of, bool without_name);
std::string assignment_json(const ps_customer &of, std::string_view assigned_by);
std::string customer_json(const listed_customer &of, const std::optional<plan> &current,
                          const std::optional<transfer> &pending);
std::string plan_json(const plan &of);
std::string transfer_json(const transfer &of);
// Strong, of one plan.
std::string etag_of(const plan &of);

// One page: `rows` may hold one more than `limit`, which says that there is a next; its cursor is the order's values of
// the last row shown.
std::string customers_json(const std::vector<listed_customer> &rows, std::size_t limit);
std::string officers_json(const std::vector<listed_officer> &rows, std::size_t limit);
std::string actions_json(const std::vector<officer_action> &rows, std::size_t limit);
std::string actions_json(const std::vector<manager_action> &rows, std::size_t limit);

}  // namespace personalised_services
