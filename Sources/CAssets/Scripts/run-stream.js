// Follows a job by server-sent events. The browser reconnects by itself and goes on behind the last event it saw.
import { call } from './api.js'
import { connection } from './connection.js'

/** The first event comes at once. Where it does not, something on the way holds the stream back. */
const PATIENCE = 4000

/**
 * Calls `update(job)` at every event. Resolves to `ended` when the job is finished or `signal` is aborted, to `refused`
 * when the server gives no stream now, and to `silent` when one is promised but nothing comes through.
 */
export function stream(id, update, signal) {
  if (typeof EventSource === 'undefined') return Promise.resolve('silent')
  return new Promise((resolve) => {
    const source = new EventSource(`/api/jobs/${id}/events`)
    let job = { job_id: id, response: null }
    const end = (how) => {
      clearTimeout(patience)
      source.close()
      signal.removeEventListener('abort', abort)
      resolve(how)
    }
    const abort = () => end('ended')
    const patience = setTimeout(() => end('silent'), PATIENCE)
    const on = (name, take) => source.addEventListener(name, (event) => {
      clearTimeout(patience)
      job = take(JSON.parse(event.data || '{}'))
      update(job)
    })

    on('status', (status) => {
      if (status.status === 'retrying') explain()
      return { ...job, ...status, error: null }
    })
    on('delta', ({ text }) => ({ ...job, response: (job.response ?? '') + text }))
    on('sources', ({ sources }) => ({ ...job, sources }))
    on('reset', () => ({ ...job, response: null }))
    on('failure', (error) => ({ ...job, error }))
    on('done', (done) => done)
    source.addEventListener('done', () => end('ended'))
    source.addEventListener('open', () => connection.isUp())
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) end('refused')
      else connection.isDown()
    })
    signal.addEventListener('abort', abort)

    /** The events say when the next attempt is, the job says why. */
    async function explain() {
      const known = await call('GET', `/api/jobs/${id}`, { signal }).catch(() => null)
      if (known?.status !== 'retrying' || job.status !== 'retrying') return
      job = { ...job, error: known.error, max_attempts: known.max_attempts }
      update(job)
    }
  })
}
