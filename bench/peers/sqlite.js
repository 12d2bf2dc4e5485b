// fastify + better-sqlite3 as a team would write it: an outbox table, an insert a request.
//   node sqlite.js FILE [fill COUNT]
import Database from 'better-sqlite3'
import { batchesOf } from './made_up.js'
import { listen } from './receiver.js'

const [file, command, count] = process.argv.slice(2)
const database = new Database(file)
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.exec(`
  CREATE TABLE IF NOT EXISTS outbox (
    id          INTEGER PRIMARY KEY,
    event_id    TEXT NOT NULL UNIQUE,
    person_id   TEXT NOT NULL,
    type        TEXT NOT NULL,
    payload     TEXT NOT NULL,
    status      TEXT NOT NULL DEFAULT 'pending',
    attempts    INTEGER NOT NULL DEFAULT 0,
    due_at      INTEGER NOT NULL,
    received_at INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS outbox_due ON outbox (status, due_at);
  CREATE INDEX IF NOT EXISTS outbox_person ON outbox (person_id);
`)
const insert = database.prepare(`
  INSERT INTO outbox (event_id, person_id, type, payload, status, due_at, received_at)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING
`)

function keep(event, status = 'pending') {
  const now = Date.now()
  return insert.run(event.id, event.person, event.type, event.text, status, now, now).changes === 1
}

if (command === 'fill') {
  const keepAll = database.transaction((events) => events.forEach((event) => keep(event, 'done')))
  for (const batch of batchesOf(Number(count), 10_000)) keepAll(batch)
  database.pragma('wal_checkpoint(TRUNCATE)')
} else {
  await listen((event) => keep(event))
}
