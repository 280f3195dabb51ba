// What the user asked.
import { copy } from './clipboard.js'
import { element, icon } from './dom.js'

export function userMessage(text) {
  return element('article', { class: 'message is-user', 'aria-label': 'You' },
    element('div', { class: 'bubble', text }),
    element('div', { class: 'actions' },
      element('button', { type: 'button', class: 'action', 'aria-label': 'Copy', onclick: () => copy(text) }, icon('copy'))))
}
