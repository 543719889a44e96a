// The JSON Schemas of answers.cpp's answers.
#include "answers.hpp"

namespace personalised_services {

#define TEXT R"({"type": "string"})"
#define MAYBE R"({"type": ["string", "null"]})"
#define TIME R"({"type": "string", "format": "date-time"})"
#define MAYBE_TIME R"({"type": ["string", "null"], "format": "date-time"})"
#define CSID R"({"type": "string", "pattern": "^[0-9]{9}$"})"
#define STATUS R"({"type": "string", "enum": ["REFERRED", "ASSIGNED", "TRANSFERRED_OUT"]})"
#define REFERRAL_TYPE R"({"type": "string", "enum": ["OTHER", "ASSOCIATE"]})"
#define LIST_OF(ITEM)                                                                                     \
  R"({"type": "object", "properties": {"items": {"type": "array", "items": )" ITEM R"(}, "next": )" MAYBE \
  R"(}, "required": ["items", "next"]})"

#define CUSTOMER_PROPERTIES \
  R"("csid": )" CSID R"(, "name": )" MAYBE R"(, "location": )" MAYBE R"(, "status": )" STATUS R"(,
  "referralType": )" REFERRAL_TYPE R"(, "officerId": )" MAYBE
#define CUSTOMER_REQUIRED R"("csid", "name", "location", "status", "referralType", "officerId")"
#define CUSTOMER \
  R"({"type": "object", "properties": {)" CUSTOMER_PROPERTIES R"(}, "required": [)" CUSTOMER_REQUIRED R"(]})"

#define PLAN_BODY                                                                                                        \
  R"("properties": {"planId": )" TEXT R"(, "csid": )" CSID R"(,
  "status": {"type": "string", "enum": ["DRAFT", "SUBMITTED", "RETURNED", "ACCEPTED", "CLOSED"]}, "statusSince": )" TIME \
  R"(,
  "coreIssue": )" TEXT R"(, "referralType": )" REFERRAL_TYPE                                                             \
  R"(, "stackingDocumentDate": {"type": "string", "format": "date"},
  "trigger": {"type": "object", "properties": {"segment": )" TEXT R"(, "issue": )" TEXT                                  \
  R"(}, "required": ["segment", "issue"]},
  "createdAt": )" TIME R"(, "createdBy": )" TEXT R"(, "submittedAt": )" MAYBE_TIME R"(, "submittedBy": )" MAYBE R"(,
  "decidedAt": )" MAYBE_TIME R"(, "decidedBy": )" MAYBE R"(, "comment": )" MAYBE R"(},
  "required": ["planId", "csid", "status", "statusSince", "coreIssue", "referralType", "stackingDocumentDate", "trigger",
    "createdAt", "createdBy", "submittedAt", "submittedBy", "decidedAt", "decidedBy", "comment"])"
#define TRANSFER_BODY                                                                          \
  R"("properties": {"transferId": )" TEXT R"(, "csid": )" CSID R"(,
  "status": {"type": "string", "enum": ["PENDING", "ACCEPTED", "REJECTED"]}, "reason": )" TEXT \
  R"(, "comment": )" MAYBE R"(,
  "requestedAt": )" TIME R"(, "requestedBy": )" TEXT R"(, "decidedAt": )" MAYBE_TIME R"(, "decidedBy": )" MAYBE R"(,
  "decisionComment": )" MAYBE R"(},
  "required": ["transferId", "csid", "status", "reason", "comment", "requestedAt", "requestedBy", "decidedAt", "decidedBy",
    "decisionComment"])"

const std::string_view referral_schema =
    R"({"type": "object", "properties": {"referralId": )" TEXT R"(, "csid": )" CSID R"(, "status": )" STATUS R"(,
  "type": )" REFERRAL_TYPE R"(, "associateOf": )" MAYBE R"(, "referredAt": )" TIME R"(, "referredBy": )" TEXT R"(,
  "warnings": {"type": "array", "description": "What was noticed and is no failure.", "items": {"type": "object",
    "properties": {"code": )" TEXT R"(, "detail": )" TEXT R"(}, "required": ["code", "detail"]}}},
  "required": ["referralId", "csid", "status", "type", "associateOf", "referredAt", "referredBy", "warnings"]})";

const std::string_view assignment_schema =
    R"({"type": "object", "properties": {"csid": )" CSID R"(, "officerId": )" TEXT R"(, "status": )" STATUS R"(,
  "assignedAt": )" TIME R"(, "assignedBy": )" TEXT R"(},
  "required": ["csid", "officerId", "status", "assignedAt", "assignedBy"]})";

const std::string_view customer_list_schema = LIST_OF(CUSTOMER);

const std::string_view customer_schema = R"({"type": "object", "properties": {)" CUSTOMER_PROPERTIES R"(,
  "currentPlan": {"type": ["object", "null"], )" PLAN_BODY R"(},
  "pendingTransfer": {"type": ["object", "null"], )" TRANSFER_BODY R"(}},
  "required": [)" CUSTOMER_REQUIRED R"(, "currentPlan", "pendingTransfer"]})";

const std::string_view officer_list_schema =
    LIST_OF(R"({"type": "object", "properties": {"officerId": )" TEXT R"(, "name": )" TEXT R"(, "stream": )" TEXT R"(,
  "team": )" TEXT R"(, "workload": {"type": "integer", "description": "Customers who are assigned to the officer."}},
  "required": ["officerId", "name", "stream", "team", "workload"]})");

const std::string_view plan_schema = R"({"type": "object", )" PLAN_BODY R"(})";

const std::string_view transfer_schema = R"({"type": "object", )" TRANSFER_BODY R"(})";

const std::string_view action_list_schema = LIST_OF(R"({"type": "object", "properties": {"kind": {"type": "string",
  "enum": ["PLAN_TO_RECORD", "PLAN_DRAFT", "PLAN_RETURNED", "PLAN_SUBMITTED", "TRANSFER_PENDING"]},
  "csid": )" CSID R"(, "name": )" MAYBE R"(, "planId": )" MAYBE R"(, "transferId": )" MAYBE R"(, "since": )" TIME R"(},
  "required": ["kind", "csid", "name", "planId", "transferId", "since"]})");

}  // namespace personalised_services
