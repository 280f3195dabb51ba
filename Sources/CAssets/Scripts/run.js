// Follows a job to its end: by events where they get through, else by long-poll.
import { poll } from './run-poll.js'
import { stream } from './run-stream.js'

/** Something between here and the server holds streams back: no use trying again while the page is open. */
let isStreamBlocked = false

/**
 * Calls `update(job)` at every change until the job is finished or `signal` is aborted.
 * Throws a `Refusal` when the job can't be followed: it is gone, or another's.
 */
export async function follow(id, update, signal) {
  if (!isStreamBlocked) {
    const how = await stream(id, update, signal)
    if (how === 'ended') return
    isStreamBlocked = how === 'silent'
  }
  await poll(id, update, signal)
}
