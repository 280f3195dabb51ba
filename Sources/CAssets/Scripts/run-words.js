// What a job's state means, in words. Pure: the job as the API shows it and the time go in.
import { clock, span } from './time.js'

const STAGES = { retrieving: 'Looking through the documents', generating: 'Writing', saving: 'Saving' }

export const isFinished = (status) => ['succeeded', 'failed', 'cancelled', 'expired'].includes(status)

function queued(job) {
  const { position, eta_seconds: eta, reason } = job.queue ?? {}
  if (reason === 'no_worker') {
    return { text: 'No worker is running. Your question is kept and gets its answer when one starts.', isWarning: true }
  }
  if (reason === 'paused') {
    return { text: 'Answers are paused. Your question is kept and gets its turn when they go on.', isWarning: true }
  }
  if (position > 0) return { text: `${position} ahead of you${eta ? `, about ${span(eta)}` : ''}` }
  return { text: eta > 1 ? `Next in line, about ${span(eta)}` : 'Next in line' }
}

function retrying(job) {
  const reason = job.error?.title ?? job.error?.detail ?? 'That did not work'
  const number = job.attempt ? ` (attempt ${job.attempt + 1}${job.max_attempts ? ` of ${job.max_attempts}` : ''})` : ''
  const when = job.next_attempt_at ? `next try at ${clock(job.next_attempt_at)}` : 'trying again'
  return { text: `${reason.replace(/\.$/, '')}, ${when}${number}`, isWarning: true }
}

/** The line under an unfinished answer: `{ text, isWarning }`; null once it is finished. */
export function progress(job) {
  switch (job.status) {
    case 'queued': return queued(job)
    case 'running': return { text: STAGES[job.stage] ?? 'Starting' }
    case 'retrying': return retrying(job)
    case 'cancelling': return { text: 'Stopping' }
    default: return null
  }
}

/** What went wrong with a finished answer: `{ title, detail, isBad, canRetry }`; null when nothing did. */
export function trouble(job) {
  switch (job.status) {
    case 'cancelled':
      return {
        title: 'Stopped', isBad: false, canRetry: true,
        detail: job.response ? 'The text above is as far as it got.' : 'It was stopped before it wrote anything.',
      }
    case 'expired':
      return {
        title: 'Nobody was free to answer in time', isBad: true, canRetry: true,
        detail: job.error?.detail ?? 'The question waited too long in the queue. Try again.',
      }
    case 'failed':
      return {
        title: job.error?.title ?? 'The answer failed', isBad: true, canRetry: job.error?.retryable !== false,
        detail: job.error?.detail ?? 'Something went wrong while it was written.',
      }
    default: return null
  }
}
