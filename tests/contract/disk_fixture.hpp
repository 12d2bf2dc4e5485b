#pragma once

#include "audit_fixture.hpp"
#include "support/faulty_disk.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace rosterd::test {

/// A short history of the store, told step by step on a disk that fails; each step but a restart is
/// one transaction.
class DiskTest : public AuditStoreTest {
 protected:
  DiskTest() { temp.reopen(); }  // on the disk below
  ~DiskTest() override { temp.close(); }

  struct Step {
    std::string name;
    std::function<void()> act;
    bool restarts = false;
  };
  std::vector<Step> history();

  /// Each operation of each step fails, one after the other. Then the power goes and comes back:
  /// what is in the store is what it was before the step or what it is after it, and the step can
  /// be done again.
  void sweep(DiskPlan plan, Leftovers leftovers = Leftovers::nothing, std::uint64_t seed = 0);

  /// Goes through all steps on a disk that does not fail, and keeps what is in the store before the
  /// first, the second … and after the last.
  void remember(const std::vector<Step>& steps);
  /// A store in which what came before `step` is done, the last of it just now.
  void begin_before(const std::vector<Step>& steps, std::size_t step);
  const std::string& contents_before(std::size_t step) const { return recorded_.at(step); }
  const std::string& shape_before(std::size_t step) const { return shapes_.at(step); }
  void remove_store();

  /// Every row of every table.
  std::string contents() const;
  /// How many rows each table has, and the events in each state.
  std::string shape() const;
  /// What is wrong with the file, with the audit, or with the sums that are kept; empty: nothing.
  std::string faults() const;

  FaultyDisk disk;

 private:
  std::filesystem::path store_before(std::size_t step) const {
    return temp.path().string() + ".before-" + std::to_string(step);
  }
  bool fails(const std::vector<Step>& steps, std::size_t step, const DiskPlan& plan);
  void expect_refusing(const Step& failed);
  void expect_whole_or_absent(const std::vector<Step>& steps, std::size_t step, bool acknowledged);
  void import_roster();
  void settle_first_round();
  void hold_the_leaver();
  void approve();
  void take_from_the_leaver();
  void finish_reconciliation();
  WorkStore::Retention half_a_year() const;

  std::vector<std::string> recorded_, shapes_;
  Leftovers leftovers_ = Leftovers::nothing;
  std::uint64_t seed_ = 0;
};

}  // namespace rosterd::test
