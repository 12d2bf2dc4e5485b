-- Two people may be about to lose one assignment, where an account has passed from one to the other:
-- each of them waits, and is decided about.
CREATE TABLE hold_removal_by_person (
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
  PRIMARY KEY (hold, account, kind, entitlement, person)
) STRICT, WITHOUT ROWID;

INSERT INTO hold_removal_by_person (
  hold, account, kind, entitlement, name, application, person, reason, leaver, event
)
SELECT hold, account, kind, entitlement, name, application, person, reason, leaver, event
FROM hold_removal;

DROP TABLE hold_removal;
ALTER TABLE hold_removal_by_person RENAME TO hold_removal;
CREATE INDEX hold_removal_person ON hold_removal (person);
