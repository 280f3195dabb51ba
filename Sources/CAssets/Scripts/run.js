// Follows a job to its end by long-poll: each request answers at the next visible change, so the page never asks in vain.
import { call, Refusal } from './api.js'
import { connection } from './connection.js'
import { isFinished } from './run-words.js'

const WAIT = 25
const LONGEST_PAUSE = 10_000

/** The text of the answer that a page holds, put together from what each request adds. */
class Text {
  #cursor = '0'
  #attempt = null
  #text = ''

  get query() {
    return `after=${encodeURIComponent(this.#cursor)}`
  }

  /** Takes an answer in; returns the job with the whole text so far. */
  take(job) {
    const isNewAttempt = this.#attempt !== null && job.attempt !== this.#attempt
    if (typeof job.response === 'string') this.#text = job.response
    else if (isNewAttempt) this.#text = job.delta ?? ''
    else this.#text += job.delta ?? ''
    this.#attempt = job.attempt
    this.#cursor = job.next ?? this.#cursor
    return { ...job, response: this.#text || null }
  }
}

/**
 * Calls `update(job)` at every change until the job is finished or `signal` is aborted. A lost connection is waited out.
 * Throws a `Refusal` when the API says that the job can't be followed (it is gone, or another's).
 */
export async function follow(id, update, signal) {
  const text = new Text()
  let version = null
  let pause = 500
  while (!signal.aborted) {
    try {
      const wait = version === null ? '' : `&wait=${WAIT}&version=${version}`
      const answer = await call('GET', `/api/jobs/${id}?${text.query}${wait}`, { signal })
      connection.isUp()
      pause = 500
      if (answer === null) continue
      version = answer.version
      const job = text.take(answer)
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
