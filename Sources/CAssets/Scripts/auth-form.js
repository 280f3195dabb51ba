// Sign-up and sign-in without a reload. Without JavaScript the same forms post and the server shows the same messages.
import { call, Refusal } from './api.js'

const CHECKS = {
  login: {
    username: (v) => v.trim() ? '' : 'Enter your username or email.',
    password: (v) => v ? '' : 'Enter your password.',
  },
  signup: {
    username: (v) => /^[\p{L}\p{N}@.+_-]{3,150}$/u.test(v) ? '' : 'Use 3 to 150 letters, digits or @ . + - _',
    email: (v) => /^\S+@\S+$/.test(v.trim()) ? '' : 'Enter an email address, such as name@example.com.',
    password: (v) => [...v].length >= 8 ? '' : 'Use at least 8 characters.',
  },
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

async function submit(kind, values) {
  if (kind === 'signup') {
    await call('POST', '/api/auth/signup', { body: values, session: false })
    const { username, password } = values
    return call('POST', '/api/auth/login', { body: { username, password }, session: false })
  }
  return call('POST', '/api/auth/login', { body: credentials(values.username.trim(), values.password), session: false })
}

/** Puts every message at its field and the rest above the form; focuses the first field that needs work. */
function showRefusal(form, error) {
  const shown = Object.entries(error instanceof Refusal ? error.errors : {})
    .filter(([name, messages]) => showError(form, name, messages.join(' ')))
  if (shown.length === 0) showFormError(form, error.message)
  const field = form.querySelector('[aria-invalid="true"]') ?? form.elements.password
  field.focus()
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
    const { next, ...values } = Object.fromEntries(new FormData(form))
    button.disabled = true
    try {
      await submit(form.dataset.auth, values)
      location.assign(next || '/chat-page')
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
