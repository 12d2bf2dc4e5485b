// fastify + a Redis stream: what is known and what is new in one script, so that a crash between the
// two loses nothing. The server flushes before it answers (appendfsync always).
//   node redis.js SOCKET [fill COUNT]
import Redis from 'ioredis'
import { batchesOf } from './made_up.js'
import { listen } from './receiver.js'

const [path, command, count] = process.argv.slice(2)
const daysKnown = 90

const redis = new Redis({
  path,
  enableAutoPipelining: true,
  scripts: {
    keep: {
      numberOfKeys: 2,
      lua: `
        if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then return 0 end
        redis.call('XADD', KEYS[2], '*', 'id', ARGV[2], 'person', ARGV[3], 'event', ARGV[4])
        return 1
      `
    }
  }
})

async function keep({ id, person, text }) {
  const answer = await redis.keep(`known:${id}`, 'events', daysKnown * 86_400, id, person, text)
  return answer === 1
}

if (command === 'fill') {
  for (const batch of batchesOf(Number(count), 5_000)) await Promise.all(batch.map(keep))
  await redis.quit()
} else {
  await listen(keep)
}
