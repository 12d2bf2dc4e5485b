#include "request_query.hpp"

#include "rosterd/domain/outcome.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rosterd {
namespace {

TEST(ARequestsQuery, IsTakenApart) {
  RequestQuery query(
      "/api/people?search=Zo%C3%AB+A&after=4711&limit=7&all=true&before=17&state=dead"
  );
  EXPECT_EQ(query.text("search"), "Zoë A");
  EXPECT_EQ(query.text("after"), "4711");
  EXPECT_EQ(query.limit(50, 100), 7U);
  EXPECT_TRUE(query.flag("all"));
  EXPECT_EQ(query.id("before"), 17);
  EXPECT_EQ(query.known("state", event_state), EventState::dead);
  EXPECT_EQ(query.problem(), std::nullopt);
}

TEST(ARequestsQuery, MayBeAbsent) {
  for (const char* target : {"/api/people", "/api/people?", "/api/people?&&"}) {
    RequestQuery query(target);
    EXPECT_EQ(query.text("search"), std::nullopt);
    EXPECT_EQ(query.limit(50, 100), 50U);
    EXPECT_FALSE(query.flag("all"));
    EXPECT_EQ(query.id("before"), std::nullopt);
    EXPECT_EQ(query.problem(), std::nullopt) << target;
  }
}

struct Wrong {
  const char* name;
  const char* query;
  const char* problem;
};

class AWrongQuery : public testing::TestWithParam<Wrong> {};

TEST_P(AWrongQuery, SaysWhatIsWrong) {
  RequestQuery query("/api/events?" + std::string(GetParam().query));
  query.known("state", event_state);
  query.id("before");
  query.flag("all");
  query.limit(50, 100);
  EXPECT_EQ(query.problem(), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    AWrongQuery,
    testing::Values(
        Wrong{
            "unknown",
            "sate=dead",
            "\"sate\" is not known here; known are: state, before, all, limit"},
        Wrong{"value", "state=died", "\"died\" is nothing that \"state\" can be"},
        Wrong{"empty", "state=", "\"\" is nothing that \"state\" can be"},
        Wrong{"twice", "all=true&all=false", "\"all\" is there twice"},
        Wrong{"flag", "all=yes", "\"yes\" is nothing that \"all\" can be"},
        Wrong{"id_zero", "before=0", "\"0\" is nothing that \"before\" can be"},
        Wrong{"id_words", "before=1+OR+1", "\"1 OR 1\" is nothing that \"before\" can be"},
        Wrong{
            "id_large",
            "before=99999999999999999999",
            "\"99999999999999999999\" is nothing that \"before\" can be"},
        Wrong{"limit_zero", "limit=0", "\"limit\" should be a number from 1 to 100"},
        Wrong{"limit_large", "limit=101", "\"limit\" should be a number from 1 to 100"},
        Wrong{"limit_negative", "limit=-1", "\"limit\" should be a number from 1 to 100"},
        Wrong{"escape", "state=%zz", "the query has a % that begins no byte in hexadecimal"},
        Wrong{
            "control",
            "%00%0a=1",
            "\"\\x00\\x0A\" is not known here; known are: state, before, "
            "all, limit"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(ARequestsQuery, OfAPathWithoutParametersHasNone) {
  EXPECT_EQ(RequestQuery("/api/history?x=1").problem(), "\"x\" is not known here");
}

}  // namespace
}  // namespace rosterd
