#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

namespace rosterd::sqlite {

/// `rstd` in ASCII, in the header of every store: what tells one from any other SQLite file.
inline constexpr int application_id = 0x72737464;

/// Opens or creates the file for writing, readable by its owner only, with all settings made. The
/// caller holds the lock.
///
/// A commit moves a long write-ahead log into the file; where the disk fails at that, the commit
/// throws. Closing moves nothing: that is for `put_log_away`.
SQLite::Database open_for_writing(const std::filesystem::path& path);

/// Moves the write-ahead log into the file, so that the file alone is the store once the connection
/// is closed. Not for a connection on which the disk has failed.
void put_log_away(SQLite::Database& database);

/// Opens an existing store for reading, beside a writer or without one.
SQLite::Database open_for_reading(const std::filesystem::path& path);

/// Opens a database that nobody writes and that has no write-ahead log: no lock is taken, and
/// nothing is made beside it.
SQLite::Database open_unchanging(const std::filesystem::path& path);

}  // namespace rosterd::sqlite
