// fastify + PostgreSQL with pg-boss: a job an event. A job's id is made of the event's, and the queue
// refuses one that it has.
//   node pgboss.js SOCKET_FOLDER [fill COUNT]
import { createHash } from 'node:crypto'
import pg from 'pg'
import PgBoss from 'pg-boss'
import { batchesOf } from './made_up.js'
import { listen } from './receiver.js'

const [host, command, count] = process.argv.slice(2)
const database = { host, user: 'postgres', database: 'postgres' }
const queue = 'events'

const boss = new PgBoss({ ...database, max: 10, supervise: false, schedule: false })
await boss.start()
await boss.createQueue(queue)

function jobId(eventId) {
  const digits = createHash('sha256').update(`hr:${eventId}`).digest('hex')
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`]
  return [...parts, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-')
}

async function keep({ id, data }) {
  return (await boss.send(queue, data, { id: jobId(id) })) !== null
}

async function fill() {
  const client = new pg.Client(database)
  await client.connect()
  for (const batch of batchesOf(Number(count), 5_000)) {
    await client.query(
      `INSERT INTO pgboss.job (id, name, data, state, completed_on)
       SELECT id, $1, data, 'completed', now() FROM unnest($2::uuid[], $3::jsonb[]) AS old (id, data)`,
      [queue, batch.map(({ id }) => jobId(id)), batch.map(({ text }) => text)]
    )
  }
  await client.query('VACUUM ANALYZE pgboss.job')
  await client.query('CHECKPOINT')
  await client.end()
  await boss.stop({ graceful: false })
}

if (command === 'fill') await fill()
else await listen(keep)
