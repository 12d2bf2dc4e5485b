import Database from 'better-sqlite3'

/** The table that only grows, and what is done with it. */
export function openTable(file) {
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(`
    CREATE TABLE IF NOT EXISTS event (
      id          INTEGER PRIMARY KEY,
      event_id    TEXT NOT NULL,
      person_id   TEXT NOT NULL,
      type        TEXT NOT NULL,
      payload     TEXT NOT NULL,
      received_at INTEGER NOT NULL
    )
  `)
  const insert = database.prepare(
    'INSERT INTO event (event_id, person_id, type, payload, received_at) VALUES (?, ?, ?, ?, ?)'
  )
  const append = database.transaction((rows) => {
    const now = Date.now()
    for (const [id, person, type, text] of rows) insert.run(id, person, type, text, now)
  }).immediate

  return {
    append,
    ids: () => database.prepare('SELECT event_id FROM event').pluck().iterate(),
    checkpoint: () => database.pragma('wal_checkpoint(TRUNCATE)')
  }
}
