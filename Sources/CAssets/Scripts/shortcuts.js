// The keys of the chat page, and the list of them.
import { textButton } from './controls.js'
import { byID, element } from './dom.js'
import { closeDrawer, toggleSidebar } from './drawer.js'
import { closePassage } from './passage.js'

const isMac = navigator.platform.startsWith('Mac')
const command = isMac ? '⌘' : 'Ctrl'

/** `key` is compared with `KeyboardEvent.key` in lower case; the marks in `keys` say what else must be held down. */
const keysOf = (acts) => [
  { name: 'New chat', keys: [command, 'Shift', 'O'], key: 'o', run: acts.newChat },
  { name: 'Search', keys: [command, 'K'], key: 'k', run: () => byID('search').focus() },
  { name: 'Show or hide the list', keys: [command, 'Shift', 'S'], key: 's', run: toggleSidebar },
  { name: 'Go to the message field', keys: ['Shift', 'Esc'], key: 'escape', run: acts.focusComposer },
  { name: 'Copy the last answer', keys: [command, 'Shift', 'C'], key: 'c', run: acts.copyLast },
  { name: 'Close what is open, or stop', keys: ['Esc'], key: 'escape', isPassive: true, run: () => closeOrStop(acts) },
  { name: 'Edit the last question', keys: ['↑'] },
  { name: 'This list', keys: [command, '/'], key: '/', run: () => showList(acts) },
]

const closeOrStop = (acts) => closePassage() || closeDrawer() || acts.stop()

/** On some keyboards `/` itself needs Shift. */
function isMeant(shortcut, event) {
  return shortcut.key === event.key.toLowerCase()
    && shortcut.keys.includes(command) === (event.ctrlKey || event.metaKey)
    && (shortcut.key === '/' || shortcut.keys.includes('Shift') === event.shiftKey)
}

function showList(acts) {
  const properties = { class: 'shortcuts', 'aria-labelledby': 'shortcuts-title', onclose: () => dialog.remove() }
  const dialog = element('dialog', properties,
    element('h2', { id: 'shortcuts-title', text: 'Keys' }),
    element('dl', {}, keysOf(acts).map(({ name, keys }) => element('div', {},
      element('dt', { text: name }),
      element('dd', {}, keys.map((key) => element('kbd', { text: key })))))),
    textButton('Close', () => dialog.close(), 'button'))
  document.body.append(dialog)
  dialog.showModal()
}

/** `acts`: `newChat()`, `focusComposer()`, `copyLast()`, and `stop()`, which says whether something ran. */
export function enableShortcuts(acts) {
  const all = keysOf(acts)
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.altKey || document.querySelector('dialog[open], .menu:popover-open')) return
    const found = all.find((shortcut) => isMeant(shortcut, event))
    if (!found) return
    if (!found.isPassive) event.preventDefault()
    found.run()
  })
}
