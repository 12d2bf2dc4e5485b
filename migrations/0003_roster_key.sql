-- What rows of rosters are hashed with: drawn for this store alone, so that nobody can make up two
-- rows that look the same to it. Rows that were hashed before look changed once.
CREATE TABLE roster_key (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  key BLOB NOT NULL CHECK (length(key) = 16)
) STRICT;

INSERT INTO roster_key (one, key) VALUES (1, randomblob(16));

-- With all that a roster asks of everybody: a fiftieth of what the table takes.
DROP INDEX person_status;
CREATE INDEX person_status ON person (status, stale);
