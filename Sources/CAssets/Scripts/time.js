// Times as people say them, in the browser's language and zone.

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' })
const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

export const clock = (time) => clockFormat.format(new Date(time))
export const date = (time) => dateFormat.format(new Date(time))
export const moment = (time) => momentFormat.format(new Date(time))

/** A span in words: "4 s", "2 min". */
export function span(seconds) {
  const whole = Math.max(1, Math.round(seconds))
  return whole < 90 ? `${whole} s` : `${Math.round(whole / 60)} min`
}

/** The heading under which a conversation of this time is listed. */
export function ageGroup(time, now = new Date()) {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  const days = (midnight - new Date(time)) / 86_400_000
  if (days <= 0) return 'Today'
  if (days <= 1) return 'Yesterday'
  if (days <= 7) return '7 days'
  return days <= 30 ? '30 days' : 'Older'
}
