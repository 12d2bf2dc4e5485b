#include "unit/sync/syncing.hpp"

#include <gtest/gtest.h>

namespace rosterd::test {
namespace {

class RoundReports : public Syncing {
 protected:
  RoundReports() { a_company(); }

  void join(int people) {
    for (int i = 0; i < people; ++i) {
      users({"p" + std::to_string(i)});
      hr_says("joined", "p" + std::to_string(i));
    }
    work();
  }

  using Warnings = std::map<std::string, int>;
};

TEST_F(RoundReports, AnOutageIsOneLineARoundHoweverManyItConcerns) {
  tenant.fails(Call::add_members, ErrorClass::throttled, FakeTenant::always);

  join(500);

  EXPECT_EQ(log.warnings["people do not agree with the tenant yet"], 1);
  EXPECT_EQ(log.warnings["person does not agree with the tenant yet"], 0);
}

TEST_F(RoundReports, AFewInTroubleAreNamed) {
  tenant.fails(Call::add_members, ErrorClass::throttled, FakeTenant::always);

  join(2);

  EXPECT_EQ(log.warnings["people do not agree with the tenant yet"], 0);
  EXPECT_EQ(log.warnings["person does not agree with the tenant yet"], 2);
}

}  // namespace
}  // namespace rosterd::test
