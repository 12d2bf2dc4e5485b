// The best that was found in Node: one commit for all requests that wait, on a thread of its own; a
// table that only grows and has no index; known ids in a set, read from the table at start; no
// framework. With Fastify, and with commits on the thread that answers, it was slower.
//   node best.js FILE [fill COUNT]
import { createServer } from 'node:http'
import { Worker } from 'node:worker_threads'
import { openTable } from './best_table.js'
import { batchesOf } from './made_up.js'
import { eventIn, isSigned } from './receiver.js'

const [file, command, count] = process.argv.slice(2)
const bodyBytesMax = 1 << 20

class Keeper {
  #known
  #waiting = new Map()
  #written = new Map()
  #isDue = false
  #writer

  constructor(file) {
    this.#known = new Set(openTable(file).ids())
    this.#writer = new Worker(new URL('./best_writer.js', import.meta.url), { workerData: file })
    this.#writer.on('message', (error) => this.#settle(error))
  }

  /** Calls `done(error, isNew)` when the event is durable. */
  keep(event, done) {
    if (this.#known.has(event.id)) return done(null, false)
    const same = this.#written.get(event.id) ?? this.#waiting.get(event.id)
    if (same) return same.others.push(done)

    this.#waiting.set(event.id, { event, done, others: [] })
    if (this.#isDue || this.#written.size > 0) return
    this.#isDue = true
    setImmediate(() => this.#write())
  }

  #write() {
    this.#isDue = false
    if (this.#waiting.size === 0) return
    this.#written = this.#waiting
    this.#waiting = new Map()
    const rows = []
    for (const { event } of this.#written.values()) {
      rows.push([event.id, event.person, event.type, event.text])
    }
    this.#writer.postMessage(rows)
  }

  #settle(error) {
    const batch = this.#written
    this.#written = new Map()
    if (!error) for (const id of batch.keys()) this.#known.add(id)
    this.#write()
    for (const { done, others } of batch.values()) {
      done(error, true)
      for (const other of others) other(error, false)
    }
  }
}

function answer(response, status, text) {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length })
  response.end(text)
}

function receive(request, response, body, keeper) {
  if (request.method !== 'POST' || request.url !== '/v1/events/hr') {
    return answer(response, 404, '{"error":"path"}')
  }
  if (!isSigned(request.headers, body)) return answer(response, 401, '{"error":"signature"}')
  const event = eventIn(body)
  if (!event) return answer(response, 400, '{"error":"event"}')

  keeper.keep(event, (error, isNew) => {
    if (error) return answer(response, 503, '{"error":"store"}')
    answer(response, 202, isNew ? '{"accepted":1,"duplicates":0}' : '{"accepted":0,"duplicates":1}')
  })
}

function serve() {
  const keeper = new Keeper(file)
  const server = createServer((request, response) => {
    const chunks = []
    let size = 0
    request.on('data', (chunk) => {
      size += chunk.length
      if (size > bodyBytesMax) return request.destroy()
      chunks.push(chunk)
    })
    request.on('end', () => {
      const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
      receive(request, response, body, keeper)
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`))
}

function fill() {
  const { append, checkpoint } = openTable(file)
  for (const batch of batchesOf(Number(count), 10_000)) {
    append(batch.map(({ id, person, type, text }) => [id, person, type, text]))
  }
  checkpoint()
}

if (command === 'fill') fill()
else serve()
