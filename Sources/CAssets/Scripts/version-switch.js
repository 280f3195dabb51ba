// `‹ 2/3 ›`: moves between a message and those that stand in its place in other branches.
import { element } from './dom.js'

function arrow(text, name, isDisabled, run) {
  const properties = { type: 'button', class: 'action', text, 'aria-label': name, disabled: isDisabled, onclick: run }
  return element('button', properties)
}

/** `versions` is `{ index, count, go(step) }` or null; null when there is nothing to choose from. */
export function versionSwitch(versions) {
  if (!versions || versions.count < 2) return null
  const { index, count, go } = versions
  return element('span', { class: 'versions', role: 'group', 'aria-label': 'Versions' },
    arrow('‹', 'Previous version', index === 0, () => go(-1)),
    element('span', { text: `${index + 1}/${count}` }),
    arrow('›', 'Next version', index === count - 1, () => go(1)))
}
