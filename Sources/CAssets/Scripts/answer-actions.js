// What stands under a finished answer.
import { copy } from './clipboard.js'
import { element, icon } from './dom.js'

function action(name, iconName, run, more = {}) {
  return element('button', { type: 'button', class: 'action', 'aria-label': name, title: name, onclick: run, ...more }, icon(iconName))
}

function versionSwitch({ index, count, go }) {
  return element('span', { class: 'versions', role: 'group', 'aria-label': 'Versions' },
    element('button', { type: 'button', class: 'action', text: '‹', 'aria-label': 'Previous version', disabled: index === 0, onclick: () => go(-1) }),
    element('span', { text: `${index + 1}/${count}` }),
    element('button', { type: 'button', class: 'action', text: '›', 'aria-label': 'Next version', disabled: index === count - 1, onclick: () => go(1) }))
}

function facts(job) {
  const seconds = (new Date(job.finished_at) - new Date(job.created_at)) / 1000
  const model = job.usage?.model || job.usage?.provider
  return [model === 'none' ? null : model, seconds >= 0 ? `${seconds.toFixed(1)} s` : null].filter(Boolean).join(' · ')
}

export function answerActions(job, versions) {
  return element('div', { class: 'actions' },
    versions && versions.count > 1 ? versionSwitch(versions) : null,
    job.response ? action('Copy', 'copy', () => copy(job.response)) : null,
    element('span', { class: 'meta', text: facts(job) }))
}

/** The box that says plainly why there is no answer, and what to do. */
export function troubleBox({ title, detail, isBad, canRetry }, job, retry) {
  const details = [`${title}. ${detail}`, `Code: ${job.error?.code ?? job.status}`, `Job: ${job.job_id}`].join('\n')
  return element('div', { class: isBad ? 'trouble is-bad' : 'trouble' },
    element('strong', { text: title }),
    element('span', { text: detail }),
    element('div', { class: 'trouble-actions' },
      canRetry ? element('button', { type: 'button', class: 'button small', onclick: retry }, icon('retry'), 'Retry') : null,
      isBad ? element('button', { type: 'button', class: 'button small quiet', text: 'Copy details', onclick: () => copy(details) }) : null))
}
