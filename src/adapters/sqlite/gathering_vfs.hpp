#pragma once

namespace rosterd::sqlite {

/// The name of a virtual file system for the one connection that writes: the default one, but what
/// SQLite writes to the write-ahead log, each page and the 24 bytes before it by a call of their
/// own, is gathered and written as one piece when the log is synced, read, or otherwise touched.
///
/// Only for a connection with `synchronous=FULL`: there each commit ends with a sync, before
/// anybody else is told of its pages. A write that fails is told by the call that made it
/// necessary, which belongs to the same transaction.
///
/// Follows SQLite's "The OS Interface" and "WAL-mode File Format". From any thread.
const char* gathering_vfs();

}  // namespace rosterd::sqlite
