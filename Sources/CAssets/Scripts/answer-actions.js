// What stands under a finished answer.
import { copy } from './clipboard.js'
import { element, icon } from './dom.js'
import { feedback } from './feedback.js'
import { versionSwitch } from './version-switch.js'

function action(name, iconName, run) {
  return element('button', { type: 'button', class: 'action', 'aria-label': name, title: name, onclick: run }, icon(iconName))
}

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
      hasText ? action('Copy', 'copy', () => copy(job.response)) : null,
      isGood ? action('Regenerate', 'retry', acts.regenerate) : null,
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
  const details = [`${title}. ${detail}`, `Code: ${job.error?.code ?? job.status}`, `Job: ${job.job_id}`, `Time: ${job.finished_at ?? '-'}`]
  return element('div', { class: isBad ? 'trouble is-bad' : 'trouble' },
    element('strong', { text: title }),
    element('span', { text: detail }),
    element('div', { class: 'trouble-actions' },
      canRetry ? element('button', { type: 'button', class: 'button small', onclick: retry }, icon('retry'), 'Retry') : null,
      isBad ? element('button', { type: 'button', class: 'button small quiet', text: 'Copy details', onclick: () => copy(details.join('\n')) }) : null))
}
