#include "disk_fixture.hpp"
#include "old_store.hpp"

namespace rosterd::test {
namespace {

class PowerLoss : public DiskTest {};

TEST_F(PowerLoss, ThatKeepsAllLeavesEachStepWholeOrAbsent) {
  sweep({.fault = DiskFault::power_loss}, Leftovers::everything);
}

TEST_F(PowerLoss, ThatKeepsOnlyWhatWasSyncedLeavesEachStepWholeOrAbsent) {
  sweep({.fault = DiskFault::power_loss}, Leftovers::nothing);
}

TEST_F(PowerLoss, ThatTearsWhatWasNotSyncedLeavesEachStepWholeOrAbsent) {
  sweep({.fault = DiskFault::power_loss}, Leftovers::some_sectors, 1);
}

TEST_F(PowerLoss, ThatTearsItInAnotherWayLeavesEachStepWholeOrAbsent) {
  sweep({.fault = DiskFault::power_loss}, Leftovers::some_sectors, 2);
}

/// The start with a store that is not there yet, or of an older program.
class StartOnABadDisk : public DiskTest {
 protected:
  /// The n-th operation fails; then the power goes, and the next start is a good one.
  void sweep_starts(DiskPlan plan, Leftovers leftovers, const std::function<void()>& before) {
    before();
    temp.open();
    const std::string wanted = contents();
    for (plan.at = 1; !HasFailure(); ++plan.at) {
      before();
      disk.plan(plan);
      std::string error;
      try {
        temp.open();
      } catch (const std::exception& failure) {
        error = failure.what();
      }
      const auto struck = disk.struck();
      if (!struck) break;
      SCOPED_TRACE(testing::Message() << plan << ": " << *struck << "; " << error);
      temp.close();
      disk.power_on(leftovers, static_cast<std::uint64_t>(plan.at));
      temp.open();
      EXPECT_EQ(contents(), wanted);
      EXPECT_EQ(faults(), "");
    }
    EXPECT_GT(plan.at, 40);
  }

  std::function<void()> no_store() {
    return [this] { remove_store(); };
  }
  std::function<void()> store_of_schema_1() {
    return [this] {
      remove_store();
      make_store_of_schema_1(temp.path());
    };
  }
};

TEST_F(StartOnABadDisk, MakesAStoreAgainAfterAnIoError) {
  sweep_starts({.fault = DiskFault::io_error}, Leftovers::nothing, no_store());
}

TEST_F(StartOnABadDisk, MakesAStoreAgainAfterAPowerLoss) {
  sweep_starts({.fault = DiskFault::power_loss}, Leftovers::some_sectors, no_store());
}

TEST_F(StartOnABadDisk, MigratesAgainAfterAnIoError) {
  sweep_starts({.fault = DiskFault::io_error}, Leftovers::nothing, store_of_schema_1());
}

TEST_F(StartOnABadDisk, MigratesAgainAfterAFullDisk) {
  sweep_starts(
      {.fault = DiskFault::full, .for_good = true}, Leftovers::everything, store_of_schema_1()
  );
}

TEST_F(StartOnABadDisk, MigratesAgainAfterAPowerLoss) {
  sweep_starts({.fault = DiskFault::power_loss}, Leftovers::some_sectors, store_of_schema_1());
}

}  // namespace
}  // namespace rosterd::test
