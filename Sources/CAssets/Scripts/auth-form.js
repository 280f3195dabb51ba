// The forms around an account. Sign-up and sign-in also work without JavaScript: the same forms post, and the server
// shows the same messages.
import { call, Refusal } from './api.js'

const longEnough = (v) => [...v].length >= 8 ? '' : 'Use at least 8 characters.'
const likeEmail = (v) => /^\S+@\S+$/.test(v.trim()) ? '' : 'Enter an email address, such as name@example.com.'

const CHECKS = {
  login: {
    username: (v) => v.trim() ? '' : 'Enter your username or email.',
    password: (v) => v ? '' : 'Enter your password.',
  },
  signup: {
    username: (v) => /^[\p{L}\p{N}@.+_-]{3,150}$/u.test(v) ? '' : 'Use 3 to 150 letters, digits or @ . + - _',
    email: likeEmail,
    password: longEnough,
  },
  reset: { email: likeEmail },
  'confirm-reset': { password: longEnough },
}

function showError(form, name, message) {
  const field = form.elements[name]
  const note = document.getElementById(`${name}-error`)
  if (!field || !note) return false
  note.textContent = message
  if (message) field.setAttribute('aria-invalid', 'true')
  else field.removeAttribute('aria-invalid')
  return Boolean(message)
}

function showFormError(form, message) {
  const note = form.querySelector('[data-form-error]')
  note.textContent = message
  note.hidden = !message
}

const credentials = (name, password) => name.includes('@') ? { email: name, password } : { username: name, password }

const post = (path, body) => call('POST', `/api/auth/${path}`, { body, session: false })

/** What each form does; gives where to go, or what to say in place of the form. */
const SUBMIT = {
  async login({ username, password, next }) {
    await post('login', credentials(username.trim(), password))
    return { next: next || '/chat-page' }
  },
  async signup({ next, ...account }) {
    await post('signup', account)
    await post('login', { username: account.username, password: account.password })
    return { next: next || '/chat-page' }
  },
  async reset(values) {
    await post('password-reset', values)
    return { done: 'If an account has this address, a mail with a link is on its way. The link works for an hour.' }
  },
  async 'confirm-reset'(values) {
    await post('password-reset/confirm', values)
    return { done: 'Your password is changed. You can sign in with it now.' }
  },
}

function finish(form, { next, done }) {
  if (next) return location.assign(next)
  form.hidden = true
  const note = document.querySelector('[data-form-done]')
  note.textContent = done
  note.hidden = false
}

/** Puts every message at its field and the rest above the form; focuses the first field that needs work. */
function showRefusal(form, error) {
  const shown = Object.entries(error instanceof Refusal ? error.errors : {})
    .filter(([name, messages]) => showError(form, name, messages.join(' ')))
  if (shown.length === 0) showFormError(form, error.message)
  const field = form.querySelector('[aria-invalid="true"]') ?? form.elements.password
  field?.focus()
}

function enable(form) {
  const checks = CHECKS[form.dataset.auth]
  const button = form.querySelector('[type=submit]')
  form.addEventListener('input', (event) => showError(form, event.target.name, ''))
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    showFormError(form, '')
    const bad = Object.entries(checks)
      .filter(([name, check]) => showError(form, name, check(form.elements[name].value)))
    if (bad.length > 0) return form.elements[bad[0][0]].focus()
    const values = Object.fromEntries(new FormData(form))
    button.disabled = true
    try {
      finish(form, await SUBMIT[form.dataset.auth](values))
    } catch (error) {
      button.disabled = false
      showRefusal(form, error)
    }
  })
}

export function enableAuthForms() {
  for (const form of document.querySelectorAll('form[data-auth]')) enable(form)
  for (const button of document.querySelectorAll('[data-show-password]')) {
    const field = document.getElementById(button.dataset.showPassword)
    button.hidden = false
    button.addEventListener('click', () => {
      const isShown = field.type === 'password'
      field.type = isShown ? 'text' : 'password'
      button.textContent = isShown ? 'Hide password' : 'Show password'
      field.focus()
    })
  }
}
