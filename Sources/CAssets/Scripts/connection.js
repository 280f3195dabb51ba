// Whether the server can be reached: shows the banner, and wakes whoever waits to try again.
import { byID } from './dom.js'

const waiting = new Set()

function show(isDown) {
  const banner = byID('offline')
  if (!banner) return
  const what = navigator.onLine ? 'The server can’t be reached.' : 'You are offline.'
  if (isDown) banner.querySelector('span').textContent = `${what} Nothing is lost; this page carries on by itself.`
  banner.hidden = !isDown
}

function wakeAll() {
  for (const wake of [...waiting]) wake()
}

export const connection = {
  isUp: () => show(false),
  isDown: () => show(true),

  /** Resolves after `pause` milliseconds, or as soon as the browser is online or the page is seen again. */
  retry(pause, signal) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, pause)
      waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  },
}

addEventListener('online', () => { connection.isUp(); wakeAll() })
addEventListener('offline', connection.isDown)
document.addEventListener('visibilitychange', () => { if (!document.hidden) wakeAll() })
