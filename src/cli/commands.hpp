#pragma once

#include "command_line.hpp"
#include "rosterd/ports/work_store.hpp"

#include <ostream>
#include <vector>

namespace rosterd::cli {

/// One function a command, each in the file named after it. Gives the exit code; throws
/// `CommandError` when the command cannot be done, anything else when the environment is broken.
int run(const Serve& command);
int run(const Check& command);
int run(const PlanCommand& command);
int run(const Import& command);
int run(const Status& command);
int run(const EventsList& command);
int run(const EventsShow& command);
int run(const EventsReplay& command);
int run(const EventsCancel& command);
int run(const PeopleList& command);
int run(const PeopleShow& command);
int run(const PeopleExplain& command);
int run(const HoldsList& command);
int run(const HoldsShow& command);
int run(const HoldsDecide& command);
int run(const ReconcileCommand& command);
int run(const AuditExport& command);
int run(const AuditVerify& command);
int run(const AccessCommand& command);
int run(const StructureCommand& command);
int run(const SandboxCommand& command);
int run(const BackupCommand& command);
int run(const MigrateCommand& command);
int run(const Version& command);
int run(const Exit& command);

/// What was sent to the tenant, as a table; nothing for none.
void print_operations(const std::vector<OperationRecord>& operations, std::ostream& out);

}  // namespace rosterd::cli
