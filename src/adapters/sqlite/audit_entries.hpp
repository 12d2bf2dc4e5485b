#pragma once

#include "adapters/sqlite/outbox.hpp"
#include "rosterd/domain/audit.hpp"
#include "rosterd/domain/hold.hpp"
#include "rosterd/domain/ledger.hpp"
#include "rosterd/ports/intake_store.hpp"
#include "rosterd/ports/work_store.hpp"

#include <optional>
#include <string>

namespace rosterd::sqlite {

/// How the audit puts what the store settles. Where no actor is set here, the caller knows it.
inline constexpr const char* worker_actor = "worker";
std::string event_actor(EventId event, const std::string& source);
std::string operator_actor(const std::string& name);

/// By the event itself.
AuditEntry event_entry(const OutboxRow& before, const OutboxRow& after, Instant at);

/// No actor. An operation that was not verified was tried, whatever the tenant answered.
AuditEntry operation_entry(const OperationRecord& operation);

/// No actor. It was there, and wanted, when first seen.
AuditEntry adoption_entry(const LedgerEntry& entry);

/// No actor, no policy. It leaves the ledger without having been removed: the tenant does not have
/// it.
AuditEntry forgotten_entry(const LedgerEntry& entry, Instant at);

/// By the worker. Nothing: the hold is as it was. `before` is nothing for a new one.
std::optional<AuditEntry> hold_entry(
    const std::optional<Hold>& before, const Hold& after, Instant at
);

/// By the file.
AuditEntry intake_entry(const Intake& intake);

}  // namespace rosterd::sqlite
