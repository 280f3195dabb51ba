// What this browser remembers. Storage may be blocked or full: then it just does not remember.

export function remembered(key) {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function remember(key, value) {
  try {
    if (value === null || value === '') localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // It is a convenience, no more.
  }
}
