// Events as the load sends them, for filling a store: about 520 bytes, ids in no order.
import { randomBytes } from 'node:crypto'

export function* oldEvents(count) {
  for (let number = 0; number < count; ++number) {
    const id = `${randomBytes(8).toString('hex')}-old-${number}`
    const person = String(10_000_000 + (number % 100_000))
    const text = JSON.stringify({
      id,
      type: 'person.changed',
      occurred_at: '2026-03-02T09:00:00Z',
      person: {
        id: person,
        attributes: {
          cost_center: `CC-${4000 + (number % 800)}`,
          department: `Department ${number % 20}`,
          email: `person${number % 100_000}@example.com`,
          employment_type: 'Employee',
          first_name: 'Barbara',
          job_title: `Specialist ${number % 100}`,
          last_name: 'Liskov',
          location: 'Singapore',
          manager: String(10_000_000 + (number % 8_000)),
          start_date: '2014-05-01',
          status: 'active'
        }
      }
    })
    yield { id, person, type: 'person.changed', text }
  }
}

/** The same in arrays of at most `size`. */
export function* batchesOf(count, size) {
  let batch = []
  for (const event of oldEvents(count)) {
    batch.push(event)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
