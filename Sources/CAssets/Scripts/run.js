// Follows a job to its end: by events where they get through, else by long-poll.
import { poll } from './run-poll.js'
import { stream } from './run-stream.js'

let isStreamBlocked = false

/**
 * Calls `update(job)` at every change until the job is finished or `signal` is aborted.
 * Throws a `Refusal` when the job can't be followed: it is gone, or another's.
 */
export async function follow(id, update, signal) {
  if (!isStreamBlocked && await stream(id, update, signal)) return
  if (signal.aborted) return
  isStreamBlocked = true
  await poll(id, update, signal)
}
