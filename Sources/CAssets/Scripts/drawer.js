// The sidebar: beside the chat where there is room, a drawer over it where there is not.
import { byID } from './dom.js'
import { remember, remembered } from './storage.js'

const isNarrow = matchMedia('(max-width: 47.99rem)')

const page = document.body
const sidebar = byID('sidebar')
const main = byID('chat-main')
const backdrop = byID('backdrop')
const toggle = byID('toggle-sidebar')

const isOpen = () => isNarrow.matches ? page.dataset.drawer === 'open' : page.dataset.sidebar !== 'closed'

function show(open) {
  if (isNarrow.matches) page.dataset.drawer = open ? 'open' : 'closed'
  else {
    page.dataset.sidebar = open ? 'open' : 'closed'
    remember('sidebar', open ? null : 'closed')
  }
  settle()
}

/** An open drawer covers the chat: what lies under it can't be reached, which also keeps the focus inside. */
function settle() {
  const covers = isNarrow.matches && isOpen()
  main.inert = covers
  backdrop.hidden = !covers
  toggle.setAttribute('aria-expanded', String(isOpen()))
}

export function toggleSidebar() {
  const opens = !isOpen()
  show(opens)
  if (opens && isNarrow.matches) byID('close-sidebar').focus()
  if (!opens) toggle.focus()
}

/** Closes the drawer, if it is one and open; says whether it was. */
export function closeDrawer() {
  if (!isNarrow.matches || !isOpen()) return false
  show(false)
  toggle.focus()
  return true
}

export function enableDrawer() {
  if (remembered('sidebar') === 'closed') page.dataset.sidebar = 'closed'
  toggle.addEventListener('click', toggleSidebar)
  byID('close-sidebar').addEventListener('click', closeDrawer)
  backdrop.addEventListener('click', closeDrawer)
  isNarrow.addEventListener('change', settle)
  sidebar.addEventListener('keydown', (event) => { if (event.key === 'Escape') closeDrawer() })
  settle()
}
