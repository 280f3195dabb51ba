// What stands under a finished answer.
import { copy } from './clipboard.js'
import { iconAction, textButton } from './controls.js'
import { element, icon } from './dom.js'
import { feedback } from './feedback.js'
import { versionSwitch } from './version-switch.js'

function facts(job) {
  const seconds = (new Date(job.finished_at) - new Date(job.created_at)) / 1000
  const model = job.usage?.model || job.usage?.provider
  return [model === 'none' ? null : model, seconds >= 0 ? `${seconds.toFixed(1)} s` : null].filter(Boolean).join(' · ')
}

/** `acts`: `regenerate()`, and `versions` or null. */
export function answerActions(job, acts) {
  const below = element('div', {})
  const hasText = Boolean(job.response)
  const isGood = job.status === 'succeeded'
  return [
    element('div', { class: 'actions' },
      versionSwitch(acts.versions),
      hasText ? iconAction('Copy', 'copy', () => copy(job.response)) : null,
      isGood ? iconAction('Regenerate', 'retry', acts.regenerate) : null,
      isGood ? feedback(job.response_id, job.rating ?? 0, (form) => {
        below.replaceChildren(form ?? '')
        form?.querySelector('input').focus()
      }) : null,
      isGood ? element('span', { class: 'meta', text: facts(job) }) : null),
    below,
  ]
}

/** The box that says plainly why there is no answer, and what to do. */
export function troubleBox({ title, detail, isBad, canRetry }, job, retry) {
  const details = [
    `${title}. ${detail}`, `Code: ${job.error?.code ?? job.status}`, `Job: ${job.job_id}`,
    `Time: ${job.finished_at ?? '-'}`,
  ]
  const retryButton = textButton('Retry', retry)
  retryButton.prepend(icon('retry'))
  return element('div', { class: isBad ? 'trouble is-bad' : 'trouble' },
    element('strong', { text: title }),
    element('span', { text: detail }),
    element('div', { class: 'trouble-actions' },
      canRetry ? retryButton : null,
      isBad ? textButton('Copy details', () => copy(details.join('\n')), 'button small quiet') : null))
}
