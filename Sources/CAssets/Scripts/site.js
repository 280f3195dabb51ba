// The pages around the chat.
import { enableAuthForms } from './auth-form.js'
import { enableThemeSwitch } from './theme-switch.js'
import { date, moment } from './time.js'
import { enableResend } from './verification.js'

enableThemeSwitch()
enableAuthForms()
enableResend()
for (const node of document.querySelectorAll('time[data-local-time]')) {
  node.textContent = (node.dataset.localTime === 'date' ? date : moment)(node.dateTime)
}
