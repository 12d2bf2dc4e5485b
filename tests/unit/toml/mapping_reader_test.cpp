#include "reading.hpp"

#include <gtest/gtest.h>

namespace rosterd::test {

namespace {

using Texts = std::map<std::string, std::string>;

const std::string target = R"(
[target]
base_url = "https://tenant.eu.webtask.io/hash/api"
domain = "tenant.eu.auth0.com"
client_id = "rosterd"
client_secret = { credential = "auth0-client-secret" }
)";

const std::string source = R"([[webhook.source]]
name = "vendor"
keys = { credential = "hr-key" }
)";

/// What `[webhook.source.mapping]` with these lines, which start at line 5, is read as.
class MappingReader : public ::testing::Test {
 protected:
  config_files::ConfigResult read(const std::string& lines) {
    return config_files::read_config_text(
        source + "[webhook.source.mapping]\n" + lines + target, "r.toml", credentials
    );
  }
  EventMapping good(const std::string& lines) {
    const auto result = read(lines);
    EXPECT_EQ(shown(result.problems), "");
    if (!result.config || !result.config->webhook.sources.front().mapping) return {};
    return *result.config->webhook.sources.front().mapping;
  }
  std::string problems_of(const std::string& lines) { return shown(read(lines).problems); }

  FakeCredentials credentials;
};

}  // namespace

TEST_F(MappingReader, ReadsEveryKey) {
  const EventMapping mapping = good(R"(
events = "/employees"
person_id = "/id"
id = "/uuid"
occurred_at = "/at"
effective_at = "/from"
sequence = "/version"
type = "/action"
default_type = "person.changed"
[webhook.source.mapping.types]
"employee.hired" = "person.joined"
[webhook.source.mapping.attributes]
status = "/fields/Employment Status"
site = "/a~1b/m~0n/0"
[webhook.source.mapping.values]
status = { Inactive = "left" }
site.1 = "Berlin"
)");

  EXPECT_EQ(mapping.events, "/employees");
  EXPECT_EQ(mapping.person_id, "/id");
  EXPECT_EQ(mapping.id, "/uuid");
  EXPECT_EQ(mapping.occurred_at, "/at");
  EXPECT_EQ(mapping.effective_at, "/from");
  EXPECT_EQ(mapping.sequence, "/version");
  EXPECT_EQ(mapping.type, "/action");
  EXPECT_EQ(mapping.default_type, "person.changed");
  EXPECT_EQ(mapping.types, (Texts{{"employee.hired", "person.joined"}}));
  EXPECT_EQ(
      mapping.attributes, (Texts{{"site", "/a~1b/m~0n/0"}, {"status", "/fields/Employment Status"}})
  );
  EXPECT_EQ(mapping.values.size(), 2u);
  EXPECT_EQ(mapping.values.at("status"), (Texts{{"Inactive", "left"}}));
  EXPECT_EQ(mapping.values.at("site"), (Texts{{"1", "Berlin"}}));
}

TEST_F(MappingReader, TakesEventsForNoticesWhenNothingSaysMore) {
  const EventMapping mapping = good("person_id = '/employee'\n");

  EXPECT_EQ(mapping.default_type, "person.notice");
  EXPECT_EQ(mapping.events, "");
  EXPECT_TRUE(mapping.attributes.empty());
}

TEST_F(MappingReader, LeavesSourcesOfCanonicalEventsWithoutOne) {
  const auto result = config_files::read_config_text(source + target, "r.toml", credentials);

  ASSERT_TRUE(result.config.has_value());
  EXPECT_FALSE(result.config->webhook.sources.front().mapping.has_value());
}

TEST_F(MappingReader, ShowsEachProblemAtItsOwnLine) {
  EXPECT_EQ(
      problems_of(R"(person_id = "id"
type = "/a~b"
[webhook.source.mapping.types]
hired = "person.join"
[webhook.source.mapping.attributes]
department = "/department"
team = "team"
[webhook.source.mapping.values.departmnt]
R = "Research"
)"),
      "r.toml:5:13: person_id is \"id\", should be a JSON pointer (RFC 6901): \"/id\"\n"
      "r.toml:6:8: type is \"/a~b\", should be a JSON pointer (RFC 6901): \"/employee/id\"; \"~\" "
      "in a name is \"~0\", \"/\" is \"~1\"\n"
      "r.toml:8:9: \"hired\" becomes \"person.join\", should be \"person.joined\", "
      "\"person.changed\", \"person.left\" or \"person.notice\"; did you mean \"person.joined\"?\n"
      "r.toml:11:8: team is \"team\", should be a JSON pointer (RFC 6901): \"/team\"\n"
      "r.toml:12:32: there are values of \"departmnt\", which is not one of the attributes; did "
      "you mean \"department\"?\n"
  );
}

namespace {

struct Wrong {
  const char* name;
  const char* lines;
  const char* says;
};

class WrongMapping : public MappingReader, public ::testing::WithParamInterface<Wrong> {};

}  // namespace

TEST_P(WrongMapping, IsNamed) {
  const std::string problems = problems_of(GetParam().lines);

  EXPECT_NE(problems.find(GetParam().says), std::string::npos) << problems;
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    WrongMapping,
    ::testing::Values(
        Wrong{"nobody", "", "[webhook.source.mapping] has no person_id"},
        Wrong{"empty_person", "person_id=''", "person_id is empty"},
        Wrong{"typo", "person='/id'", R"(unknown key "person" in [webhook.source.mapping])"},
        Wrong{
            "tilde_at_the_end",
            "person_id='/id~'",
            R"(person_id is "/id~", should be a JSON pointer)"},
        Wrong{
            "default_type",
            "person_id='/id'\ndefault_type='notice'",
            R"(default_type is "notice", should be "person.joined")"},
        Wrong{
            "unknown_is_no_type",
            "person_id='/id'\ndefault_type='unknown'",
            R"(default_type is "unknown", should be)"},
        Wrong{
            "types_without_type",
            "person_id='/id'\ntypes={A='person.left'}",
            "type, the pointer to them, is absent"},
        Wrong{
            "types_as_list",
            "person_id='/id'\ntype='/t'\ntypes=['A']",
            "types is a list, should be a table of strings"},
        Wrong{
            "attribute_from_the_whole_event",
            "person_id='/id'\nattributes={site=''}",
            R"(site is "", should be a JSON pointer)"},
        Wrong{
            "attribute_without_a_name",
            "person_id='/id'\nattributes={''='/site'}",
            "the name of an attribute should have 1 to 128 bytes"},
        Wrong{
            "values_without_attribute",
            "person_id='/id'\nattributes={site='/s'}\nvalues={A='B'}",
            "A is a string, should be a table of strings"},
        Wrong{
            "status",
            "person_id='/id'\nattributes={status='/s'}\nvalues={status={A='activ'}}",
            R"("A" becomes the status "activ", should be "prehire", "active", "on_leave", )"
            R"("suspended" or "left"; did you mean "active"?)"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(MappingReader, FindsTheVendorsOfTheAnnotatedExample) {
  credentials.secrets = {
      {"hr_key", "k"},
      {"bamboohr_key", "k"},
      {"okta_key", "k"},
      {"auth0_client_secret", "k"},
      {"operator_token", "k"}};
  std::string text = opened_example("rosterd.toml");
  const std::string roster = "kind = \"roster\"";  // the event columns are for the other kind
  text.replace(text.find(roster), roster.size(), "kind = \"changes\"");

  const auto result = config_files::read_config_text(text, "r.toml", credentials);

  ASSERT_EQ(shown(result.problems), "");
  const auto& sources = result.config->webhook.sources;
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_FALSE(sources[0].mapping.has_value());
  EXPECT_EQ(sources[1].mapping->types.at("Deleted"), "person.left");
  EXPECT_EQ(sources[1].mapping->values.at("status").at("Inactive"), "left");
  EXPECT_EQ(sources[1].mapping->default_type, EventMapping{}.default_type);
  EXPECT_EQ(sources[2].mapping->types.at("user.lifecycle.deactivate"), "person.left");
}

}  // namespace rosterd::test
