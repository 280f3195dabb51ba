// The note for an unverified address: sends the mail again, at most once a minute.
import { call, Refusal } from './api.js'

const COOLDOWN = 60

function coolDown(button, seconds) {
  button.disabled = true
  const end = Date.now() + seconds * 1000
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000)
    button.disabled = left > 0
    button.textContent = left > 0 ? `Sent. Resend in ${left} s` : 'Resend'
    if (left > 0) setTimeout(tick, 1000)
  }
  tick()
}

export function enableResend() {
  for (const button of document.querySelectorAll('[data-resend]')) {
    button.addEventListener('click', async () => {
      button.disabled = true
      try {
        await call('POST', '/api/auth/resend-verification', { body: {} })
        coolDown(button, COOLDOWN)
      } catch (error) {
        if (error instanceof Refusal && error.status === 429) return coolDown(button, error.retryAfter ?? COOLDOWN)
        button.disabled = false
        button.textContent = 'That did not work. Try again'
      }
    })
  }
}
