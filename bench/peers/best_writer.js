// The thread that writes: takes rows, answers null when they are durable, or why they are not.
import { parentPort, workerData } from 'node:worker_threads'
import { openTable } from './best_table.js'

const { append } = openTable(workerData)

parentPort.on('message', (rows) => {
  try {
    append(rows)
    parentPort.postMessage(null)
  } catch (error) {
    parentPort.postMessage(error.message)
  }
})
