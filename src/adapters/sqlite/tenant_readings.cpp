#include "adapters/sqlite/tenant_readings.hpp"

#include "adapters/sqlite/codec.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>

namespace rosterd::sqlite {
namespace {

using Json = nlohmann::json;

constexpr int reconciliations_kept = 1'000;

DriftKind decode_kind(const std::string& text) {
  const auto kind = drift_kind(text);
  if (!kind) throw std::runtime_error("the store holds drift of a kind nobody knows");
  return *kind;
}

DriftRow decode_drift(Row row) {
  DriftRow found;
  found.drift.kind = decode_kind(row.text(0));
  found.drift.person = PersonId(row.text(1));
  found.drift.account = AccountId(row.text(2));
  found.drift.entitlement.kind = decode_entitlement_kind(row.text(3));
  found.drift.entitlement.id = EntitlementId(row.text(4));
  found.drift.name.kind = found.drift.entitlement.kind;
  found.drift.name.name = row.text(5);
  found.drift.name.application = row.text(6);
  found.drift.detail = row.text(7);
  found.drift.held = row.flag(8);
  found.first_seen = row.instant(9);
  found.last_seen = row.instant(10);
  found.times = row.small(11);
  found.there = row.flag(12);
  return found;
}

std::string encode(const std::map<DriftKind, std::size_t>& found) {
  Json json = Json::object();
  for (const auto& [kind, count] : found) json[std::string(to_string(kind))] = count;
  return json.dump();
}

std::map<DriftKind, std::size_t> decode_found(const std::string& text) {
  std::map<DriftKind, std::size_t> found;
  const Json object = Json::parse(text);
  for (const auto& [name, count] : object.items()) {
    if (const auto kind = drift_kind(name)) found[*kind] = count.get<std::size_t>();
  }
  return found;
}

}  // namespace

std::vector<DriftRow> drift_rows(const SQLite::Database& database) {
  Query query(
      database,
      "SELECT kind, person, account, entitlement_kind, entitlement, name, application, detail, "
      "held, first_seen, last_seen, times, there FROM drift ORDER BY id"
  );
  std::vector<DriftRow> rows;
  query.each([&](Row row) { rows.push_back(decode_drift(row)); });
  return rows;
}

DriftCounts count_drift(const SQLite::Database& database) {
  DriftCounts counts;
  for (const DriftKind kind : all_drift_kinds()) counts.there[kind] = 0;
  Query query(database, "SELECT kind, times, count(*) FROM drift WHERE there = 1 GROUP BY 1, 2");
  query.each([&](Row row) {
    DriftRow like;
    like.drift.kind = decode_kind(row.text(0));
    like.times = row.small(1);
    counts.there[like.drift.kind] += row.count(2);
    if (like.contended()) counts.contended += row.count(2);
  });
  return counts;
}

std::optional<ReconcileReport> last_reconciliation(const SQLite::Database& database) {
  Query query(
      database,
      "SELECT started_at, finished_at, repairs, people, found, contended, people_to_repair "
      "FROM reconciliation ORDER BY id DESC LIMIT 1"
  );
  std::optional<ReconcileReport> last;
  query.first([&](Row row) {
    ReconcileReport& report = last.emplace();
    report.started_at = row.instant(0);
    report.finished_at = row.instant(1);
    report.repairs = row.flag(2);
    report.people = row.count(3);
    report.found = decode_found(row.text(4));
    report.contended = row.count(5);
    report.people_to_repair = row.count(6);
  });
  return last;
}

std::optional<StorageReading> last_storage_reading(const SQLite::Database& database) {
  Query query(database, "SELECT bytes, at FROM storage_reading");
  std::optional<StorageReading> last;
  query.first([&](Row row) { last = StorageReading{row.count(0), row.instant(1)}; });
  return last;
}

TenantReadings::TenantReadings(const SQLite::Database& database)
    : drop_drift_(database, "DELETE FROM drift"),
      save_drift_(
          database,
          "INSERT INTO drift (kind, person, account, entitlement_kind, entitlement, name, "
          "application, detail, held, first_seen, last_seen, times, there) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ),
      add_reconciliation_(
          database,
          "INSERT INTO reconciliation (started_at, finished_at, repairs, people, found, contended, "
          "people_to_repair) VALUES (?, ?, ?, ?, ?, ?, ?)"
      ),
      drop_old_reconciliations_(
          database,
          "DELETE FROM reconciliation WHERE id <= (SELECT max(id) FROM reconciliation) - ?"
      ),
      save_storage_(
          database,
          "INSERT INTO storage_reading (id, bytes, at) VALUES (1, ?, ?) "
          "ON CONFLICT DO UPDATE SET bytes = excluded.bytes, at = excluded.at"
      ) {}

void TenantReadings::settle(const Settlement& settlement) {
  if (settlement.drift) replace_drift(*settlement.drift);
  if (settlement.reconciled) add(*settlement.reconciled);
  if (settlement.storage) save_storage_.run(settlement.storage->bytes, settlement.storage->at);
}

void TenantReadings::replace_drift(const std::vector<DriftRow>& rows) {
  drop_drift_.run();
  for (const DriftRow& row : rows) {
    const Drift& drift = row.drift;
    save_drift_.run(
        to_string(drift.kind),
        drift.person,
        drift.account,
        to_string(drift.entitlement.kind),
        drift.entitlement.id,
        drift.name.name,
        drift.name.application,
        drift.detail,
        drift.held,
        row.first_seen,
        row.last_seen,
        row.times,
        row.there
    );
  }
}

void TenantReadings::add(const ReconcileReport& report) {
  add_reconciliation_.run(
      report.started_at,
      report.finished_at,
      report.repairs,
      report.people,
      encode(report.found),
      report.contended,
      report.people_to_repair
  );
  drop_old_reconciliations_.run(reconciliations_kept);
}

}  // namespace rosterd::sqlite
