#include "commands.hpp"
#include "table.hpp"

namespace rosterd::cli {

void print_operations(const std::vector<OperationRecord>& operations, std::ostream& out) {
  if (operations.empty()) return;
  out << '\n';
  Table table({"SENT", "OPERATION", "ENTITLEMENT", "ACCOUNT", "WHY", "ANSWER", "VERIFIED"});
  for (const OperationRecord& record : operations) {
    std::string verified = record.verified_at ? brief(*record.verified_at) : "no";
    if (record.lost > 0) verified += ", lost " + std::to_string(record.lost) + " times";
    table.add({
        brief(record.sent_at),
        std::string(to_string(record.kind)),
        to_string(record.name),
        record.account.value,
        record.reason,
        record.status == 0 ? "none" : std::to_string(record.status),
        verified,
    });
  }
  table.print(out);
}

}  // namespace rosterd::cli
