#include "rosterd/sandbox/sandbox.hpp"

namespace rosterd::sandbox {

std::string demo_state_json() {
  return R"({
  "groups": [
    {"_id": "6f0c1a52-5a0e-4d0c-9f0a-000000000001", "name": "Staff",
     "description": "Everyone who works here"},
    {"_id": "6f0c1a52-5a0e-4d0c-9f0a-000000000002", "name": "Engineering",
     "description": "Everyone in engineering",
     "roles": ["7a1d2b63-6b1f-4e1d-8a1b-000000000001"]},
    {"_id": "6f0c1a52-5a0e-4d0c-9f0a-000000000003", "name": "Sales",
     "description": "Everyone in sales"},
    {"_id": "6f0c1a52-5a0e-4d0c-9f0a-000000000004", "name": "Finance",
     "description": "Everyone in finance"},
    {"_id": "6f0c1a52-5a0e-4d0c-9f0a-000000000005", "name": "Managers",
     "description": "Who leads a team"}
  ],
  "roles": [
    {"_id": "7a1d2b63-6b1f-4e1d-8a1b-000000000001", "name": "Wiki Reader",
     "description": "Reads the wiki", "applicationType": "client", "applicationId": "wiki",
     "permissions": ["8b2e3c74-7c2a-4f2e-9b2c-000000000001"]},
    {"_id": "7a1d2b63-6b1f-4e1d-8a1b-000000000002", "name": "Wiki Editor",
     "description": "Edits the wiki", "applicationType": "client", "applicationId": "wiki",
     "permissions": ["8b2e3c74-7c2a-4f2e-9b2c-000000000001",
                     "8b2e3c74-7c2a-4f2e-9b2c-000000000002"]},
    {"_id": "7a1d2b63-6b1f-4e1d-8a1b-000000000003", "name": "Invoice Approver",
     "description": "Approves invoices", "applicationType": "client", "applicationId": "billing",
     "permissions": ["8b2e3c74-7c2a-4f2e-9b2c-000000000003"]}
  ],
  "permissions": [
    {"_id": "8b2e3c74-7c2a-4f2e-9b2c-000000000001", "name": "read:pages",
     "description": "Read pages", "applicationType": "client", "applicationId": "wiki"},
    {"_id": "8b2e3c74-7c2a-4f2e-9b2c-000000000002", "name": "write:pages",
     "description": "Write pages", "applicationType": "client", "applicationId": "wiki"},
    {"_id": "8b2e3c74-7c2a-4f2e-9b2c-000000000003", "name": "approve:invoices",
     "description": "Approve invoices", "applicationType": "client", "applicationId": "billing"}
  ],
  "users": [
    {"user_id": "auth0|ada", "email": "ada.lovelace@example.com", "name": "Ada Lovelace"},
    {"user_id": "auth0|alan", "email": "alan.turing@example.com", "name": "Alan Turing"},
    {"user_id": "auth0|barbara", "email": "barbara.liskov@example.com", "name": "Barbara Liskov"},
    {"user_id": "auth0|dennis", "email": "dennis.ritchie@example.com", "name": "Dennis Ritchie"},
    {"user_id": "auth0|edsger", "email": "edsger.dijkstra@example.com", "name": "Edsger Dijkstra"},
    {"user_id": "auth0|frances", "email": "frances.allen@example.com", "name": "Frances Allen"},
    {"user_id": "auth0|grace", "email": "grace.hopper@example.com", "name": "Grace Hopper"},
    {"user_id": "auth0|hedy", "email": "hedy.lamarr@example.com", "name": "Hedy Lamarr"},
    {"user_id": "auth0|john", "email": "john.backus@example.com", "name": "John Backus"},
    {"user_id": "auth0|katherine", "email": "katherine.johnson@example.com",
     "name": "Katherine Johnson"},
    {"user_id": "auth0|ken", "email": "ken.thompson@example.com", "name": "Ken Thompson"},
    {"user_id": "auth0|margaret", "email": "margaret.hamilton@example.com",
     "name": "Margaret Hamilton"}
  ]
}
)";
}

}  // namespace rosterd::sandbox
