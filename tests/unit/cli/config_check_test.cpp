#include "config_check.hpp"

#include "rosterd/adapters/openssl/crypto.hpp"
#include "rosterd/adapters/system/time_zones.hpp"
#include "webhook_sources.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rosterd {
namespace {

class AConfiguration : public testing::Test {
 protected:
  WebhookSourceConfig& source(const std::string& name) {
    WebhookSourceConfig& one = config.webhook.sources.emplace_back();
    one.name = name;
    one.profile = "github";
    one.keys.emplace_back("a key that is long enough for all");
    return one;
  }
  DropConfig& drop(const std::string& name) {
    DropConfig& one = config.drops.emplace_back();
    one.name = name;
    return one;
  }
  std::vector<std::string> problems() { return config_problems(config, *crypto, zones); }

  Config config;
  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  system::SystemTimeZones zones;
};

TEST_F(AConfiguration, ThatCanBeUsedHasNoProblem) {
  source("hr");
  drop("files").time_zone = "Europe/Berlin";
  EXPECT_TRUE(problems().empty()) << problems().front();
  const auto ready = webhook_sources(config.webhook, "Asia/Tokyo", *crypto, zones);
  ASSERT_EQ(ready.sources.size(), 1U);
  EXPECT_EQ(ready.sources[0].name, "hr");
  EXPECT_EQ(ready.sources[0].time_zone, "Asia/Tokyo");
}

TEST_F(AConfiguration, NamesZonesThatNobodyKnows) {
  source("hr").time_zone = "Europe/Berln";
  drop("files").time_zone = "CET+1";
  drop("others");
  const auto found = problems();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NE(found[0].find("webhook source \"hr\""), std::string::npos);
  EXPECT_NE(found[0].find("Europe/Berln"), std::string::npos);
  EXPECT_NE(found[1].find("drop \"files\""), std::string::npos);
}

TEST_F(AConfiguration, HasNoTokenThatCouldBeGuessed) {
  config.operator_.token = Secret("hunter2");
  const auto found = problems();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].find("hunter2"), std::string::npos);
  EXPECT_NE(found[0].find("[operator] token has fewer than 16 characters"), std::string::npos);
  config.operator_.token = Secret("0123456789abcdef");
  EXPECT_TRUE(problems().empty());
}

TEST_F(AConfiguration, NamesTheProfileThatWasMeant) {
  source("hr").profile = "githb";
  const auto found = problems();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].find("did you mean \"github\"?"), std::string::npos) << found[0];
}

TEST_F(AConfiguration, MayHaveAProfileOfItsOwnThatWinsOverABuiltInOne) {
  SignatureProfileConfig& own = config.webhook.profiles.emplace_back();
  own.name = "payday";
  own.signature_header = "X-Payday";
  source("hr").profile = "payday";
  EXPECT_TRUE(problems().empty()) << problems().front();
}

TEST_F(AConfiguration, NeverShowsAKeyThatCannotBeUsed) {
  WebhookSourceConfig& hr = source("hr");
  hr.profile = "standard-webhooks";
  hr.keys = {Secret("whsec_!!notbase64!!")};
  const auto found = problems();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].find("notbase64"), std::string::npos) << found[0];
}

TEST_F(AConfiguration, TellsAllOfItsProblemsAtOnce) {
  source("one").profile = "nobody";
  source("two").time_zone = "Nowhere/Else";
  drop("three").time_zone = "Nowhere/Else";
  EXPECT_EQ(problems().size(), 3U);
}

}  // namespace
}  // namespace rosterd
