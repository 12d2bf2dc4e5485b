#include "reading.hpp"

#include <gtest/gtest.h>

namespace rosterd::test {

namespace {

const std::string target = R"(
[target]
base_url = "https://tenant.eu.webtask.io/hash/api"
domain = "tenant.eu.auth0.com"
client_id = "rosterd"
client_secret = { credential = "auth0-client-secret" }
)";

/// `10 or 0.050000 in 1h`
std::string as_text(const GuardSettings::Budget& budget) {
  return std::to_string(budget.at_least) + " or " + std::to_string(budget.part) + " in " +
         to_string(budget.window);
}

class ConfigReader : public ::testing::Test {
 protected:
  config_files::ConfigResult read(const std::string& text) {
    return config_files::read_config_text(text, "/etc/rosterd/rosterd.toml", credentials);
  }
  Config good(const std::string& text) {
    auto result = read(text);
    EXPECT_EQ(shown(result.problems), "");
    return result.config.value_or(Config{});
  }
  /// With a sound [target] at the end, so that only what a test is about is wrong.
  std::string problems_of(const std::string& text) { return shown(read(text + target).problems); }

  FakeCredentials credentials;
};

}  // namespace

TEST_F(ConfigReader, NeedsNothingButTheTarget) {
  const Config config = good(target);

  EXPECT_EQ(config.policy_file, "/etc/rosterd/policy.toml");
  EXPECT_EQ(config.target.base_url, "https://tenant.eu.webtask.io/hash/api");
  EXPECT_EQ(config.target.client_secret.reveal(), "s3cret");
  EXPECT_EQ(config.webhook.listen, "127.0.0.1:8085");
  EXPECT_TRUE(config.drops.empty());
}

TEST_F(ConfigReader, TakesRelativePathsFromTheFolderOfTheFile) {
  const Config config = good(
      R"(policy = "policies/strict.toml"
      store = { path = "state/rosterd.db" }
      operator = { socket = "" })" +
      target
  );

  EXPECT_EQ(config.policy_file, "/etc/rosterd/policies/strict.toml");
  EXPECT_EQ(config.store.path, "/etc/rosterd/state/rosterd.db");
  EXPECT_EQ(config.operator_.socket, "");
}

TEST_F(ConfigReader, ReadsSourcesWithSeveralKeys) {
  const Config config = good(R"(
[[webhook.source]]
name = "hr"
keys = [{ credential = "hr-key" }, { file = "keys/hr-key-new" }]
[[webhook.source]]
name = "payroll"
profile = "acme"
keys = { env = "hr-key" }
[[webhook.profile]]
name = "acme"
signature_header = "X-Acme-Signature"
signed_template = "{header:X-Acme-Time}.{body}"
timestamp_header = "X-Acme-Time"
)" + target);

  ASSERT_EQ(config.webhook.sources.size(), 2u);
  ASSERT_EQ(config.webhook.sources[0].keys.size(), 2u);
  EXPECT_EQ(config.webhook.sources[0].keys[1].reveal(), "k2");
  EXPECT_EQ(config.webhook.sources[1].profile, "acme");
}

TEST_F(ConfigReader, ReadsColumnsInTheShortAndTheLongForm) {
  const Config config = good(R"(
[[drop]]
name = "entra"
folder = "/srv/hr"
key = "WorkerID"
[drop.columns]
Department = "department"
[[drop.column]]
column = "WorkerStatus"
attribute = "status"
values = { Active = "active", Inactive = "left" }
otherwise = "error"
[[drop.override]]
when = { OnLeave = "True" }
attribute = "status"
value = "on_leave"
[drop.scope]
employment_type = "Contractor"
)" + target);

  ASSERT_EQ(config.drops.size(), 1u);
  const DropConfig& drop = config.drops[0];
  ASSERT_EQ(drop.columns.size(), 2u);
  EXPECT_EQ(drop.columns[0].column, "Department");
  EXPECT_EQ(drop.columns[1].values.at("Inactive"), "left");
  ASSERT_EQ(drop.overrides.size(), 1u);
  EXPECT_EQ(drop.overrides[0].when.at("OnLeave"), "True");
  EXPECT_EQ(drop.scope.at("employment_type"), "Contractor");
}

TEST_F(ConfigReader, ReadsBytesDurationsAndModesAsPeopleWriteThem) {
  const Config config = good(R"(
store = { free_bytes_min = "2 GiB", keep_events = "60d" }
worker = { retry_delays = ["2s", "1m30s"] }
operator = { socket_mode = "0600" }
)" + target);

  EXPECT_EQ(config.store.free_bytes_min, 2ULL << 30U);
  EXPECT_EQ(config.store.keep_events, 60 * 24h);
  EXPECT_EQ(config.worker.retry_delays, (std::vector<Duration>{2s, 90s}));
  EXPECT_EQ(config.operator_.socket_mode, 0600u);
}

TEST_F(ConfigReader, ReadsWhereTheOperatorIsLetIn) {
  const OperatorConfig nowhere = good(target).operator_;
  EXPECT_EQ(nowhere.listen, "");

  const OperatorConfig with_tls = good(R"([operator]
listen = "[::1]:8086"
token = { credential = "hr-key" }
tls_certificate = "operator.pem"
tls_key = "/keys/operator.key"
)" + target)
                                      .operator_;

  EXPECT_EQ(with_tls.listen, "[::1]:8086");
  EXPECT_EQ(with_tls.token, Secret("k1"));
  EXPECT_EQ(with_tls.tls_certificate, "/etc/rosterd/operator.pem");
  EXPECT_EQ(with_tls.tls_key, "/keys/operator.key");
}

TEST_F(ConfigReader, ReadsTheBudgetsOfTheGuard) {
  const Config config = good(R"(
[guard]
enabled = false
removals_at_least = 0
removals_part = 0.1
removals_window = "1m"
leavers_at_least = 20
leavers_part = 1
leavers_window = "7d"
emptied_members_max = 0
emptied_window = "2h"
)" + target);

  const GuardSettings& guard = config.guard;
  EXPECT_FALSE(guard.enabled);
  EXPECT_EQ(as_text(guard.removals), "0 or 0.100000 in 1m");
  EXPECT_EQ(as_text(guard.leavers), "20 or 1.000000 in 7d");
  EXPECT_EQ(guard.emptied_members_max, 0u);
  EXPECT_EQ(guard.emptied_window, 2h);
}

TEST_F(ConfigReader, GuardsAndReconcilesAndWatchesTheStorageUnlessItSaysOtherwise) {
  const Config config = good(target);

  EXPECT_TRUE(config.guard.enabled);
  EXPECT_EQ(as_text(config.guard.removals), "10 or 0.050000 in 1h");
  EXPECT_EQ(as_text(config.guard.leavers), "5 or 0.020000 in 1d");
  EXPECT_EQ(config.reconcile.every, 1h);
  EXPECT_TRUE(config.reconcile.repair);
  EXPECT_EQ(config.target.storage_bytes_max, 500u << 10U);
  EXPECT_EQ(config.target.storage_every, 1h);
}

TEST_F(ConfigReader, ReconcilesOnCommandOnlyAndOnlyReportsWhenToldSo) {
  const Config config = good("reconcile = { every = '0s', repair = false }" + target);

  EXPECT_EQ(config.reconcile.every, 0s);
  EXPECT_FALSE(config.reconcile.repair);
}

TEST_F(ConfigReader, ReadsTheLimitOfTheTenantsStorage) {
  EXPECT_EQ(good(target + "storage_bytes_max = 0\n").target.storage_bytes_max, 0u);

  const Config larger = good(target + "storage_bytes_max = '2 MiB'\nstorage_every = '1d'\n");
  EXPECT_EQ(larger.target.storage_bytes_max, 2u << 20U);
  EXPECT_EQ(larger.target.storage_every, 24h);
}

TEST_F(ConfigReader, SaysWhereTheLimitOfTheStorageIsWrong) {
  EXPECT_EQ(
      shown(read(target + "storage_bytes_max = 500\nstorage_every = '15m'\n").problems),
      "/etc/rosterd/rosterd.toml:7:21: storage_bytes_max is 500 bytes, should be at least 1 KiB, "
      "as in \"500 KiB\", or 0: no limit\n"
      "/etc/rosterd/rosterd.toml:8:17: storage_every is 15m, should be at least 1h\n"
  );
}

TEST_F(ConfigReader, ShowsEveryProblemAtOnceInTheOrderOfTheFile) {
  const std::string text = R"([store]
pth = "x"
open_events_max = "many"
[log]
level = "verbose"
[shutdown]
grace = 20
[target]
)";

  EXPECT_EQ(
      shown(read(text).problems),
      "/etc/rosterd/rosterd.toml:2:1: unknown key \"pth\" in [store]; did you mean \"path\"?\n"
      "/etc/rosterd/rosterd.toml:3:19: open_events_max is a string, should be an integer\n"
      "/etc/rosterd/rosterd.toml:5:9: level is \"verbose\", should be \"debug\", \"info\", "
      "\"notice\", \"warning\" or \"error\"\n"
      "/etc/rosterd/rosterd.toml:7:9: grace should be a duration in quotes: \"250ms\", \"30s\", "
      "\"15m\", \"8h\", \"7d\" or \"1h30m\"\n"
      "/etc/rosterd/rosterd.toml:8:1: [target] has no base_url: the extension's API, shown by it "
      "under API; it ends in /api\n"
      "/etc/rosterd/rosterd.toml:8:1: [target] has no client_id: the application that rosterd is "
      "to the tenant\n"
      "/etc/rosterd/rosterd.toml:8:1: [target] has no client_secret: a reference, as { credential "
      "= \"auth0_client_secret\" }\n"
      "/etc/rosterd/rosterd.toml:8:1: [target] has no domain: the tenant's, as "
      "\"TENANT.eu.auth0.com\"\n"
  );
}

TEST_F(ConfigReader, SaysWhereTheTomlItselfIsBroken) {
  const auto result = read("policy = \"a\"\nlisten = = 1\n");

  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(result.problems[0].line, 2u);
  EXPECT_NE(result.problems[0].text.find("not TOML"), std::string::npos);
}

TEST_F(ConfigReader, QuotesBrokenTomlOnOneLine) {
  const auto result = read("policy = tr\n");

  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_EQ(
      result.problems[0].text,
      "not TOML: Error while parsing boolean: expected 'true', saw 'tr\\x0A'"
  );
}

TEST_F(ConfigReader, RefusesASecretInTheFileAndDoesNotRepeatIt) {
  const std::string shown_problems = problems_of(R"(
[[webhook.source]]
name = "hr"
keys = ["hunter2"]
)");

  EXPECT_EQ(
      shown_problems,
      "/etc/rosterd/rosterd.toml:4:9: keys is a secret, and secrets are never in this file; write "
      "{ credential = \"NAME\" }, { file = \"PATH\" } or { env = \"NAME\" }\n"
  );
}

TEST_F(ConfigReader, SaysWhyASecretCannotBeHad) {
  credentials.secrets.clear();

  EXPECT_NE(
      problems_of("").find("client_secret cannot be had: no credential auth0-client-secret"),
      std::string::npos
  );
}

TEST_F(ConfigReader, SaysThatAFileIsMissing) {
  const auto result = config_files::read_config("/nowhere/rosterd.toml", credentials);

  EXPECT_EQ(
      shown(result.problems), "/nowhere/rosterd.toml: cannot be read: No such file or directory\n"
  );
}

struct Wrong {
  const char* name;
  const char* text;
  const char* says;
};

class WrongConfig : public ConfigReader, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WrongConfig, IsNamed) {
  const std::string shown_problems = problems_of(GetParam().text);

  EXPECT_NE(shown_problems.find(GetParam().says), std::string::npos) << shown_problems;
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    WrongConfig,
    ::testing::Values(
        Wrong{"top_level_typo", "polcy = 'x'", R"(in the file; did you mean "policy"?)"},
        Wrong{"table_as_text", "store = 'x'", "store is a string, should be one table: [store]"},
        Wrong{
            "drop_as_table",
            "[drop]\nname = 'x'",
            "should be a list of tables, each headed [[drop]]"},
        Wrong{
            "number_too_big",
            "[worker]\ncrashes_max = 101",
            "crashes_max is 101, should be from 1 to 100"},
        Wrong{"negative_bytes", "[webhook]\nbody_bytes_max = -1", "should be a number of bytes"},
        Wrong{"address", "[webhook]\nlisten = '8085'", "should be HOST:PORT"},
        Wrong{"certificate_alone", "[webhook]\ntls_key = 'k'", "go together"},
        Wrong{
            "unknown_profile",
            "[[webhook.source]]\nname='a'\nprofile='githb'\nkeys=[{env='hr-key'}]",
            R"(did you mean "github"?)"},
        Wrong{
            "two_sources",
            "[[webhook.source]]\nname='a'\nkeys=[{env='hr-key'}]\n[[webhook.source]]\nname='a'"
            "\nkeys=[{env='hr-key'}]",
            R"(a second source is named "a")"},
        Wrong{"no_keys", "[[webhook.source]]\nname='a'\nkeys=[]", "keys is empty"},
        Wrong{
            "secret_typo",
            "[[webhook.source]]\nname='a'\nkeys=[{credental='hr-key'}]",
            R"(did you mean "credential"?)"},
        Wrong{
            "placeholder",
            "[[webhook.profile]]\nname='p'\nsignature_header='S'\nsigned_template='{bdy}'",
            R"(has a placeholder "bdy")"},
        Wrong{"drop_without_columns", "[[drop]]\nname='d'\nfolder='f'\nkey='k'", "has no columns"},
        Wrong{
            "attribute_twice",
            "[[drop]]\nname='d'\nfolder='f'\nkey='k'\n[drop.columns]\nA='x'\nB='x'",
            "two columns of drop \"d\" become the attribute \"x\""},
        Wrong{
            "event_type",
            "[[drop]]\nname='d'\nfolder='f'\nkind='changes'\nkey='k'\n[drop.columns]\nA='x'\n[drop."
            "types]\nHIRE='person.join'",
            R"(did you mean "person.joined"?)"},
        Wrong{
            "types_of_a_roster",
            "[[drop]]\nname='d'\nfolder='f'\nkey='k'\n[drop.columns]\nA='x'\n[drop.types]\nHIRE='"
            "person.joined'",
            "this drop is a roster"},
        Wrong{
            "not_a_part",
            "[[drop]]\nname='d'\nfolder='f'\nkey='k'\nmissing_part_max=nan\n[drop.columns]\nA='x'",
            "missing_part_max is nan, should be from 0 to 1"},
        Wrong{
            "per_cent",
            "[guard]\nremovals_part = 5",
            ":2:17: removals_part is 5, should be from 0 to 1; for 5 % write 0.05\n"},
        Wrong{
            "fraction_of_per_cent",
            "[guard]\nleavers_part = 2.3",
            "leavers_part is 2.3, should be from 0 to 1; for 2.3 % write 0.023\n"},
        Wrong{
            "more_than_all",
            "[guard]\nleavers_part = 101",
            "leavers_part is 101, should be from 0 to 1\n"},
        Wrong{
            "less_than_nothing",
            "[guard]\nleavers_part = -0.1",
            "leavers_part is -0.1, should be from 0 to 1\n"},
        Wrong{
            "part_as_text",
            "[guard]\nremovals_part = '5 %'",
            "removals_part is a string, should be a number"},
        Wrong{
            "negative_budget",
            "[guard]\nremovals_at_least = -1",
            "removals_at_least is -1, should be at least 0"},
        Wrong{
            "short_window",
            "[guard]\nleavers_window = '30s'",
            ":2:18: leavers_window is 30s, should be at least 1m"},
        Wrong{
            "short_emptied_window",
            "[guard]\nemptied_window = '59s'",
            "emptied_window is 59s, should be at least 1m"},
        Wrong{
            "budget_typo",
            "[guard]\nremoval_part = 0.1",
            R"(unknown key "removal_part" in [guard]; did you mean "removals_part"?)"},
        Wrong{
            "reconciles_all_the_time",
            "[reconcile]\nevery = '30s'",
            ":2:9: every is 30s, should be at least 1m, or \"0s\": only on command"},
        Wrong{
            "reconciles_without_a_unit",
            "[reconcile]\nevery = 0",
            "every should be a duration in quotes"},
        Wrong{
            "part_of_a_roster",
            "[[drop]]\nname='d'\nfolder='f'\nkey='k'\nmissing_part_max=5\n[drop.columns]\nA='x'",
            "for 5 % write 0.05"},
        Wrong{"socket_mode", "[operator]\nsocket_mode='0999'", "should be a file mode"},
        Wrong{
            "operator_without_token",
            "[operator]\nlisten='127.0.0.1:8086'",
            ":2:8: listen has no token, which keeps others out"},
        Wrong{
            "operator_token_in_the_file",
            "[operator]\nlisten='127.0.0.1:8086'\ntoken='s3cret'",
            ":3:7: token is a secret, and secrets are never in this file"},
        Wrong{
            "operator_address",
            "[operator]\nlisten='8086'\ntoken={credential='hr-key'}",
            "listen is \"8086\", should be HOST:PORT"},
        Wrong{
            "operator_certificate_without_key",
            "[operator]\ntls_certificate='operator.pem'",
            "tls_certificate and tls_key go together"},
        Wrong{"retry_delay", "[worker]\nretry_delays=['soon']", "\"soon\" should be a duration"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(ConfigReader, SendsSecretsInTheClearToThisMachineOnly) {
  const auto with_url = [&](const std::string& url) {
    std::string text = target;
    text.replace(text.find("https://tenant.eu.webtask.io/hash/api"), 37, url);
    return shown(read(text).problems);
  };

  EXPECT_EQ(with_url("http://127.0.0.1:3001/api"), "");
  EXPECT_NE(with_url("http://example.com/api").find("in the clear"), std::string::npos);
  EXPECT_NE(with_url("http://localhost.example.com/api").find("in the clear"), std::string::npos);
}

TEST_F(ConfigReader, AcceptsTheAnnotatedExample) {
  credentials.secrets["hr_key"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  credentials.secrets["auth0_client_secret"] = "x";

  const auto result = config_files::read_config(
      std::string(ROSTERD_SOURCE_DIR) + "/config/rosterd.toml", credentials
  );

  EXPECT_EQ(shown(result.problems), "");
}

TEST_F(ConfigReader, AcceptsWhatTheExampleCommentsOut) {
  credentials.secrets["hr_key"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  credentials.secrets["auth0_client_secret"] = "x";
  credentials.secrets["bamboohr_key"] = "x";
  credentials.secrets["okta_key"] = "x";
  credentials.secrets["operator_token"] = "x";
  std::string text = opened_example("rosterd.toml");
  const std::string roster = "kind = \"roster\"";  // the event columns are for the other kind
  text.replace(text.find(roster), roster.size(), "kind = \"changes\"");

  const Config config = good(text);

  EXPECT_EQ(config.store.open_events_max, StoreConfig{}.open_events_max);
  EXPECT_EQ(config.store.free_bytes_min, StoreConfig{}.free_bytes_min);
  EXPECT_EQ(config.target.write_time_max, TargetConfig{}.write_time_max);
  EXPECT_EQ(config.target.answer_bytes_max, TargetConfig{}.answer_bytes_max);
  EXPECT_EQ(config.target.storage_bytes_max, TargetConfig{}.storage_bytes_max);
  EXPECT_EQ(config.target.storage_every, TargetConfig{}.storage_every);
  EXPECT_EQ(config.worker.leaver_delay_max, WorkerConfig{}.leaver_delay_max);
  EXPECT_EQ(config.guard.enabled, GuardSettings{}.enabled);
  EXPECT_EQ(as_text(config.guard.removals), as_text(GuardSettings{}.removals));
  EXPECT_EQ(as_text(config.guard.leavers), as_text(GuardSettings{}.leavers));
  EXPECT_EQ(config.guard.emptied_members_max, GuardSettings{}.emptied_members_max);
  EXPECT_EQ(config.guard.emptied_window, GuardSettings{}.emptied_window);
  EXPECT_EQ(config.reconcile.every, ReconcileConfig{}.every);
  EXPECT_EQ(config.reconcile.repair, ReconcileConfig{}.repair);
  EXPECT_EQ(config.webhook.body_bytes_max, WebhookConfig{}.body_bytes_max);
  EXPECT_EQ(config.webhook.profiles.size(), 1u);
  EXPECT_EQ(config.operator_.socket_mode, OperatorConfig{}.socket_mode);
  EXPECT_EQ(config.log.personal_data, LogConfig{}.personal_data);
  EXPECT_EQ(config.shutdown.grace, ShutdownConfig{}.grace);
}

}  // namespace rosterd::test
