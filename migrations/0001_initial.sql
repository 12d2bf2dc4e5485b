-- Instants are whole microseconds since 1970 in UTC, always passed in.

-- Files that were taken from a drop folder.
CREATE TABLE intake (
  id          INTEGER PRIMARY KEY,
  source      TEXT NOT NULL,
  file_name   TEXT NOT NULL,
  sha256      BLOB NOT NULL CHECK (length(sha256) = 32),
  state       TEXT NOT NULL CHECK (state IN ('reading', 'done', 'rejected', 'held', 'repeated')),
  taken_at    INTEGER NOT NULL,
  finished_at INTEGER,
  rows        INTEGER NOT NULL DEFAULT 0,
  rows_failed INTEGER NOT NULL DEFAULT 0,
  people      INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0,
  joined      INTEGER NOT NULL DEFAULT 0,
  changed     INTEGER NOT NULL DEFAULT 0,
  departed    INTEGER NOT NULL DEFAULT 0,
  unchanged   INTEGER NOT NULL DEFAULT 0,
  reason      TEXT NOT NULL DEFAULT '',
  first_event INTEGER,
  CHECK ((state = 'reading') = (finished_at IS NULL))
) STRICT;

-- What a source said. Rows are only ever added at the end, and have no index but their order of
-- arrival: an index over anything else would dirty a page for each event.
CREATE TABLE event (
  id           INTEGER PRIMARY KEY,
  source       TEXT NOT NULL,
  external_id  TEXT NOT NULL,
  person       TEXT NOT NULL,
  type         TEXT NOT NULL,
  type_text    TEXT NOT NULL,
  mode         TEXT NOT NULL CHECK (mode IN ('partial', 'full')),
  attributes   TEXT NOT NULL,
  occurred_at  INTEGER,
  effective_at INTEGER,
  effective_on TEXT,
  sequence     TEXT NOT NULL,
  received_at  INTEGER NOT NULL,
  intake       INTEGER REFERENCES intake (id),
  roster_row   BLOB CHECK (roster_row IS NULL OR length(roster_row) = 16),
  CHECK (effective_at IS NULL OR effective_on IS NULL)
) STRICT;

-- Bodies as received, apart from the events because they are kept for less long.
CREATE TABLE event_payload (
  event   INTEGER PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
  payload BLOB NOT NULL
) STRICT;

-- What duplicates are recognised by. Narrow, because all of it is read at start; kept for longer
-- than the events.
CREATE TABLE event_key (
  event       INTEGER PRIMARY KEY,
  key         BLOB NOT NULL CHECK (length(key) = 16),
  sha256      BLOB NOT NULL CHECK (length(sha256) = 32),
  received_at INTEGER NOT NULL
) STRICT;

-- One row per event, from accepted to applied.
CREATE TABLE outbox (
  event       INTEGER PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
  -- Not IN (…): for that SQLite builds a table of the words anew for every row that is written.
  state       TEXT NOT NULL CHECK (
                state = 'pending' OR state = 'running' OR state = 'scheduled' OR
                state = 'waiting' OR state = 'retrying' OR state = 'held' OR
                state = 'applied' OR state = 'superseded' OR state = 'ignored' OR
                state = 'cancelled' OR state = 'dead'),
  priority    INTEGER NOT NULL CHECK (priority IN (0, 1)), -- 0: somebody leaves
  lane        INTEGER NOT NULL, -- 0, or the intake that put it there and until it is first taken
  due_at      INTEGER,          -- 0: at once; NULL: time does not make it due
  from_file   INTEGER NOT NULL CHECK (from_file IN (0, 1)),
  folded      INTEGER NOT NULL DEFAULT 0 CHECK (folded IN (0, 1)),
  attempts    INTEGER NOT NULL DEFAULT 0,
  crashes     INTEGER NOT NULL DEFAULT 0,
  finished_at INTEGER,
  error       TEXT,
  reason      TEXT NOT NULL DEFAULT '',
  replay_of   INTEGER,
  CHECK ((finished_at IS NOT NULL) =
         (state = 'applied' OR state = 'superseded' OR state = 'ignored' OR
          state = 'cancelled' OR state = 'dead')),
  CHECK (due_at IS NULL OR state = 'pending' OR state = 'scheduled' OR state = 'waiting' OR
         state = 'retrying'),
  CHECK (due_at IS NOT NULL OR state <> 'pending')
) STRICT;

CREATE INDEX outbox_due ON outbox (lane, priority, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_open ON outbox (state) WHERE finished_at IS NULL;
CREATE INDEX outbox_dead ON outbox (state) WHERE state = 'dead';

-- How many rows of the outbox are in each state, kept in the transaction that changes them.
CREATE TABLE outbox_count (
  state     TEXT NOT NULL,
  from_file INTEGER NOT NULL,
  events    INTEGER NOT NULL CHECK (events >= 0),
  PRIMARY KEY (state, from_file)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  event  INTEGER NOT NULL REFERENCES outbox (event) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  error  TEXT,
  reason TEXT NOT NULL,
  PRIMARY KEY (event, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_version (
  id      INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  text    TEXT NOT NULL,
  since   INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)) -- everybody was decided under it
) STRICT;

CREATE TABLE person (
  id                 TEXT NOT NULL PRIMARY KEY,
  status             TEXT NOT NULL, -- the attribute, for counting
  email              TEXT,          -- the attribute in lower case, for finding
  policy             INTEGER NOT NULL, -- policy_version of the last decision
  next_due_at        INTEGER,
  account_recheck_at INTEGER,
  stale              INTEGER NOT NULL CHECK (stale IN (0, 1)),
  first_seen         INTEGER NOT NULL,
  changed_at         INTEGER NOT NULL,
  attributes         TEXT NOT NULL,
  history            TEXT NOT NULL -- which event set what
) STRICT, WITHOUT ROWID;

CREATE INDEX person_due ON person (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX person_status ON person (status);
CREATE INDEX person_email ON person (email) WHERE email IS NOT NULL;

-- The row of a source's roster that the person's record agrees with.
CREATE TABLE roster_row (
  source TEXT NOT NULL,
  person TEXT NOT NULL,
  row    BLOB NOT NULL CHECK (length(row) = 16),
  PRIMARY KEY (source, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX roster_row_person ON roster_row (person);

CREATE TABLE link (
  account TEXT NOT NULL PRIMARY KEY,
  person  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX link_person ON link (person);

CREATE TABLE ledger (
  account        TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('group', 'role')),
  entitlement    TEXT NOT NULL,
  name           TEXT NOT NULL,
  application    TEXT NOT NULL,
  person         TEXT NOT NULL,
  event          INTEGER NOT NULL,
  rule           TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  since          INTEGER NOT NULL,
  adopted        INTEGER NOT NULL CHECK (adopted IN (0, 1)),
  PRIMARY KEY (account, kind, entitlement)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_person ON ledger (person);

-- What was sent to the tenant. Only added to.
CREATE TABLE operation (
  id             INTEGER PRIMARY KEY,
  kind           TEXT NOT NULL CHECK (kind IN (
                   'add_members', 'remove_members', 'add_roles', 'remove_roles')),
  entitlement    TEXT NOT NULL,
  name_kind      TEXT NOT NULL CHECK (name_kind IN ('group', 'role')),
  name           TEXT NOT NULL,
  application    TEXT NOT NULL,
  account        TEXT NOT NULL,
  person         TEXT NOT NULL,
  event          INTEGER NOT NULL,
  reason         TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  sent_at        INTEGER NOT NULL,
  status         INTEGER NOT NULL,
  verified_at    INTEGER,
  lost           INTEGER NOT NULL
) STRICT;

CREATE INDEX operation_person ON operation (person);
