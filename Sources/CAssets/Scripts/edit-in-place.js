// A title that is edited where it stands: Enter and leaving save, Esc keeps the old one.
import { element } from './dom.js'
import { toast } from './toast.js'

/** Shows a field in place of the children of `place`; `save(title)` is called with a new title that is not blank. */
export function editInPlace(place, title, save, className = null) {
  const children = [...place.childNodes]
  const properties = { type: 'text', class: className, 'aria-label': 'Title', maxlength: 200, value: title }
  const field = element('input', properties)
  let isDone = false
  const finish = async (isSaved) => {
    if (isDone) return
    isDone = true
    const text = field.value.trim()
    place.replaceChildren(...children)
    if (!isSaved || !text || text === title) return
    try {
      await save(text)
    } catch (error) {
      toast(error.message)
    }
  }
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    event.stopPropagation()
    if (event.key !== 'Enter' && event.key !== 'Escape') return
    // Else the same key would also press the button that gets the focus.
    event.preventDefault()
    finish(event.key === 'Enter')
    place.querySelector('button')?.focus()
  })
  field.addEventListener('blur', () => finish(true))
  place.replaceChildren(field)
  field.focus()
  field.select()
}
