#include "made_up.hpp"

#include "rosterd/ingest/event_codec.hpp"

#include <array>
#include <cstdlib>
#include <initializer_list>
#include <utility>

namespace rosterd::bench {

namespace {

constexpr std::size_t people = 100'000;
constexpr const char* occurred_at = "2026-03-02T09:00:00Z";

constexpr std::array first_names = {"Ada", "Grace", "Alan", "Barbara", "Edsger", "Frances", "Tony"};
constexpr std::array last_names = {"Lovelace", "Hopper", "Turing", "Liskov", "Dijkstra", "Allen"};
constexpr std::array locations = {"Berlin", "London", "Paris", "New York", "Singapore"};

std::string two_digits(std::size_t number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

AttributePatch attributes_of(const MadeUpPerson& person) {
  AttributePatch attributes;
  attributes["email"] = person.email;
  attributes["first_name"] = person.first_name;
  attributes["last_name"] = person.last_name;
  attributes["department"] = person.department;
  attributes["job_title"] = person.job_title;
  attributes["location"] = person.location;
  attributes["cost_center"] = person.cost_center;
  attributes["manager"] = person.manager;
  attributes["employment_type"] = person.employment_type;
  attributes["start_date"] = person.start_date;
  attributes["status"] = person.status;
  return attributes;
}

ColumnConfig column(const char* name) {
  ColumnConfig made;
  made.column = name;
  made.attribute = name;
  return made;
}

constexpr const char* roster_header =
    "id,email,first_name,last_name,department,job_title,location,cost_center,manager,"
    "employment_type,start_date,status\n";

void append_row(std::string& text, MadeUpPerson person) {
  person.email.insert(0, person.first_name + "." + person.last_name + ".");
  person.job_title += " Level " + std::to_string(person.email.size() % 4);
  const auto fields = {
      &person.email,
      &person.first_name,
      &person.last_name,
      &person.department,
      &person.job_title,
      &person.location,
      &person.cost_center,
      &person.manager,
      &person.employment_type,
      &person.start_date,
      &person.status};
  text += person.id;
  for (const std::string* field : fields) {
    text += ',';
    text += *field;
  }
  text += '\n';
}

}  // namespace

MadeUpPerson::MadeUpPerson(std::size_t number)
    : id(std::to_string(10'000'000 + number)),
      email("person" + std::to_string(number) + "@example.com"),
      first_name(first_names[number % first_names.size()]),
      last_name(last_names[number / 7 % last_names.size()]),
      department(department_name(number % departments)),
      job_title("Specialist " + two_digits(number / 3)),
      location(locations[number % locations.size()]),
      cost_center("CC-" + std::to_string(4'000 + number % 800)),
      manager(std::to_string(10'000'000 + number / 12)),
      employment_type(number % 9 == 0 ? "Contractor" : "Employee"),
      start_date("20" + two_digits(10 + number % 15) + "-" + two_digits(1 + number % 12) + "-01"),
      status("active") {}

std::string department_name(std::size_t number) {
  return "Department " + two_digits(number);
}

std::string event_id(std::string_view run, std::size_t number) {
  return std::string(run) + "-" + std::to_string(number);
}

std::string event_body(std::string_view run, std::size_t number) {
  const MadeUpPerson person(number % people);
  std::string body = R"({"id":")" + event_id(run, number) +
                     R"(","type":"person.changed","occurred_at":")" + occurred_at +
                     R"(","person":{"id":")" + person.id + R"(","attributes":{)";
  const char* separator = "";
  for (const auto& [name, value] : attributes_of(person)) {
    body += separator;
    body += "\"" + name + "\":\"" + to_text(*value) + "\"";
    separator = ",";
  }
  return body + "}}}";
}

NewEvent new_event(std::string_view run, std::size_t number, const Crypto& crypto) {
  const MadeUpPerson person(number % people);
  NewEvent made;
  made.event.source = "hr";
  made.event.external_id = event_id(run, number);
  made.event.type_text = to_string(made.event.type);
  made.event.person = PersonId(person.id);
  made.event.attributes = attributes_of(person);
  made.event.occurred_at = parse_rfc3339(occurred_at);
  made.payload = event_body(run, number);
  made.sha256 = crypto.sha256(made.payload);
  made.key = ingest::event_key(made.event.source, made.event.external_id, crypto);
  made.received_at = *made.event.occurred_at;
  return made;
}

std::string roster_csv(std::size_t rows) {
  std::string text = roster_header;
  text.reserve(text.size() + rows * 150);
  for (std::size_t number = 0; number < rows; ++number) append_row(text, MadeUpPerson(number));
  return text;
}

std::string changed_roster_csv(std::size_t rows) {
  std::string text = roster_header;
  text.reserve(text.size() + rows * 150);
  for (std::size_t number = 0; number < rows + rows / 200; ++number) {
    const bool gone = number < rows && number % 200 == 77;
    if (gone) continue;
    MadeUpPerson person(number);
    if (number < rows && number % 100 == 13) person.department = department_name(departments);
    append_row(text, person);
  }
  return text;
}

DropConfig roster_drop() {
  DropConfig drop;
  drop.name = "hr";
  drop.key = "id";
  for (const char* name :
       {"email",
        "first_name",
        "last_name",
        "department",
        "job_title",
        "location",
        "cost_center",
        "manager",
        "employment_type",
        "start_date",
        "status"}) {
    drop.columns.push_back(column(name));
  }
  return drop;
}

std::size_t size_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace rosterd::bench
