// What the plugin declares: its kinds, its settings and its operations.
#include "histories.hpp"
#include "online_accounts.hpp"
#include "plugins/shared/at_risk.hpp"

namespace online_accounts {

causeway::sdk::declaration online_accounts_plugin::declare() {
  causeway::sdk::declaration d("online-accounts", "1.0.0");
  d.uses<customer>(CW_READS).uses<web_session>(CW_READS).uses<poi_attempt>(CW_READS).uses<ps_customer>(CW_READS);
  d.uses<privacy_check>(CW_READS | CW_INSERTS).uses<status_change>(CW_READS | CW_INSERTS);
  d.uses<online_account>(CW_READS | CW_UPDATES);
  d.uses<channel_preference>(CW_READS | CW_INSERTS | CW_UPDATES);
  d.uses<preference_change>(CW_INSERTS).uses<shared::customer_read>(CW_INSERTS);

  d.setting("privacyCheckValidFor", "24h",
            "How long a SAFE privacy check lets the officer who made it change accounts.");
  d.setting(
      "allowedChannels", "",
      "The combinations that are possible: PRODUCT.SERVICE = CHANNEL, CHANNEL; ... Empty: all of the code tables, "
      "and a customer's products and services are those that are recorded.");

  constexpr std::string_view officers = "service-officer ps-officer service-manager";
  const auto read = [&](std::string_view path, task<reply> (online_accounts_plugin::*handler)(call)) {
    return d.get(path, handler).roles(officers).home("pluto");
  };
  read("/v1/customers/{csid}", &online_accounts_plugin::show_customer)
      .summary("The customer's summary over both stores.")
      .roles("service-officer ps-officer service-manager partner")
      .answers(summary_schema);
  read("/v1/customers/{csid}/online-account", &online_accounts_plugin::show_account)
      .summary("The customer's online accounts and preferred channels.")
      .answers(account_schema);
  read("/v1/customers/{csid}/online-account/{accountId}/history/web-sessions",
       &online_accounts_plugin::list_web_sessions)
      .summary("When the account was used online, newest first.")
      .list()
      .answers(web_sessions_schema);
  read("/v1/customers/{csid}/online-account/{accountId}/history/account-status",
       &online_accounts_plugin::list_status_changes)
      .summary("What was done to the account, newest first.")
      .list()
      .answers(status_changes_schema);
  read("/v1/customers/{csid}/online-account/{accountId}/history/poi", &online_accounts_plugin::list_poi_attempts)
      .summary("The attempts to prove identity, newest first.")
      .list()
      .answers(poi_attempts_schema);

  d.post("/v1/customers/{csid}/privacy-checks", &online_accounts_plugin::check_privacy)
      .summary("Records that the Separating Safely check was made.")
      .roles(officers)
      .home("pluto")
      .answers(check_schema);
  d.patch("/v1/customers/{csid}/channel-preferences", &online_accounts_plugin::set_channel)
      .summary("Sets the preferred channel of one product and service, or of all at once.")
      .roles(officers)
      .home("pluto")
      .if_match()
      .answers(preferences_schema);
  d.post("/v1/customers/{csid}/online-account/{accountId}/actions", &online_accounts_plugin::act)
      .summary("Deactivates or reactivates the account.")
      .roles(officers)
      .home("pluto")
      .status(200)
      .if_match()
      .answers(one_account_schema);
  d.post("/v1/customers/{csid}/online-account/{accountId}/link", &online_accounts_plugin::link)
      .summary("The customer has linked again; every preference is to be set anew.")
      .roles(officers)
      .home("pluto")
      .status(200)
      .if_match()
      .answers(one_account_schema);
  return d;
}

online_accounts_plugin::online_accounts_plugin(const causeway::sdk::settings &given)
    : privacy_check_valid_for_(given.duration("privacyCheckValidFor")), rules_(given.text("allowedChannels")) {}

}  // namespace online_accounts

CAUSEWAY_PLUGIN(online_accounts::online_accounts_plugin)
