// Thumbs for an answer; a thumb down may say why.
import { call } from './api.js'
import { iconAction } from './controls.js'
import { element } from './dom.js'
import { toast } from './toast.js'

/** The two buttons, and the place where the reason is asked for. */
export function feedback(messageID, rating, askBelow) {
  let current = rating
  const rate = async (value, comment) => {
    try {
      await call('POST', `/api/messages/${messageID}/feedback`, { body: { rating: value, comment } })
      current = value
      show()
      return true
    } catch (error) {
      toast(error.message)
      return false
    }
  }
  const thumb = (name, iconName, value) => iconAction(name, iconName, async () => {
    const next = current === value ? 0 : value
    if (await rate(next)) askBelow(next === -1 ? reason((comment) => rate(-1, comment)) : null)
  })
  const up = thumb('Good answer', 'thumb-up', 1)
  const down = thumb('Bad answer', 'thumb-down', -1)
  const show = () => {
    up.setAttribute('aria-pressed', String(current === 1))
    down.setAttribute('aria-pressed', String(current === -1))
  }
  show()
  return [up, down]
}

function reason(send) {
  const field = element('input', {
    type: 'text', 'aria-label': 'What was wrong?', placeholder: 'What was wrong? (optional)', maxlength: 2000,
  })
  const form = element('form', {
    class: 'reason',
    onsubmit: async (event) => {
      event.preventDefault()
      const comment = field.value.trim()
      const thanks = element('p', { class: 'reason-thanks', text: 'Thank you.' })
      if (!comment || await send(comment)) form.replaceWith(thanks)
    },
  }, field, element('button', { type: 'submit', class: 'button small', text: 'Send reason' }))
  return form
}
