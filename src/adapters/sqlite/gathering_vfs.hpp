#pragma once

struct sqlite3;

namespace rosterd::sqlite {

/// The name of a virtual file system for the one connection that writes: the default one, but what
/// SQLite writes to the write-ahead log, each page and the 24 bytes before it by a call of their
/// own, is gathered and written as one piece when the log is synced, read, or otherwise touched.
///
/// Only for a connection with `synchronous=FULL` on a disk with power-safe overwrite, which is what
/// SQLite takes every disk for: there each commit ends with a sync, before anybody else is told of
/// its pages. When a piece cannot be written, every call fails until the transaction is rolled
/// back.
///
/// Follows SQLite's "The OS Interface" and "WAL-mode File Format". From any thread.
const char* gathering_vfs();

/// To be called once for each connection that was opened with it, on the connection's thread: what
/// is rolled back must not be written later, over what others have written by then.
void forget_what_is_rolled_back(sqlite3* connection);

}  // namespace rosterd::sqlite
