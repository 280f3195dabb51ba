// The button that overrides the system's theme.
import { remember } from './storage.js'

const root = document.documentElement
const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

const shown = () => root.dataset.theme ?? (systemIsDark.matches ? 'dark' : 'light')

function show(buttons) {
  const theme = shown()
  root.dataset.shownTheme = theme
  for (const button of buttons) {
    button.hidden = false
    button.setAttribute('aria-label', theme === 'dark' ? 'Switch to the light theme' : 'Switch to the dark theme')
  }
}

export function enableThemeSwitch() {
  const buttons = document.querySelectorAll('[data-theme-switch]')
  for (const button of buttons) {
    button.addEventListener('click', () => {
      root.dataset.theme = shown() === 'dark' ? 'light' : 'dark'
      remember('theme', root.dataset.theme)
      show(buttons)
    })
  }
  systemIsDark.addEventListener('change', () => show(buttons))
  show(buttons)
}
