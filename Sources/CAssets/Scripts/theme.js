// Runs before the first paint, so that a remembered theme does not flash. A classic script: modules would run too late.
{
  const root = document.documentElement
  let theme = null
  try {
    theme = localStorage.getItem('theme')
  } catch {
    // Without storage the system decides.
  }
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  root.dataset.shownTheme = root.dataset.theme ?? system
}
