#include "file_intake_fixture.hpp"

namespace rosterd::ingest {
namespace {

using Phase = IntakeProgress::Phase;

/// A file that its sender goes on writing to while it is read, at the end of a phase or after each
/// piece.
class MovingFile : public FileIntakeTest {
 protected:
  static constexpr auto before = "id,mail,dept\n1,a@x.example,Sales\n2,b@x.example,Sales\n";

  IntakeReport take_while(Phase phase, const std::function<void()>& it_moves) {
    // Two changes within one tick of the file system's clock have the same time.
    std::filesystem::last_write_time(
        file(before), std::filesystem::file_time_type::clock::now() - std::chrono::hours(1)
    );
    IntakeOptions options;
    options.progress = [&](const IntakeProgress& progress) {
      if (progress.phase == phase) it_moves();
    };
    return take_file(folder / "roster.csv", std::move(options));
  }
  void append(const std::string& text) const {
    std::ofstream(folder / "roster.csv", std::ios::app | std::ios::binary) << text;
  }
  void expect_nothing_of_it(const IntakeReport& report) const {
    EXPECT_EQ(report.intake.state, IntakeState::rejected);
    EXPECT_EQ(report.intake.reason, "was written to while it was read");
    EXPECT_EQ(accepted(), "");
  }
};

TEST_F(MovingFile, ThatGrowsIsRejectedWhole) {
  expect_nothing_of_it(take_while(Phase::checking, [&] { append("3,c@x.example,Sales\n"); }));
}

TEST_F(MovingFile, ThatShrinksIsRejectedWhole) {
  expect_nothing_of_it(take_while(Phase::checking, [&] {
    std::filesystem::resize_file(folder / "roster.csv", std::string(before).find("2,"));
  }));
}

TEST_F(MovingFile, ThatBecomesAnotherOfTheSameLengthIsRejectedWhole) {
  expect_nothing_of_it(take_while(Phase::checking, [&] {
    file("id,mail,dept\n8,h@x.example,Sales\n9,i@x.example,Sales\n");
  }));
}

TEST_F(MovingFile, ThatGrowsForEverIsReadOnlyOnce) {
  int pieces = 0;

  const IntakeReport report = take_while(Phase::fingerprint, [&] {
    constexpr int patience = 1000;
    if (++pieces < patience) append("3,c@x.example,Sales\n");
  });

  EXPECT_EQ(pieces, 1);
  expect_nothing_of_it(report);
}

}  // namespace
}  // namespace rosterd::ingest
