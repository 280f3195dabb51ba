// `‹ 2/3 ›`: moves between a message and those that stand in its place in other branches.
import { element } from './dom.js'

/** `versions` is `{ index, count, go(step) }` or null; null when there is nothing to choose from. */
export function versionSwitch(versions) {
  if (!versions || versions.count < 2) return null
  const { index, count, go } = versions
  return element('span', { class: 'versions', role: 'group', 'aria-label': 'Versions' },
    element('button', { type: 'button', class: 'action', text: '‹', 'aria-label': 'Previous version', disabled: index === 0, onclick: () => go(-1) }),
    element('span', { text: `${index + 1}/${count}` }),
    element('button', { type: 'button', class: 'action', text: '›', 'aria-label': 'Next version', disabled: index === count - 1, onclick: () => go(1) }))
}
