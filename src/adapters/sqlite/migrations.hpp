#pragma once

#include "rosterd/base/instant.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <string_view>
#include <vector>

namespace rosterd::sqlite {

struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view text;
};

/// What this program brings, in order: 1, 2, 3 …
std::vector<Migration> known_migrations();

/// Applies what the file lacks, each in one transaction; gives what it applied. Throws when the
/// file has been changed by a newer program, or by a migration of the same number and another text.
std::vector<Migration> apply_migrations(SQLite::Database& database, Instant now);

/// 0: none applied.
int schema_version(SQLite::Database& database);

/// Throws unless the file has exactly the schema that this program knows.
void expect_current_schema(SQLite::Database& database);

}  // namespace rosterd::sqlite
