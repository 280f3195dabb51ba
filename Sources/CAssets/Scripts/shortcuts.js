// The keys of the chat page, and the list of them.
import { byID, element } from './dom.js'
import { closeDrawer, toggleSidebar } from './drawer.js'
import { closePassage } from './passage.js'

const isMac = navigator.platform.startsWith('Mac')
const command = isMac ? '⌘' : 'Ctrl'

/** `key` is compared with `KeyboardEvent.key` in lower case. */
const keysOf = (acts) => [
  { name: 'New chat', keys: [command, 'Shift', 'O'], isCommand: true, isShifted: true, key: 'o', run: acts.newChat },
  { name: 'Search', keys: [command, 'K'], isCommand: true, key: 'k', run: () => byID('search').focus() },
  { name: 'Show or hide the list', keys: [command, 'Shift', 'S'], isCommand: true, isShifted: true, key: 's', run: toggleSidebar },
  { name: 'Go to the message field', keys: ['Shift', 'Esc'], isShifted: true, key: 'escape', run: acts.focusComposer },
  { name: 'Copy the last answer', keys: [command, 'Shift', 'C'], isCommand: true, isShifted: true, key: 'c', run: acts.copyLast },
  { name: 'Stop the answer, close what is open', keys: ['Esc'], key: 'escape', isPassive: true, run: () => closePassage() || closeDrawer() || acts.stop() },
  { name: 'Edit the last question', keys: ['↑'] },
  { name: 'This list', keys: [command, '/'], isCommand: true, key: '/', run: () => showList(acts) },
]

function showList(acts) {
  const dialog = element('dialog', { class: 'shortcuts', 'aria-labelledby': 'shortcuts-title', onclose: () => dialog.remove() },
    element('h2', { id: 'shortcuts-title', text: 'Keys' }),
    element('dl', {}, keysOf(acts).map(({ name, keys }) => element('div', {},
      element('dt', { text: name }),
      element('dd', {}, keys.map((key) => element('kbd', { text: key })))))),
    element('button', { type: 'button', class: 'button', text: 'Close', onclick: () => dialog.close() }))
  document.body.append(dialog)
  dialog.showModal()
}

/** `acts`: `newChat()`, `focusComposer()`, `copyLast()`, and `stop()`, which says whether something ran. */
export function enableShortcuts(acts) {
  const all = keysOf(acts)
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.altKey || document.querySelector('dialog[open], .menu:popover-open')) return
    const key = event.key.toLowerCase()
    const isCommand = event.ctrlKey || event.metaKey
    const found = all.find((one) => one.key === key && Boolean(one.isCommand) === isCommand && (key === '/' || Boolean(one.isShifted) === event.shiftKey))
    if (!found) return
    if (!found.isPassive) event.preventDefault()
    found.run()
  })
}
