// What the user asked; it can be edited, which asks anew in a branch of its own.
import { copy } from './clipboard.js'
import { iconAction, textButton } from './controls.js'
import { element } from './dom.js'
import { toast } from './toast.js'
import { versionSwitch } from './version-switch.js'

/** A field in place of the bubble; `save(text)` is called with a new text, `close()` at the end. */
function editor(text, save, close) {
  const field = element('textarea', { 'aria-label': 'Edit message', rows: 2, maxlength: 8000 })
  field.value = text
  const send = async () => {
    const changed = field.value.trim()
    if (!changed || changed === text) return close()
    form.inert = true
    try {
      await save(changed)
    } catch (error) {
      form.inert = false
      toast(error.message)
    }
  }
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter' && !event.shiftKey) send()
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  const form = element('form', { class: 'edit', onsubmit: (event) => { event.preventDefault(); send() } },
    field,
    element('div', { class: 'edit-actions' },
      textButton('Cancel', close, 'button small quiet'),
      element('button', { type: 'submit', class: 'button small primary', text: 'Ask again' })))
  return { form, field }
}

/** `save(text)` resolves when the edited question was accepted; `versions` are those of `versionSwitch`. */
export class UserMessage {
  element = element('article', { class: 'message is-user', 'aria-label': 'You' })
  #text
  #save
  #versions

  constructor(text, save, versions) {
    this.#versions = versions
    this.#text = text
    this.#save = save
    this.#show()
  }

  edit() {
    const { form, field } = editor(this.#text, this.#save, () => this.#show())
    this.element.replaceChildren(form)
    field.focus()
    field.setSelectionRange(field.value.length, field.value.length)
  }

  #show() {
    this.element.replaceChildren(
      element('div', { class: 'bubble', text: this.#text }),
      element('div', { class: 'actions' },
        versionSwitch(this.#versions),
        iconAction('Edit', 'pencil', () => this.edit()),
        iconAction('Copy', 'copy', () => copy(this.#text))))
  }
}
