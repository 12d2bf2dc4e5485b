#include "unit/sync/syncing.hpp"

#include <algorithm>
#include <random>

namespace rosterd::test {
namespace {

/// What HR said about a few people over two months around a change of the clocks, delivered once as
/// it happened and once in any order, late, and twice.
class ShuffledHistories : public Syncing, public testing::WithParamInterface<unsigned> {
 protected:
  struct Delivery {
    ChangeEvent event;
    Instant at{};  ///< when it arrives
  };

  ShuffledHistories() : random(GetParam()) {
    clock.set(at("2026-03-01T00:00:00Z"));
    policy.lifecycle.time_zone = "Europe/Berlin";
    a_company();
    users({"ada", "bob", "cleo"});
    for (const char* name : {"ada", "bob", "cleo"}) make_history(name);
  }

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }
  bool chance(int percent) { return pick(1, 100) <= percent; }

  ChangeEvent says(const std::string& person, const char* type, Values values = {}) {
    ChangeEvent event;
    event.source = "hr";
    event.external_id = person + std::to_string(++sequence_);
    event.type = change_type(std::string("person.") + type);
    event.person = PersonId(person);
    for (auto& [name, value] : values) event.attributes[name] = AttributeValue(value);
    event.sequence = std::to_string(sequence_);
    event.occurred_at = now_;
    return event;
  }

  void add(ChangeEvent event) {
    history.push_back({std::move(event), now_});
    now_ += Duration{1h} * pick(2, 72);
  }

  /// Joins, moves, corrections, a leave that is planned, a hire that is rescinded, a rehire.
  void make_history(const std::string& person) {
    now_ = at("2026-03-02T08:00:00Z") + Duration{1h} * pick(0, 48);
    const Values address{{"email", person + "@example.com"}};
    if (chance(30)) {
      ChangeEvent hired = says(person, "joined", address);
      hired.attributes["start_date"] = AttributeValue(std::string("2026-03-29"));
      add(std::move(hired));
      if (chance(50)) add(says(person, "left"));  // before the first day
      add(says(person, "changed", {{"department", "Sales"}}));
    }
    ChangeEvent joined = says(person, "joined", address);
    joined.attributes["status"] = AttributeValue(std::string("active"));
    joined.attributes["start_date"] = AttributeValue(std::string("2026-03-02"));
    add(std::move(joined));
    const int changes = pick(1, 4);
    for (int i = 0; i < changes; ++i) {
      const char* departments[] = {"Engineering", "Sales", "Support"};
      ChangeEvent moved = says(person, "changed", {{"department", departments[pick(0, 2)]}});
      if (chance(20))
        moved.mode = ChangeMode::full,
        moved.attributes["email"] = AttributeValue(person + "@example.com");
      add(std::move(moved));
    }
    if (chance(50)) {
      ChangeEvent leaves = says(person, "left");
      if (chance(50)) leaves.effective_at = Effective(*parse_date("2026-04-15"));
      const bool is_planned = leaves.effective_at.has_value();
      add(std::move(leaves));
      // HR goes on saying `active` until the day has come.
      if (is_planned && chance(60)) add(says(person, "changed", {{"status", "active"}}));
      if (chance(50)) {
        now_ = std::max(now_, at("2026-04-20T08:00:00Z"));
        add(says(person, "joined", {{"status", "active"}, {"department", "Sales"}}));
      }
    }
  }

  /// What the records say and the tenant has in the end.
  std::string end_of(std::vector<Delivery> deliveries) {
    std::stable_sort(
        deliveries.begin(),
        deliveries.end(),
        [](const Delivery& left, const Delivery& right) { return left.at < right.at; }
    );
    for (Delivery& delivery : deliveries) {
      if (delivery.at > clock.now()) later(delivery.at - clock.now());
      store.accept(std::move(delivery.event), clock.now());
      if (chance(70)) work();
    }
    later(at("2026-06-30T00:00:00Z") - clock.now());
    std::string end = tenant_now() + "\n";
    for (const auto& [id, person] : store.people) {
      end += id.value;
      for (const auto& [name, value] : person.record.attributes) {
        end += " " + name + "=" + to_text(value);
      }
      end += "\n";
    }
    return end;
  }

  std::vector<Delivery> shuffled() {
    std::vector<Delivery> deliveries = history;
    for (const Delivery& one : history) {
      if (chance(20)) deliveries.push_back(one);
    }
    for (Delivery& delivery : deliveries) {
      if (chance(60)) delivery.at += Duration{1h} * pick(0, 24 * 20);
    }
    std::shuffle(deliveries.begin(), deliveries.end(), random);
    return deliveries;
  }

  std::vector<Delivery> history;
  std::mt19937 random;

 private:
  Instant now_{};
  int sequence_ = 0;
};

TEST_P(ShuffledHistories, EndAsTheyWouldHaveInOrder) {
  std::vector<Delivery> late = shuffled();
  std::string in_order;
  {
    // A second company of its own, with the same history.
    struct InOrder : ShuffledHistories {
      void TestBody() override {}
      std::string end(std::vector<Delivery> deliveries) { return end_of(std::move(deliveries)); }
    };
    InOrder company;
    in_order = company.end(history);
  }

  EXPECT_EQ(end_of(std::move(late)), in_order);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShuffledHistories, testing::Range(1u, 101u));

}  // namespace
}  // namespace rosterd::test
