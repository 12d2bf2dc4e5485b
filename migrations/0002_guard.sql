-- What the guard remembers, what was last read of the tenant, and the audit.

-- Removals that wait for a person, or that a person decided about. Ids are never given twice.
CREATE TABLE hold (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  cause          TEXT NOT NULL CHECK (cause IN ('leavers', 'removals', 'emptied')),
  state          TEXT NOT NULL CHECK (state IN ('open', 'approved', 'done', 'rejected', 'lapsed')),
  hash           TEXT NOT NULL,
  why            TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  opened_at      INTEGER NOT NULL,
  changed_at     INTEGER NOT NULL,
  decided_at     INTEGER,
  decided_by     TEXT NOT NULL,
  note           TEXT NOT NULL,
  finished_at    INTEGER,
  CHECK ((finished_at IS NOT NULL) = (state IN ('done', 'lapsed')))
) STRICT;

CREATE INDEX hold_in_force ON hold (state) WHERE finished_at IS NULL;
CREATE INDEX hold_over ON hold (finished_at) WHERE finished_at IS NOT NULL;

-- What is left of a hold to be decided or done. What was done is in `operation`.
CREATE TABLE hold_removal (
  hold        INTEGER NOT NULL REFERENCES hold (id) ON DELETE CASCADE,
  account     TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind = 'group' OR kind = 'role'),
  entitlement TEXT NOT NULL,
  name        TEXT NOT NULL,
  application TEXT NOT NULL,
  person      TEXT NOT NULL, -- '': an account that belongs to nobody
  reason      TEXT NOT NULL,
  leaver      INTEGER NOT NULL CHECK (leaver = 0 OR leaver = 1),
  event       INTEGER NOT NULL,
  PRIMARY KEY (hold, account, kind, entitlement)
) STRICT, WITHOUT ROWID;

CREATE INDEX hold_removal_person ON hold_removal (person);

-- When each assignment was last begun to be removed from somebody without anybody's approval: the
-- guard's windows. Somebody who leaves, comes back, and moves counts for both budgets.
CREATE TABLE removal (
  account     TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind = 'group' OR kind = 'role'),
  entitlement TEXT NOT NULL,
  person      TEXT NOT NULL,
  leaver      INTEGER NOT NULL CHECK (leaver = 0 OR leaver = 1),
  at          INTEGER NOT NULL,
  PRIMARY KEY (account, kind, entitlement, person, leaver)
) STRICT, WITHOUT ROWID;

CREATE INDEX removal_at ON removal (at);

-- Accounts of leavers whose effective access is yet to be looked at, in order.
CREATE TABLE leaver_check (
  id      INTEGER PRIMARY KEY,
  person  TEXT NOT NULL,
  account TEXT NOT NULL,
  UNIQUE (person, account)
) STRICT;

-- What was left to them when it was.
CREATE TABLE residual (
  account     TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind = 'group' OR kind = 'role'),
  name        TEXT NOT NULL,
  application TEXT NOT NULL,
  way         TEXT NOT NULL,
  person      TEXT NOT NULL,
  seen_at     INTEGER NOT NULL,
  PRIMARY KEY (account, kind, name, application, way)
) STRICT, WITHOUT ROWID;

CREATE INDEX residual_person ON residual (person);

-- As the last reconciliation left it, in its order.
CREATE TABLE drift (
  id               INTEGER PRIMARY KEY,
  kind             TEXT NOT NULL CHECK (
                     kind = 'missing' OR kind = 'unexpected' OR kind = 'foreign' OR
                     kind = 'orphan_account'),
  person           TEXT NOT NULL, -- '': an orphan account
  account          TEXT NOT NULL,
  entitlement_kind TEXT NOT NULL CHECK (entitlement_kind = 'group' OR entitlement_kind = 'role'),
  entitlement      TEXT NOT NULL,
  name             TEXT NOT NULL,
  application      TEXT NOT NULL,
  detail           TEXT NOT NULL,
  held             INTEGER NOT NULL CHECK (held = 0 OR held = 1),
  first_seen       INTEGER NOT NULL,
  last_seen        INTEGER NOT NULL,
  times            INTEGER NOT NULL,
  there            INTEGER NOT NULL CHECK (there = 0 OR there = 1)
) STRICT;

CREATE TABLE reconciliation (
  id               INTEGER PRIMARY KEY,
  started_at       INTEGER NOT NULL,
  finished_at      INTEGER NOT NULL,
  repairs          INTEGER NOT NULL CHECK (repairs IN (0, 1)),
  people           INTEGER NOT NULL,
  found            TEXT NOT NULL, -- differences by kind, a JSON object
  contended        INTEGER NOT NULL,
  people_to_repair INTEGER NOT NULL
) STRICT;

CREATE TABLE storage_reading (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  bytes INTEGER NOT NULL,
  at    INTEGER NOT NULL
) STRICT;

-- Every decision and operation, chained: `hash` is over the row and the hash before it. Only added
-- to; the oldest rows go when their time is over.
CREATE TABLE audit (
  id             INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  actor          TEXT NOT NULL,
  action         TEXT NOT NULL,
  person         TEXT NOT NULL,
  account        TEXT NOT NULL,
  entitlement    TEXT NOT NULL,
  event          INTEGER NOT NULL,
  rule           TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  was            TEXT NOT NULL,
  became         TEXT NOT NULL,
  answer         TEXT NOT NULL,
  verified_at    INTEGER,
  hash           BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The row that the oldest one left follows; moved before rows are deleted.
CREATE TABLE audit_anchor (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  id   INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_anchor (one, id, hash) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
  SELECT raise(ABORT, 'the audit is never changed');
END;

CREATE TRIGGER audit_ends_at_its_anchor BEFORE DELETE ON audit
WHEN old.id > (SELECT id FROM audit_anchor)
BEGIN
  SELECT raise(ABORT, 'only what the anchor stands for leaves the audit');
END;
