// fastify + PostgreSQL by hand: an outbox table, an insert a request.
//   node postgres.js SOCKET_FOLDER [fill COUNT]
import pg from 'pg'
import { batchesOf } from './made_up.js'
import { listen } from './receiver.js'

const [host, command, count] = process.argv.slice(2)

const pool = new pg.Pool({ host, user: 'postgres', database: 'postgres', max: 20 })
await pool.query(`
  CREATE TABLE IF NOT EXISTS outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    text NOT NULL UNIQUE,
    person_id   text NOT NULL,
    type        text NOT NULL,
    payload     jsonb NOT NULL,
    status      text NOT NULL DEFAULT 'pending',
    attempts    integer NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL DEFAULT now(),
    received_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX IF NOT EXISTS outbox_due ON outbox (status, due_at);
  CREATE INDEX IF NOT EXISTS outbox_person ON outbox (person_id);
`)

async function keep({ id, person, type, text }) {
  const { rowCount } = await pool.query({
    name: 'keep',
    text: `INSERT INTO outbox (event_id, person_id, type, payload) VALUES ($1, $2, $3, $4)
           ON CONFLICT (event_id) DO NOTHING`,
    values: [id, person, type, text]
  })
  return rowCount === 1
}

async function fill() {
  for (const batch of batchesOf(Number(count), 5_000)) {
    await pool.query(
      `INSERT INTO outbox (event_id, person_id, type, payload, status)
       SELECT *, 'done' FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[])`,
      ['id', 'person', 'type', 'text'].map((name) => batch.map((event) => event[name]))
    )
  }
  await pool.query('VACUUM ANALYZE outbox')
  await pool.query('CHECKPOINT')
  await pool.end()
}

if (command === 'fill') await fill()
else await listen(keep)
