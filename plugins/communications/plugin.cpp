// What the plugin declares: its kinds, its settings and its five operations.
#include "answers.hpp"
#include "communications.hpp"
#include "plugins/shared/at_risk.hpp"

namespace communications {

causeway::sdk::declaration communications_plugin::declare() {
  causeway::sdk::declaration d("communications", "1.0.0");
  d.uses<pluto::customer>(CW_READS).uses<pluto::copy>(CW_READS).uses<shared::privacy_outcome>(CW_READS);
  d.uses<pluto::communication>(CW_READS | CW_INSERTS).uses<pluto::note>(CW_READS | CW_INSERTS);
  d.uses<shared::customer_read>(CW_INSERTS);
  d.uses<cuba::ps_customer>(CW_READS);
  d.uses<cuba::communication>(CW_READS | CW_INSERTS).uses<cuba::notepad>(CW_READS | CW_INSERTS);
  d.maps<pluto::communication, cuba::communication>().maps<pluto::note, cuba::notepad>();
  d.maps<cuba::communication, pluto::communication>().maps<cuba::notepad, pluto::note>();

  d.setting("stackingType", "Phone Out", "The type of a stacking document.");
  d.setting("stackingReason", "PERS SERVICES", "The reason of a stacking document.");
  d.setting("stackingCategory", "PS CUSTOMER CONTACT", "The category of a stacking document.");
  d.setting("stackingIssue", "Blank", "The issue of a stacking document.");

  constexpr std::string_view everyone = "service-officer ps-officer service-manager";
  constexpr std::string_view ps_only = "ps-officer service-manager";
  d.post("/v1/customers/{csid}/communications", &communications_plugin::create)
      .summary("Creates a communication record in the customer's home store; an international customer's is copied on.")
      .roles(everyone)
      .home("pluto")
      .answers(communication_schema);
  d.post("/v1/customers/{csid}/stacking-documents", &communications_plugin::stack)
      .summary("Creates the communication record that a PS customer's notes are stacked on.")
      .roles(ps_only)
      .home("pluto")
      .answers(communication_schema);
  d.post("/v1/customers/{csid}/communications/{communicationId}/notes", &communications_plugin::add_note)
      .summary("Appends a note to a communication record; it crosses where its record does.")
      .roles(everyone)
      .home("pluto")
      .answers(note_schema);
  d.get("/v1/customers/{csid}/communications", &communications_plugin::list)
      .summary("The customer's communication records of both stores, newest first; a copied record stands once.")
      .roles(everyone)
      .home("pluto")
      .list()
      .answers(list_schema);
  d.get("/v1/customers/{csid}/communications/{communicationId}", &communications_plugin::show)
      .summary("One communication record with its notes and the state of its copy.")
      .roles(everyone)
      .home("pluto")
      .answers(communication_schema);
  return d;
}

communications_plugin::communications_plugin(const causeway::sdk::settings &given)
    : stacking_{given.text("stackingType"), given.text("stackingReason"), given.text("stackingCategory"),
                given.text("stackingIssue")} {}

}  // namespace communications

CAUSEWAY_PLUGIN(communications::communications_plugin)
