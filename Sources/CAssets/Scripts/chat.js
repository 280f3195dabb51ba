// The chat page: puts its parts together and keeps the address in step with the open conversation.
import { Asking } from './asking.js'
import { copy } from './clipboard.js'
import { Composer } from './composer.js'
import { ConversationList } from './conversation-list.js'
import { byID } from './dom.js'
import { closeDrawer, enableDrawer } from './drawer.js'
import { Scroll } from './scroll.js'
import { enableShortcuts } from './shortcuts.js'
import { enableThemeSwitch } from './theme-switch.js'
import { Thread } from './thread.js'
import { Title } from './title.js'
import { enableResend } from './verification.js'

/** A title is made by a job after the first answer: when to look for it. */
const TITLE_LOOKS = [1000, 3000, 8000]

/** Elsewhere the focus would bring up a keyboard that covers half of the screen. */
const hasKeyboard = matchMedia('(hover: hover)')

const idInAddress = () => new URLSearchParams(location.search).get('c')

const composer = new Composer({ ask, stop: () => asking.stop(), editLast: () => thread.editLast() })
const thread = new Thread(byID('messages'), new Scroll(byID('thread'), byID('jump')), {
  ask,
  newChat,
  retry: (job) => asking.retry(job),
  regenerate: (id) => asking.regenerate(id),
  edit: (id, text) => asking.edit(id, text),
  opened: (conversation) => title.show(conversation?.title ?? null),
  changed: () => composer.showRunning(thread.running !== null),
  finished,
})
const asking = new Asking(thread, composer)
const list = new ConversationList(byID('conversations'), {
  open,
  renamed: (conversation) => { if (conversation.id === thread.conversation?.id) title.show(conversation.title) },
  removed: (id) => { if (id === thread.conversation?.id) newChat() },
})
const title = new Title((text) => list.rename(thread.conversation, text))

async function ask(text) {
  const wasNew = !thread.conversation
  const job = await asking.ask(text)
  if (!job) return
  if (wasNew) {
    history.pushState(null, '', `/chat-page?c=${job.conversation_id}`)
    composer.useDraft(job.conversation_id)
  }
  list.select(job.conversation_id)
  await refreshList()
}

async function refreshList() {
  await list.reload()
  const shown = thread.conversation && list.find(thread.conversation.id)
  if (shown) title.show(shown.title)
}

async function finished(job) {
  await refreshList()
  if (job.status !== 'succeeded') return
  for (const pause of TITLE_LOOKS) {
    const before = list.find(job.conversation_id)
    if (!before || before.message_count > 2) return
    await new Promise((resolve) => setTimeout(resolve, pause))
    await refreshList()
    if (list.find(job.conversation_id)?.title !== before.title) return
  }
}

function show(id) {
  closeDrawer()
  composer.useDraft(id)
  list.select(id)
  title.show(id ? list.find(id)?.title ?? '' : null)
  if (hasKeyboard.matches) composer.focus()
  return id ? thread.open(id) : thread.newChat()
}

function go(id) {
  const address = id ? `/chat-page?c=${id}` : '/chat-page'
  if (location.pathname + location.search !== address) history.pushState(null, '', address)
  return show(id)
}

function open(id) {
  return go(id)
}

function newChat() {
  return go(null)
}

enableThemeSwitch()
enableDrawer()
enableResend()
enableShortcuts({
  newChat,
  focusComposer: () => composer.focus(),
  copyLast: () => { if (thread.lastAnswer) copy(thread.lastAnswer) },
  stop: () => thread.running !== null && asking.stop(),
})
byID('new-chat').addEventListener('click', newChat)
let searching = null
byID('search').addEventListener('input', (event) => {
  clearTimeout(searching)
  searching = setTimeout(() => list.search(event.target.value), 200)
})
addEventListener('popstate', () => show(idInAddress()))
list.reload()
show(idInAddress())
