#pragma once

#include "ingest/intake_passes.hpp"
#include "rosterd/ingest/file_intake.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rosterd::ingest {

/// One file on its way through the intake; lives as long as `FileIntake::run`.
class IntakeRun {
 public:
  IntakeRun(
      const FileIntake::Parts& parts,
      const DropConfig& config,
      std::filesystem::path path,
      IntakeOptions options
  );

  /// Stages and finishes in the store.
  Task<void> into_store();
  /// Gives the events instead; nothing is written.
  Task<std::vector<ChangeEvent>> into_list();

  IntakeReport& report() { return report_; }

 private:
  /// True: `report_.intake` has its final state and reason.
  using Ended = bool;

  Task<Ended> fingerprint_and_load();
  Task<Ended> fingerprint();
  Task<Ended> check_last_accepted();
  Ended check_manifest_bytes();
  Task<Ended> check_rows();
  Ended check_counts();
  Task<void> stage(EventSink& sink);
  Task<Ended> go_through(RowPass& pass, IntakeProgress::Phase phase);
  Ended read_header(CsvReader& reader);
  Ended end_broken(const CsvReader& reader);
  Task<Ended> go_through_kept(RowPass& pass);
  Task<void> load_people();
  void make_row_key();
  Task<void> finish(bool in_store);

  Ended end(IntakeState state, std::string reason);
  CsvFormat csv_format() const;
  IntakeContext context();
  Instant as_of() const;
  void tell(IntakeProgress::Phase phase, std::uint64_t bytes_done) const;
  std::string remarks() const;

  FileIntake::Parts parts_;
  const DropConfig& config_;
  std::filesystem::path path_;
  IntakeOptions options_;
  bool roster_;

  IntakeReport report_;
  std::optional<FileSource> file_;
  FileSource::Stamp stamp_;
  std::optional<Intake> last_;
  std::optional<std::uint64_t> manifest_rows_;
  std::optional<RowMapper> mapper_;
  std::unique_ptr<Hasher> hasher_;
  Key128 row_key_;  ///< the store's, then also of what this file's rows speak about
  PeopleTable people_;
  KeptRows kept_;
};

}  // namespace rosterd::ingest
