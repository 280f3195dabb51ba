// Follows a job by long-poll: each request answers at the next visible change, so the page never asks in vain.
import { call, Refusal } from './api.js'
import { connection } from './connection.js'
import { isFinished } from './run-words.js'

const WAIT = 25
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 10_000

/**
 * Calls `update(job)` at every change until the job is finished or `signal` is aborted; a lost connection is waited
 * out. Throws a `Refusal` when the job can't be followed: it is gone, or another's.
 */
export async function poll(id, update, signal) {
  let version = null
  let pause = FIRST_PAUSE
  while (!signal.aborted) {
    try {
      const wait = version === null ? '' : `?wait=${WAIT}&version=${version}`
      const job = await call('GET', `/api/jobs/${id}${wait}`, { signal })
      connection.isUp()
      pause = FIRST_PAUSE
      if (job === null) continue
      version = job.version
      update(job)
      if (isFinished(job.status)) return
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Refusal && error.status < 500 && error.status !== 429) throw error
      if (!(error instanceof Refusal)) connection.isDown()
      await connection.retry(pause, signal)
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
  }
}
