// The keys of the chat page.
import { byID } from './dom.js'
import { closeDrawer, toggleSidebar } from './drawer.js'
import { closePassage } from './passage.js'

/** `acts`: `newChat()`, `focusComposer()`, `stop()` which says whether something ran. */
export function enableShortcuts(acts) {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.altKey) return
    const isCommand = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    const act = isCommand && event.shiftKey ? { o: acts.newChat, s: toggleSidebar }[key]
      : isCommand ? { k: () => byID('search').focus() }[key]
        : key === 'escape' && event.shiftKey ? acts.focusComposer
          : key === 'escape' ? () => closePassage() || closeDrawer() || acts.stop() : null
    if (!act) return
    if (key !== 'escape') event.preventDefault()
    act()
  })
}
