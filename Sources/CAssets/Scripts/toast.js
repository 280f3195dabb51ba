// Short notes about side effects, with at most one button.
import { byID, element } from './dom.js'

/** Shows `text` for a while; `action` is `{ name, run }`. Returns a function that takes it away. */
export function toast(text, action = null, seconds = action ? 12 : 4) {
  const note = element('div', { class: 'toast' }, element('span', { text }))
  let timer
  const away = () => {
    clearTimeout(timer)
    note.remove()
  }
  const wait = () => { timer = setTimeout(away, seconds * 1000) }
  if (action) {
    note.append(element('button', { type: 'button', text: action.name, onclick: () => { away(); action.run() } }))
  }
  // Whoever reads or reaches for the button gets the time for it.
  for (const event of ['mouseenter', 'focusin']) note.addEventListener(event, () => clearTimeout(timer))
  for (const event of ['mouseleave', 'focusout']) note.addEventListener(event, wait)
  byID('toasts').append(note)
  wait()
  return away
}
