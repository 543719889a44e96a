// What the plugin declares: its kinds and its operations.
#include "online_accounts.hpp"

namespace online_accounts {

causeway::sdk::declaration online_accounts_plugin::declare() {
  causeway::sdk::declaration d("online-accounts", "1.0.0");
  d.uses<customer>().uses<privacy_check>().uses<online_account>().uses<channel_preference>().uses<ps_customer>();

  d.get("/v1/customers/{csid}", &online_accounts_plugin::show_customer)
      .summary("The customer's summary over both stores.")
      .roles("service-officer ps-officer service-manager partner")
      .home("pluto")
      .answers(summary_schema);
  d.get("/v1/customers/{csid}/online-account", &online_accounts_plugin::show_account)
      .summary("The customer's online accounts and preferred channels.")
      .roles("service-officer ps-officer service-manager")
      .home("pluto")
      .answers(account_schema);
  return d;
}

}  // namespace online_accounts

CAUSEWAY_PLUGIN(online_accounts::online_accounts_plugin)
