#include "rosterd/ingest/event_codec.hpp"

#include "rosterd/adapters/openssl/crypto.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rosterd::ingest {
namespace {

constexpr std::string_view joiner = R"({
  "id": "evt-1",
  "type": "person.joined",
  "person": {"id": "00471", "attributes": {"status": "active", "department": "Engineering"}},
  "occurred_at": "2026-03-01T09:00:00+01:00",
  "effective_at": "2026-04-01",
  "sequence": 7
})";

class EventCodec : public testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  using Decoded = Result<std::vector<DecodedEvent>, CodecError>;

  Decoded decode(std::string_view body) { return decode(body, EventFormat::plain, {}); }

  Decoded decode(std::string_view body, EventFormat format, const Headers& headers) {
    options.source = "hr";
    return decode_events(body, format, headers, options, *crypto);
  }

  /// The one event in canonical form, or what is wrong with it.
  std::string told(const Decoded& decoded) {
    if (!decoded) {
      const CodecError error = decoded.error();
      return "at '" + error.at + "': " + error.text;
    }
    return decoded->size() == 1 ? to_json(decoded->front().event)
                                : std::to_string(decoded->size()) + " events";
  }

  /// An event of that person part, otherwise right.
  std::string told_of(std::string_view person) {
    return told(decode(R"({"id":"e","type":"person.changed","person":)" + std::string(person) + "}")
    );
  }

  std::unique_ptr<Crypto> crypto = openssl::make_crypto();
  DecodeOptions options;
};

TEST_F(EventCodec, ReadsACanonicalEvent) {
  EXPECT_EQ(
      told(decode(joiner)),
      R"({"id":"evt-1","type":"person.joined","mode":"partial",)"
      R"("person":{"id":"00471","attributes":{"department":"Engineering","status":"active"}},)"
      R"("occurred_at":"2026-03-01T08:00:00Z","effective_at":"2026-04-01","sequence":"7"})"
  );
}

TEST_F(EventCodec, ReadsBackWhatItWrites) {
  const std::string canonical = told(decode(
      R"({"id":"é\n","type":"person.changed","mode":"full","person":{"id":" 7 ","attributes":)"
      R"({"b":true,"i":-9223372036854775808,"d":0.1,"l":["a","\"b\""],"e":[],"n":null,"s":"\u0001"}},)"
      R"("effective_at":"2026-03-01T00:00:00.25Z","sequence":"0018446744073709551616"})"
  ));

  EXPECT_EQ(
      canonical,
      R"({"id":"é\n","type":"person.changed","mode":"full","person":{"id":" 7 ","attributes":)"
      R"({"b":true,"d":0.1,"e":[],"i":-9223372036854775808,"l":["a","\"b\""],"n":null,"s":"\u0001"}},)"
      R"("effective_at":"2026-03-01T00:00:00.25Z","sequence":"18446744073709551616"})"
  );
  EXPECT_EQ(told(decode(canonical)), canonical);
}

TEST_F(EventCodec, KeepsAnEventAsItCame) {
  const std::string body = R"([ {"id":"1","type":"person.left","person":{"id":"a"}, "x": 1 } ,)"
                           R"({"id":"2","type":"person.left","person":{"id":"b"}}])";

  const auto decoded = decode(body);

  ASSERT_TRUE(decoded.has_value()) << told(decoded);
  EXPECT_EQ(
      decoded->at(0).payload, R"({"id":"1","type":"person.left","person":{"id":"a"}, "x": 1 })"
  );
  EXPECT_EQ(decoded->at(1).payload, R"({"id":"2","type":"person.left","person":{"id":"b"}})");
}

TEST_F(EventCodec, CountsOneAndOnePointZeroAsTheSame) {
  EXPECT_EQ(
      told_of(R"({"id":"p","attributes":{"level":1.0}})"),
      told_of(R"({"id":"p","attributes":{"level":1}})")
  );
}

TEST_F(EventCodec, ToleratesMembersItDoesNotKnow) {
  EXPECT_TRUE(
      decode(R"({"id":"e","type":"person.left","trace":{"a":[1]},"person":{"id":"p","x":1}})")
          .has_value()
  );
}

TEST_F(EventCodec, TakesNullForAbsentWhereAFieldIsOptional) {
  EXPECT_TRUE(decode(R"({"id":"e","type":"person.left","mode":null,"occurred_at":null,)"
                     R"("effective_at":null,"sequence":null,"person":{"id":"p"}})")
                  .has_value());
}

TEST_F(EventCodec, NeedsNoAttributesForANoticeOrALeaver) {
  EXPECT_TRUE(decode(R"({"id":"e","type":"person.notice","person":{"id":"p"}})").has_value());
  EXPECT_TRUE(decode(R"({"id":"e","type":"person.left","person":{"id":"p"}})").has_value());
}

TEST_F(EventCodec, KeepsATypeNobodyKnowsWhateverElseItSays) {
  const auto decoded = decode(
      R"({"id":"e","type":"payroll.run","mode":7,"occurred_at":"noon","person":{"id":"p","attributes":[]}})"
  );

  ASSERT_TRUE(decoded.has_value()) << told(decoded);
  const ChangeEvent& event = decoded->front().event;
  EXPECT_EQ(event.type, ChangeType::unknown);
  EXPECT_EQ(event.type_text, "payroll.run");
  EXPECT_EQ(event.external_id, "e");
  EXPECT_EQ(event.person.value, "p");
  EXPECT_TRUE(decode(R"({"type":"ping","person":"none"})").has_value());
}

TEST_F(EventCodec, DerivesTheSameIdForTheSameContent) {
  const auto derived = [&](std::string_view text) {
    const auto decoded = decode(text);
    return decoded ? decoded->front().event.external_id : told(decoded);
  };

  const std::string id = derived(
      R"({"type":"person.changed","person":{"id":"p","attributes":{"a":1,"b":2}},"occurred_at":"2026-03-01T09:00:00Z"})"
  );

  EXPECT_EQ(id.size(), std::string_view("sha256:").size() + 64) << id;
  EXPECT_EQ(
      id,
      derived(
          R"({"occurred_at":"2026-03-01T10:00:00+01:00", "person":{"attributes":{"b":2,"a":1},"id":"p"},"type":"person.changed","other":1})"
      )
  );
  EXPECT_NE(
      id,
      derived(
          R"({"type":"person.changed","person":{"id":"p","attributes":{"a":1,"b":2}},"occurred_at":"2026-03-01T09:00:01Z"})"
      )
  );
}

TEST_F(EventCodec, TakesASignedDeliveryIdOnlyWhereTheBodyHasNone) {
  options.delivery_id = "msg_1";

  const auto with_own = decode(joiner);
  const auto without = decode(R"({"type":"person.left","person":{"id":"p"}})");
  const auto batch = decode(
      R"([{"type":"person.left","person":{"id":"p"}},{"type":"person.left","person":{"id":"q"}}])"
  );

  EXPECT_EQ(with_own->front().event.external_id, "evt-1");
  EXPECT_EQ(without->front().event.external_id, "msg_1");
  EXPECT_EQ(batch->at(0).event.external_id, "msg_1#0");
  EXPECT_EQ(batch->at(1).event.external_id, "msg_1#1");
}

TEST_F(EventCodec, RecognisesTheSameContentUnderAnyLayout) {
  const auto one = decode(R"({"id":"1","type":"person.left","person":{"id":"p"}})");
  const auto other = decode(R"({ "type":"person.left", "id":"2", "person":{"id":"p"}, "try":2 })");

  EXPECT_EQ(one->front().sha256, other->front().sha256);
}

TEST_F(EventCodec, SaysNoToABatchOverTheLimitAndTakesAnEmptyOne) {
  options.limits.events_max = 2;
  const std::string event = R"({"type":"person.left","person":{"id":"p"}})";

  EXPECT_EQ(decode("[]")->size(), 0U);
  EXPECT_EQ(decode("[" + event + "," + event + "]")->size(), 2U);
  const auto over = decode("[" + event + "," + event + "," + event + "]");
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().kind, CodecError::Kind::too_many);
}

TEST_F(EventCodec, ReadsABatchWholeOrNotAtAll) {
  EXPECT_EQ(
      told(decode(R"([{"id":"1","type":"person.left","person":{"id":"p"}},)"
                  R"({"id":"2","type":"person.left","person":{}}])")),
      "at '/1/person': person.id is missing: the immutable key of the person in the HR system"
  );
}

TEST_F(EventCodec, SaysTheLineOfAFault) {
  const auto decoded =
      decode("{\"id\": \"e\",\n \"type\": \"person.left\",\n \"person\": {\"id\": 471}}");

  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().at, "/person/id");
  EXPECT_EQ(decoded.error().line, 3U);
  EXPECT_EQ(decoded.error().column, 19U);
}

struct Wrong {
  std::string name;
  std::string body;
  std::string told;
};

void PrintTo(const Wrong& wrong, std::ostream* out) {
  *out << wrong.name;
}

class WrongEvent : public EventCodec, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongEvent, IsRefusedWithItsPlaceAndARemedy) {
  EXPECT_EQ(told(decode(GetParam().body)), GetParam().told);
}

std::string changed(std::string_view rest) {
  return R"({"id":"e","type":"person.changed",)" + std::string(rest) + "}";
}

std::string with_attributes(std::string_view attributes) {
  return changed(R"("person":{"id":"p","attributes":)" + std::string(attributes) + "}");
}

INSTANTIATE_TEST_SUITE_P(
    Fields,
    WrongEvent,
    testing::Values(
        Wrong{"no_object", "7", "at '': an event must be an object"},
        Wrong{"text_in_a_batch", R"(["x"])", "at '/0': an event must be an object"},
        Wrong{"no_type", R"({"id":"e"})", "at '': type is missing"},
        Wrong{"type_a_number", R"({"type":1.5})", "at '/type': type must be a string"},
        Wrong{
            "no_person",
            changed(R"("mode":"partial")"),
            "at '': person.id is missing: the immutable key of the person in the HR system"},
        Wrong{
            "person_a_text",
            changed(R"("person":"p")"),
            "at '/person': person must be an object with id and attributes"},
        Wrong{
            "person_id_a_number",
            changed(R"("person":{"id":471})"),
            "at '/person/id': person.id is a number; send it as a string, which keeps leading "
            "zeros"},
        Wrong{
            "person_id_empty",
            changed(R"("person":{"id":""})"),
            "at '/person/id': person.id is empty"},
        Wrong{
            "person_id_null",
            changed(R"("person":{"id":null})"),
            "at '/person/id': person.id must be a string"},
        Wrong{
            "person_id_with_nul",
            changed(R"("person":{"id":"a\u0000b"})"),
            "at '/person/id': person.id contains U+0000"},
        Wrong{
            "person_id_long",
            changed(R"("person":{"id":")" + std::string(257, 'x') + R"("})"),
            "at '/person/id': person.id is longer than 256 bytes"},
        Wrong{
            "id_a_number",
            R"({"id":7,"type":"person.left","person":{"id":"p"}})",
            "at '/id': id is a number; send it as a string, which keeps leading zeros"},
        Wrong{
            "mode",
            changed(R"("mode":"all","person":{"id":"p"})"),
            "at '/mode': mode must be partial or full"},
        Wrong{
            "full_without_attributes",
            changed(R"("mode":"full","person":{"id":"p"})"),
            "at '/person': person.attributes is missing, and mode full clears whatever is not "
            "there"},
        Wrong{
            "attributes_misplaced",
            changed(R"("person":{"id":"p"},"attributes":{})"),
            "at '/attributes': attributes belong into person"},
        Wrong{
            "attributes_an_array",
            with_attributes("[]"),
            "at '/person/attributes': attributes must be an object"},
        Wrong{
            "attribute_an_object",
            with_attributes(R"({"a/b":{"c":1}})"),
            "at '/person/attributes/a~1b': an attribute must be a string, a number, a boolean, "
            "null or an array of strings; name its parts as attributes of their own"},
        Wrong{
            "list_of_numbers",
            with_attributes(R"({"a":["x",1]})"),
            "at '/person/attributes/a/1': an array may hold strings only"},
        Wrong{
            "integer_too_large",
            with_attributes(R"({"a":9223372036854775808})"),
            "at '/person/attributes/a': the integer does not fit into 64 bits; send it as a "
            "string"},
        Wrong{
            "empty_name",
            with_attributes(R"({"":1})"),
            "at '/person/attributes/': the name of an attribute must have 1 to 128 bytes, none of "
            "them U+0000"},
        Wrong{
            "value_too_long",
            with_attributes(R"({"a":")" + std::string(8193, 'x') + R"("})"),
            "at '/person/attributes/a': longer than 8192 bytes"},
        Wrong{
            "status_unknown",
            with_attributes(R"({"status":"aktiv"})"),
            "at '/person/attributes/status': status must be prehire, active, on_leave, suspended "
            "or left"},
        Wrong{
            "status_a_boolean",
            with_attributes(R"({"status":true})"),
            "at '/person/attributes/status': status must be prehire, active, on_leave, suspended "
            "or left"},
        Wrong{
            "occurred_at_without_offset",
            changed(R"("person":{"id":"p"},"occurred_at":"2026-03-01T09:00:00")"),
            "at '/occurred_at': occurred_at must be RFC 3339 with an offset, like "
            "2026-03-01T09:00:00Z"},
        Wrong{
            "occurred_at_a_number",
            changed(R"("person":{"id":"p"},"occurred_at":1772355600)"),
            "at '/occurred_at': occurred_at must be RFC 3339 with an offset, like "
            "2026-03-01T09:00:00Z"},
        Wrong{
            "effective_at_no_day",
            changed(R"("person":{"id":"p"},"effective_at":"2026-02-30")"),
            "at '/effective_at': effective_at must be a date like 2026-03-01, or RFC 3339 with an "
            "offset"},
        Wrong{
            "sequence_negative",
            changed(R"("person":{"id":"p"},"sequence":-1)"),
            "at '/sequence': sequence must be an integer from 0, or a string of digits"},
        Wrong{
            "sequence_a_fraction",
            changed(R"("person":{"id":"p"},"sequence":1.0)"),
            "at '/sequence': sequence must be an integer from 0, or a string of digits"},
        Wrong{
            "sequence_hexadecimal",
            changed(R"("person":{"id":"p"},"sequence":"1f")"),
            "at '/sequence': sequence must be an integer from 0, or a string of digits"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(EventCodec, LimitsTheNumberOfAttributes) {
  options.limits.attributes_max = 2;

  EXPECT_EQ(
      told_of(R"({"id":"p","attributes":{"a":1,"b":2,"c":3}})"),
      "at '/person/attributes/c': more than 2 attributes"
  );
}

TEST_F(EventCodec, NormalisesSequences) {
  const auto sequence = [&](std::string_view text) {
    const auto decoded = decode(changed(R"("person":{"id":"p"},"sequence":)" + std::string(text)));
    return decoded ? decoded->front().event.sequence : told(decoded);
  };

  EXPECT_EQ(sequence("0"), "0");
  EXPECT_EQ(sequence(R"("000")"), "0");
  EXPECT_EQ(sequence(R"("0042")"), "42");
  EXPECT_EQ(sequence("123456789012345678901234567890"), "123456789012345678901234567890");
}

// CloudEvents ------------------------------------------------------------------------------------

constexpr std::string_view cloud_event = R"({
  "specversion": "1.0", "id": "ce-1", "source": "/hr", "type": "com.example.person.joined",
  "time": "2026-03-01T09:00:00Z", "subject": "00471", "datacontenttype": "application/json",
  "data": {"person": {"attributes": {"department": "Sales"}}, "sequence": "3"}
})";

constexpr std::string_view cloud_event_canonical =
    R"({"id":"ce-1","type":"person.joined","mode":"partial",)"
    R"("person":{"id":"00471","attributes":{"department":"Sales"}},)"
    R"("occurred_at":"2026-03-01T09:00:00Z","sequence":"3"})";

TEST_F(EventCodec, ReadsTheThreeFormsOfACloudEventAsTheSameEvent) {
  const Headers headers{
      {"Content-Type", "application/json"},
      {"ce-specversion", "1.0"},
      {"Ce-Id", "ce-1"},
      {"CE-Source", "/hr"},
      {"ce-type", "com.example.person.joined"},
      {"ce-time", "2026-03-01T09:00:00Z"},
      {"ce-subject", "00471"}};

  const auto structured = decode(cloud_event, EventFormat::cloudevents_structured, {});
  const auto batch =
      decode("[" + std::string(cloud_event) + "]", EventFormat::cloudevents_batch, {});
  const auto binary = decode(
      R"({"person": {"attributes": {"department": "Sales"}}, "sequence": "3"})",
      EventFormat::cloudevents_binary,
      headers
  );

  EXPECT_EQ(told(structured), cloud_event_canonical);
  EXPECT_EQ(told(batch), cloud_event_canonical);
  EXPECT_EQ(told(binary), cloud_event_canonical);
  EXPECT_EQ(
      told(decode(binary->front().payload, EventFormat::cloudevents_structured, {})),
      cloud_event_canonical
  );
}

TEST_F(EventCodec, PrefersThePersonInTheDataToTheSubject) {
  const auto decoded = decode(
      R"({"specversion":"1.0","id":"1","source":"s","type":"person.left","subject":"people/7",)"
      R"("data":{"person":{"id":"7"}}})",
      EventFormat::cloudevents_structured,
      {}
  );

  EXPECT_EQ(decoded->front().event.person.value, "7");
}

TEST_F(EventCodec, PercentDecodesCloudEventHeaders) {
  const Headers headers{
      {"ce-specversion", "1.0"},
      {"ce-id", "a%20%E2%82%AC"},
      {"ce-source", "s"},
      {"ce-type", "person.left"},
      {"ce-subject", "\"J\\\"%20X\""}};

  const auto decoded = decode("{}", EventFormat::cloudevents_binary, headers);

  ASSERT_TRUE(decoded.has_value()) << told(decoded);
  EXPECT_EQ(decoded->front().event.external_id, "a €");
  EXPECT_EQ(decoded->front().event.person.value, "J\" X");
}

TEST_F(EventCodec, BelievesTheSignedBodyBeforeUnsignedHeaders) {
  const Headers headers{
      {"ce-specversion", "1.0"},
      {"ce-id", "replayed"},
      {"ce-source", "s"},
      {"ce-type", "person.joined"},
      {"ce-time", "2030-01-01T00:00:00Z"},
      {"ce-subject", "somebody-else"}};

  const auto decoded = decode(
      R"({"id":"e","type":"person.left","person":{"id":"p"},"occurred_at":"2026-03-01T09:00:00Z"})",
      EventFormat::cloudevents_binary,
      headers
  );

  EXPECT_EQ(
      told(decoded),
      R"({"id":"e","type":"person.left","mode":"partial","person":{"id":"p","attributes":{}},)"
      R"("occurred_at":"2026-03-01T09:00:00Z"})"
  );
}

TEST_F(EventCodec, KeepsCloudEventsOfUnknownTypes) {
  const auto decoded = decode(
      R"({"specversion":"1.0","id":"1","source":"s","type":"com.example.invoice.paid","data":"x"})",
      EventFormat::cloudevents_structured,
      {}
  );

  ASSERT_TRUE(decoded.has_value()) << told(decoded);
  EXPECT_EQ(decoded->front().event.type, ChangeType::unknown);
}

struct WrongCloudEvent {
  std::string name;
  std::string body;
  std::string told;
};

void PrintTo(const WrongCloudEvent& wrong, std::ostream* out) {
  *out << wrong.name;
}

class WrongEnvelope : public EventCodec, public testing::WithParamInterface<WrongCloudEvent> {};

TEST_P(WrongEnvelope, IsRefused) {
  EXPECT_EQ(
      told(decode(GetParam().body, EventFormat::cloudevents_structured, {})), GetParam().told
  );
}

INSTANTIATE_TEST_SUITE_P(
    CloudEvents,
    WrongEnvelope,
    testing::Values(
        WrongCloudEvent{"no_version", R"({"id":"1"})", "at '': specversion must be \"1.0\""},
        WrongCloudEvent{
            "old_version",
            R"({"specversion":"0.3"})",
            "at '/specversion': specversion must be \"1.0\""},
        WrongCloudEvent{"no_id", R"({"specversion":"1.0"})", "at '': id is missing"},
        WrongCloudEvent{
            "no_source", R"({"specversion":"1.0","id":"1"})", "at '': source is missing"},
        WrongCloudEvent{
            "no_type", R"({"specversion":"1.0","id":"1","source":"s"})", "at '': type is missing"},
        WrongCloudEvent{
            "no_data",
            R"({"specversion":"1.0","id":"1","source":"s","type":"person.left"})",
            "at '': data is missing"},
        WrongCloudEvent{
            "data_a_text",
            R"({"specversion":"1.0","id":"1","source":"s","type":"person.left","data":"{}"})",
            "at '/data': data must be an object"},
        WrongCloudEvent{
            "data_in_base64",
            R"({"specversion":"1.0","id":"1","source":"s","type":"person.left","data_base64":"e30="})",
            "at '/data_base64': send JSON in data instead of data_base64"},
        WrongCloudEvent{
            "time",
            R"({"specversion":"1.0","id":"1","source":"s","type":"person.left","time":"now"})",
            "at '/time': time must be RFC 3339 with an offset, like 2026-03-01T09:00:00Z"},
        WrongCloudEvent{"an_array", "[]", "at '': an event must be an object"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(EventCodec, NamesTheHeaderThatIsWrong) {
  const Headers headers{
      {"ce-specversion", "1.0"}, {"ce-id", "%zz"}, {"ce-source", "s"}, {"ce-type", "person.left"}};

  EXPECT_EQ(
      told(decode("{}", EventFormat::cloudevents_binary, headers)),
      "at 'header ce-id': ce-id is not percent-encoded UTF-8"
  );
  EXPECT_EQ(
      told(decode("{}", EventFormat::cloudevents_binary, {{"ce-specversion", "1.0"}})),
      "at 'header ce-id': ce-id is missing"
  );
  EXPECT_EQ(
      told(decode("{}", EventFormat::cloudevents_batch, {})),
      "at '': a CloudEvents batch must be an array"
  );
}

TEST(EventFormat, FollowsTheContentType) {
  const HeaderViews none;
  EXPECT_EQ(event_format("application/json", none), EventFormat::plain);
  EXPECT_EQ(event_format("Application/JSON; charset=\"UTF-8\"", none), EventFormat::plain);
  EXPECT_EQ(event_format("application/scim+json", none), EventFormat::plain);
  EXPECT_EQ(
      event_format("application/cloudevents+json; charset=utf-8", none),
      EventFormat::cloudevents_structured
  );
  EXPECT_EQ(
      event_format("application/cloudevents-batch+json", none), EventFormat::cloudevents_batch
  );
  const std::vector<std::pair<std::string_view, std::string_view>> binary{
      {"Ce-Specversion", "1.0"}};
  EXPECT_EQ(event_format("application/json", binary), EventFormat::cloudevents_binary);
  for (const std::string_view refused :
       {"",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin1",
        "application/cloudevents+xml",
        "application/cloudevents+avro+json",
        "application/jsonp"}) {
    EXPECT_EQ(event_format(refused, none), std::nullopt) << refused;
  }
}

// Vendors ----------------------------------------------------------------------------------------

TEST_F(EventCodec, ReadsAVendorsOwnJsonByItsMapping) {
  EventMapping mapping;
  mapping.events = "/employees";
  mapping.person_id = "/id";
  mapping.occurred_at = "/timestamp";
  mapping.type = "/action";
  mapping.types = {{"Created", "person.joined"}, {"Updated", "person.changed"}};
  mapping.attributes = {{"department", "/fields/Department"}, {"status", "/fields/Status"}};
  mapping.values["status"] = {{"Inactive", "left"}, {"Active", "active"}};
  options.mapping = &mapping;

  const auto decoded = decode(
      R"({"employees":[{"action":"Updated","id":12345,"timestamp":"2026-01-31T18:42:00+0000",)"
      R"("fields":{"Department":null,"Status":"Inactive","First Name":"Bryony"}}]})"
  );

  ASSERT_TRUE(decoded.has_value()) << told(decoded);
  ChangeEvent event = decoded->front().event;
  EXPECT_TRUE(event.external_id.starts_with("sha256:"));
  event.external_id = "derived";
  EXPECT_EQ(
      to_json(event),
      R"({"id":"derived","type":"person.changed","mode":"partial","person":{"id":"12345",)"
      R"("attributes":{"department":null,"status":"left"}},"occurred_at":"2026-01-31T18:42:00Z"})"
  );
  EXPECT_EQ(
      told(decode(R"({"employees":[{"action":"Updated","fields":{}}]})")),
      "at '/employees/0': no person id at /id"
  );
  EXPECT_EQ(
      told(decode(R"({"employees":[{"action":"Updated","id":"1","fields":{"Status":"?"}}]})")),
      "at '/employees/0/fields/Status': status must be prehire, active, on_leave, suspended or left"
  );
  EXPECT_EQ(told(decode(R"({"people":[]})")), "at '': no events at /employees");
}

TEST_F(EventCodec, TakesAVendorsEventWithoutATypeForANotice) {
  EventMapping mapping;
  mapping.person_id = "/entity_uuid";
  mapping.id = "/uuid";
  mapping.occurred_at = "/timestamp";
  options.mapping = &mapping;

  const auto decoded = decode(R"({"uuid":"u-1","entity_uuid":"e-7","timestamp":1671058841})");

  EXPECT_EQ(
      told(decoded),
      R"({"id":"u-1","type":"person.notice","mode":"partial","person":{"id":"e-7",)"
      R"("attributes":{}},"occurred_at":"2022-12-14T23:00:41Z"})"
  );
}

TEST_F(EventCodec, KeepsAVendorsUnknownTypes) {
  EventMapping mapping;
  mapping.person_id = "/employee";
  mapping.type = "/event";
  options.mapping = &mapping;

  const auto decoded = decode(R"({"event":"contract.archived"})");

  ASSERT_TRUE(decoded.has_value()) << told(decoded);
  EXPECT_EQ(decoded->front().event.type, ChangeType::unknown);
}

}  // namespace
}  // namespace rosterd::ingest
