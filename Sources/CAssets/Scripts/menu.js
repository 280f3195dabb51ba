// A menu that a button opens: arrow keys move, Esc and a click elsewhere close, the focus returns.
import { element, icon } from './dom.js'
import { place } from './place.js'

const STEPS = { ArrowDown: 1, ArrowUp: -1 }

/** `choices` are `{ name, icon, isDestructive, run }`. */
export function openMenu(button, choices) {
  const label = button.getAttribute('aria-label')
  const menu = element('div', { class: 'menu', popover: 'auto', role: 'menu', 'aria-label': label })
  const items = choices.map((choice) => element('button', {
    type: 'button', role: 'menuitem', tabindex: '-1', class: choice.isDestructive ? 'is-destructive' : null,
    onclick: () => { menu.hidePopover(); choice.run() },
  }, icon(choice.icon), choice.name))
  menu.append(...items)
  document.body.append(menu)
  button.setAttribute('aria-expanded', 'true')
  menu.addEventListener('keydown', (event) => {
    if (event.key === 'Tab') return menu.hidePopover()
    const step = STEPS[event.key]
    const last = items.length - 1
    const at = items.indexOf(document.activeElement)
    const to = step ? (at + step + items.length) % items.length : { Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    items[to].focus()
  })
  menu.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return
    const hadFocus = menu.contains(document.activeElement) || document.activeElement === document.body
    button.setAttribute('aria-expanded', 'false')
    menu.remove()
    if (hadFocus && button.isConnected) button.focus()
  })
  menu.showPopover()
  place(menu, button)
  items[0].focus()
}
