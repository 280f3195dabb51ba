// A new chat: what to expect, and four questions to start from.
import { textButton } from './controls.js'
import { element } from './dom.js'

const STARTERS = [
  'How do I back up Tern?',
  'What happens to a question when a worker crashes?',
  'How do I add documents to the knowledge base?',
  'How do I run more workers?',
]

const PROMISE = 'Tern looks for the answer in its documents and shows the passages it used. '
  + 'If they do not say, it tells you so.'

export function emptyState(ask) {
  const logo = document.querySelector('.brand .logo').cloneNode(true)
  return element('section', { class: 'empty', 'aria-label': 'New chat' },
    element('div', {},
      logo,
      element('h2', { text: 'What would you like to know?' }),
      element('p', { text: PROMISE })),
    element('ul', { class: 'starters', role: 'list' }, STARTERS.map((question) =>
      element('li', {}, element('button', { type: 'button', text: question, onclick: () => ask(question) })))))
}

/** Stands in for a conversation that is being loaded. */
export function skeleton() {
  return element('div', { class: 'skeleton', 'aria-hidden': 'true' }, Array.from({ length: 5 }, () => element('span')))
}

/** Why a conversation can't be shown, with one way on. */
export function threadNote(title, detail, name, run) {
  return element('section', { class: 'thread-note' },
    element('h2', { text: title }),
    element('p', { text: detail }),
    textButton(name, run, 'button'))
}
