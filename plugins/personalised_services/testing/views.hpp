// The views of config/records/cuba.yaml once more, for memory stores: what their SELECTs say, in C++.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/plugin_harness.hpp"

namespace causeway::testing {

inline void derive_views(plugin_harness &harness) {
  using records_of = memory_store::records_of;
  auto &cuba = harness.store("cuba");
  const auto kind = [&](const char *name) { return harness.kind(name); };
  const auto by_csid = [](const std::vector<record> &rows) {
    std::map<std::string, record> found;
    for (const auto &row : rows) found.emplace(std::string(text_of(row["csid"])), row);
    return found;
  };
  const auto name_of = [](const std::map<std::string, record> &customers, const record &row) -> value {
    const auto found = customers.find(std::string(text_of(row["csid"])));
    return found == customers.end() ? value(null()) : found->second["applicantName"];
  };

  cuba.derive("cuba.psCustomerList", [of = kind("cuba.psCustomerList"), by_csid, name_of](const records_of &records) {
    const auto customers = by_csid(records("cuba.customer"));
    std::vector<record> rows;
    for (const auto &p : records("cuba.psCustomer")) {
      auto &row = rows.emplace_back(of);
      for (const char *same : {"csid", "status", "referralType", "officerId"}) row[same] = p[same];
      row["name"] = name_of(customers, p);
      const auto known = customers.find(std::string(text_of(p["csid"])));
      row["location"] = known == customers.end() ? value(null()) : known->second["location"];
    }
    return rows;
  });
  cuba.derive("cuba.psOfficerLoad", [of = kind("cuba.psOfficerLoad")](const records_of &records) {
    std::vector<record> rows;
    for (const auto &o : records("cuba.psOfficer")) {
      auto &row = rows.emplace_back(of);
      for (const char *same : {"officerId", "name", "stream", "team"}) row[same] = o[same];
      std::int64_t load = 0;
      for (const auto &p : records("cuba.psCustomer"))
        load += p["officerId"] == o["officerId"] && p["status"] == value("ASSIGNED");
      row["workload"] = load;
    }
    return rows;
  });
  cuba.derive("cuba.psOfficerAction", [of = kind("cuba.psOfficerAction"), by_csid, name_of](const records_of &records) {
    const auto customers = by_csid(records("cuba.customer")), in_ps = by_csid(records("cuba.psCustomer"));
    std::vector<record> rows;
    const auto add = [&](const value &id, const char *what, const record &p, const value &since) {
      auto &row = rows.emplace_back(of);
      row["itemId"] = id;
      row["kind"] = what;
      row["csid"] = p["csid"];
      row["name"] = name_of(customers, p);
      row["officerId"] = p["officerId"];
      row["since"] = since;
    };
    std::set<std::string_view> planned;
    const auto plans = records("cuba.psPlan");
    for (const auto &q : plans) {
      if (q["status"] == value("CLOSED")) continue;
      planned.insert(text_of(q["csid"]));
      const auto &p = in_ps.at(std::string(text_of(q["csid"])));
      if (p["status"] != value("ASSIGNED")) continue;
      if (q["status"] == value("DRAFT")) add(q["planId"], "PLAN_DRAFT", p, q["statusSince"]);
      if (q["status"] == value("RETURNED")) add(q["planId"], "PLAN_RETURNED", p, q["statusSince"]);
    }
    for (const auto &[csid, p] : in_ps)
      if (p["status"] == value("ASSIGNED") && !planned.contains(csid))
        add(p["csid"], "PLAN_TO_RECORD", p, is_null(p["assignedAt"]) ? p["referredAt"] : p["assignedAt"]);
    return rows;
  });
  cuba.derive("cuba.psManagerAction", [of = kind("cuba.psManagerAction"), by_csid, name_of](const records_of &records) {
    const auto customers = by_csid(records("cuba.customer"));
    std::vector<record> rows;
    const auto add = [&](const value &id, const char *what, const record &about, const value &since) {
      auto &row = rows.emplace_back(of);
      row["itemId"] = id;
      row["kind"] = what;
      row["csid"] = about["csid"];
      row["name"] = name_of(customers, about);
      row["since"] = since;
    };
    for (const auto &q : records("cuba.psPlan"))
      if (q["status"] == value("SUBMITTED")) add(q["planId"], "PLAN_SUBMITTED", q, q["statusSince"]);
    for (const auto &t : records("cuba.psTransfer"))
      if (t["status"] == value("PENDING")) add(t["transferId"], "TRANSFER_PENDING", t, t["requestedAt"]);
    return rows;
  });
}

}  // namespace causeway::testing
