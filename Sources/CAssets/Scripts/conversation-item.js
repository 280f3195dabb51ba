// One line of the sidebar, with its menu; rename happens in place.
import { element, icon } from './dom.js'
import { openMenu } from './menu.js'
import { editInPlace } from './edit-in-place.js'

/** `acts`: `open(id)`, `rename(title)`, `pin()`, `remove()`. */
export function conversationItem(conversation, isCurrent, acts) {
  const link = element('a', {
    href: `/chat-page?c=${conversation.id}`, text: conversation.title || 'New chat', title: conversation.title,
    'aria-current': isCurrent ? 'page' : null,
    onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
      event.preventDefault()
      acts.open(conversation.id)
    },
  })
  const more = element('button', {
    type: 'button', class: 'icon-button', 'aria-label': 'More', 'aria-haspopup': 'menu', 'aria-expanded': 'false',
    onclick: () => openMenu(more, [
      { name: 'Rename', icon: 'pencil', run: rename },
      { name: conversation.pinned ? 'Unpin' : 'Pin', icon: 'pin', run: acts.pin },
      { name: 'Delete', icon: 'trash', isDestructive: true, run: acts.remove },
    ]),
  }, icon('more'))
  const className = isCurrent ? 'conversation is-current' : 'conversation'
  const line = element('li', { class: className, 'data-id': conversation.id }, link, more)
  const rename = () => editInPlace(line, conversation.title, acts.rename)
  return line
}
