// What every receiver of this folder does alike: checks the signature (Standard Webhooks), reads the
// event, has it kept, answers 202.
import { createHmac, timingSafeEqual } from 'node:crypto'
import Fastify from 'fastify'

const toleranceSeconds = 300
const secret = Buffer.from(process.env.WEBHOOK_KEY.replace(/^whsec_/, ''), 'base64')

export function isSigned(headers, body) {
  const id = headers['webhook-id']
  const timestamp = headers['webhook-timestamp']
  const signatures = headers['webhook-signature']
  if (!id || !timestamp || !signatures) return false
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= toleranceSeconds)) return false

  const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest()
  return signatures.split(' ').some((signature) => {
    if (!signature.startsWith('v1,')) return false
    const given = Buffer.from(signature.slice(3), 'base64')
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

export function eventIn(body) {
  const text = body.toString()
  try {
    const data = JSON.parse(text)
    if (typeof data.id !== 'string' || typeof data.person?.id !== 'string') return null
    return { id: data.id, person: data.person.id, type: String(data.type), text, data }
  } catch {
    return null
  }
}

/** `keep(event)` makes an event durable and says, at once or later, whether it was new. */
export async function listen(keep) {
  const app = Fastify()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    done(null, body)
  })
  app.post('/v1/events/hr', async (request, reply) => {
    if (!isSigned(request.headers, request.body)) return reply.code(401).send({ error: 'signature' })
    const event = eventIn(request.body)
    if (!event) return reply.code(400).send({ error: 'event' })

    const isNew = await keep(event)
    return reply.code(202).send({ accepted: isNew ? 1 : 0, duplicates: isNew ? 0 : 1 })
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  console.log(`listening ${app.server.address().port}`)
}
