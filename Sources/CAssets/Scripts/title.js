// The conversation's title in the header and in the tab; edited where it stands.
import { byID, element, icon } from './dom.js'
import { editInPlace } from './edit-in-place.js'

export class Title {
  #place = byID('title')
  #heading = byID('title-text')
  #button = element('button', { type: 'button', class: 'icon-button', 'aria-label': 'Rename' }, icon('pencil'))

  /** `rename(title)` saves a new title. */
  constructor(rename) {
    this.#button.addEventListener('click', () => {
      editInPlace(this.#place, this.#heading.textContent, rename, 'title-field')
    })
  }

  /** Shows a conversation's title: '' while it is not known, null for a new chat, which has none to edit. */
  show(title) {
    this.#heading.textContent = title ?? 'New chat'
    document.title = title ? `${title} · Tern` : 'Chat · Tern'
    if (this.#place.querySelector('input')) return
    if (title) this.#place.append(this.#button)
    else this.#button.remove()
  }
}
