#include "rosterd/ingest/csv_reader.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

namespace rosterd::ingest {
namespace {

/// The whole of a reading as text: `1: a|b`, `! line 2 field 1: why`.
std::string reading(std::string_view text, CsvFormat format = {}, std::size_t fields = 0) {
  MemorySource source(text);
  CsvReader reader(source, format);
  reader.expect_fields(fields);
  std::string told;
  for (;;) {
    const CsvReader::Step step = reader.next();
    if (step == CsvReader::Step::end) return told;
    if (step == CsvReader::Step::broken) return told + "broken: " + reader.error().reason;
    if (step == CsvReader::Step::bad) {
      told += "! line " + std::to_string(reader.problem().line) + " field " +
              std::to_string(reader.problem().field) + ": " + reader.problem().reason + "; ";
    }
    told += std::to_string(reader.row().line);
    if (reader.row().lines > 1) told += "+" + std::to_string(reader.row().lines - 1);
    told += ":";
    for (const std::string_view field : reader.row().fields) told += "[" + std::string(field) + "]";
    told += "\n";
  }
}

struct Row {
  const char* name;
  std::string text;
  std::string told;
  std::size_t fields = 0;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class Csv : public testing::TestWithParam<Row> {};

TEST_P(Csv, IsReadTheSameAtEveryBlockSize) {
  const Row& row = GetParam();

  EXPECT_EQ(reading(row.text, {}, row.fields), row.told);

  for (std::size_t block = 1; block <= 80; ++block) {
    EXPECT_EQ(reading(row.text, {.block_bytes = block}, row.fields), row.told) << block;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Csv,
    testing::Values(
        Row{"nothing", "", ""},
        Row{"only_line_breaks", "\n\r\n\r", ""},
        Row{"no_last_line_break", "a,b\n1,2", "1:[a][b]\n2:[1][2]\n"},
        Row{"crlf", "a,b\r\n1,2\r\n", "1:[a][b]\n2:[1][2]\n"},
        Row{"cr", "a,b\r1,2\r", "1:[a][b]\n2:[1][2]\n"},
        Row{"mixed_ends", "a\nb\r\nc\rd", "1:[a]\n2:[b]\n3:[c]\n4:[d]\n"},
        Row{"blank_lines_count", "a,b\n\n\n1,2\n", "1:[a][b]\n4:[1][2]\n"},
        Row{"empty_fields", ",,\n", "1:[][][]\n"},
        Row{"quoted_empty", "\"\"\n", "1:[]\n"},
        Row{"quotes", "\"a\",\"b,c\"\n", "1:[a][b,c]\n"},
        Row{"doubled", "\"a \"\"b\"\" c\",\"\"\"\"\n", "1:[a \"b\" c][\"]\n"},
        Row{"line_breaks_in_quotes",
            "\"a\nb\r\nc\rd\",1\n2,3\n",
            "1+3:[a\nb\r\nc\rd][1]\n5:[2][3]\n"},
        Row{"quote_inside", "5\" pipe,x\n", "1:[5\" pipe][x]\n"},
        Row{"text_after_quote",
            "\"a\"b,c\n1,2\n",
            "! line 1 field 1: has text after the closing quotation mark; 1:[a][c]\n2:[1][2]\n"},
        Row{"space_after_quote",
            "\"a\" ,c\n",
            "! line 1 field 1: has text after the closing quotation mark; 1:[a][c]\n"},
        Row{"never_closed",
            "1,\"a\n2,b\n3,c\n",
            "! line 1 field 2: the quotation mark is never closed; 1:[1]\n2:[2][b]\n3:[3][c]\n"},
        Row{"never_closed_at_the_end",
            "1,2\n3,\"4",
            "1:[1][2]\n! line 2 field 2: the quotation mark is never closed; 2:[3]\n"},
        Row{"a_quote_too_many_does_not_swallow_the_next_rows",
            "1,\"a\n2,b\n3,\"c\"\n4,d\n",
            "! line 3 field 2: has text after the closing quotation mark; 1:[1]\n2:[2][b]\n"
            "3:[3][c]\n4:[4][d]\n"},
        Row{"nul",
            std::string("a,b\0c\n1,2\n", 10),
            std::string("! line 1 field 2: has a NUL byte; 1:[a][b\0c]\n2:[1][2]\n", 54)},
        Row{"too_few",
            "a,b\n1\n",
            "1:[a][b]\n! line 2 field 0: has 1 fields instead of 2; 2:[1]\n",
            2},
        Row{"too_many",
            "a,b\n1,2,3\n4,5\n",
            "1:[a][b]\n! line 2 field 0: has 3 fields instead of 2; 2:[1][2][3]\n3:[4][5]\n",
            2}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST(CsvLimits, ALongFieldIsAnErrorOfItsRow) {
  const std::string text = "1," + std::string(30, 'x') + "\n2,b\n";

  for (std::size_t block = 1; block <= 80; ++block) {
    EXPECT_EQ(
        reading(text, {.field_bytes_max = 20, .block_bytes = block}),
        "! line 1 field 2: is longer than 20 bytes; 1:[1][" + std::string(30, 'x') + "]\n2:[2][b]\n"
    );
  }
}

TEST(CsvLimits, ALongRowIsPassedOver) {
  const std::string text = "1," + std::string(500, 'x') + "\r\n2,b\r\n";

  for (std::size_t block = 1; block <= 700; block += 7) {
    EXPECT_EQ(
        reading(text, {.row_bytes_max = 20, .block_bytes = block}),
        "! line 1 field 0: is longer than 20 bytes; 1:[1]\n2:[2][b]\n"
    ) << block;
  }
}

TEST(CsvLimits, AQuotationMarkThatIsNeverClosedCostsOneRowOfALongFile) {
  std::string text = "0,\"a\n";
  for (int i = 1; i < 1000; ++i) text += std::to_string(i) + ",b\n";

  const std::string told = reading(text, {.row_bytes_max = 1000, .block_bytes = 256});

  EXPECT_EQ(told.substr(0, 59), "! line 1 field 0: is longer than 1000 bytes; 1:[0]\n2:[1][b]");
  EXPECT_NE(told.find("1000:[999][b]"), std::string::npos);
}

TEST(CsvLimits, ALongRowTellsTheFieldsThatEndWithinTheLimitAtEveryBlockSize) {
  const std::string too_long = "! line 1 field 0: is longer than 5 bytes; 1:";
  const std::pair<std::string, std::string> rows[] = {
      {"a,bcdefg\n", "[a]"},
      {"a,bcd,e\n", "[a][bcd]"},
      {"a,bcde,f\n", "[a]"},
      {"\"abc\",d\n", "[abc]"},
      {"\"abcd\",e\n", ""},
      {"\"a\"bcde\n", ""},
      {"\"\"\"\",\"\"\"\"\n", "[\"]"}};
  for (const auto& [text, fields] : rows) {
    for (std::size_t block = 1; block <= 20; ++block) {
      const CsvFormat format{.row_bytes_max = 5, .block_bytes = block};
      EXPECT_EQ(reading(text, format), too_long + fields + "\n") << text << block;
    }
  }
}

TEST(CsvLimits, ARowOfExactlyTheLimitIsGood) {
  EXPECT_EQ(reading("12345\r\n", {.row_bytes_max = 5}), "1:[12345]\n");
  EXPECT_EQ(reading("12345\r\n", {.row_bytes_max = 5, .block_bytes = 1}), "1:[12345]\n");
}

TEST(CsvDelimiter, IsConfigured) {
  EXPECT_EQ(reading("a;\"b;c\";d,e\n", {.delimiter = ';'}), "1:[a][b;c][d,e]\n");
  EXPECT_EQ(reading("a\tb\n", {.delimiter = '\t'}), "1:[a][b]\n");
}

TEST(CsvReading, OfRandomTextDoesNotDependOnTheBlockSize) {
  std::mt19937 random(4711);
  const std::string alphabet = "ab,,\"\"\n\r";
  for (int round = 0; round < 400; ++round) {
    std::string text;
    const std::size_t length = random() % 200;
    while (text.size() < length) text += alphabet[random() % alphabet.size()];
    const CsvFormat whole{.row_bytes_max = 40, .field_bytes_max = 15};
    const std::string told = reading(text, whole, 3);

    for (const std::size_t block : {1U, 2U, 3U, 7U, 16U, 63U, 64U, 65U}) {
      CsvFormat sliced = whole;
      sliced.block_bytes = block;
      ASSERT_EQ(reading(text, sliced, 3), told) << testing::PrintToString(text) << " " << block;
    }
  }
}

/// A file written with every field quoted reads back as it was, however odd the fields.
TEST(CsvReading, GivesBackWhatWasWritten) {
  std::mt19937 random(1);
  const std::string alphabet = "xyz,\"\n\r ";
  std::string text;
  std::string told;
  for (int row = 0; row < 200; ++row) {
    std::string fields;
    for (int column = 0; column < 4; ++column) {
      std::string value;
      const std::size_t length = random() % 12;
      while (value.size() < length) value += alphabet[random() % alphabet.size()];
      std::string quoted;
      for (const char c : value) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += (column > 0 ? ",\"" : "\"") + quoted + "\"";
      fields += "[" + value + "]";
    }
    text += "\r\n";
    told += fields + "\n";
  }

  std::string without_lines;
  MemorySource source(text);
  CsvReader reader(source, {.block_bytes = 100});
  while (reader.next() == CsvReader::Step::row) {
    for (const std::string_view field : reader.row().fields) {
      without_lines += "[" + std::string(field) + "]";
    }
    without_lines += "\n";
  }

  EXPECT_EQ(without_lines, told);
}

const std::filesystem::path spectrum =
    std::filesystem::path(ROSTERD_SOURCE_DIR) / "../shared/data/csv-spectrum";

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

nlohmann::json as_objects(const std::string& text) {
  MemorySource source(text);
  CsvReader reader(source, {});
  std::vector<std::string> header;
  nlohmann::json rows = nlohmann::json::array();
  while (reader.next() == CsvReader::Step::row) {
    const auto& fields = reader.row().fields;
    if (header.empty()) {
      header.assign(fields.begin(), fields.end());
      continue;
    }
    nlohmann::json object;
    for (std::size_t i = 0; i < fields.size(); ++i) object[header.at(i)] = std::string(fields[i]);
    rows.push_back(object);
  }
  return rows;
}

TEST(CsvSpectrum, EveryFileIsReadAsItsJson) {
  if (!std::filesystem::exists(spectrum)) GTEST_SKIP() << spectrum << " is not there";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(spectrum / "csvs")) {
    const std::string name = entry.path().stem().string();
    auto expected = nlohmann::json::parse(contents(spectrum / "json" / (name + ".json")));
    if (name == "location_coordinates") {
      // Its JSON is one object, and has another telephone number than its CSV.
      expected["Contact Phone Number"] = "2095257564";
      expected = nlohmann::json::array({expected});
    }

    EXPECT_EQ(as_objects(contents(entry.path())), expected) << name;
    ++files;
  }
  EXPECT_EQ(files, 12);
}

}  // namespace
}  // namespace rosterd::ingest
