// The sidebar's list: grouped by age, loaded by page, searched by the server.
import { call } from './api.js'
import { textButton } from './controls.js'
import { conversationItem } from './conversation-item.js'
import { element } from './dom.js'
import { ageGroup } from './time.js'
import { toast } from './toast.js'

const PAGE = 40
const RENDER_PAUSE = 300

export class ConversationList {
  #root
  #events
  #items = []
  #cursor = null
  #query = ''
  #currentID = null
  #load = null
  #shown = null
  #later = null

  /** `events`: `open(id)`, `renamed(conversation)`, `removed(id)`. */
  constructor(root, events) {
    this.#root = root
    this.#events = events
    root.append(element('p', { text: 'Loading…' }))
  }

  select(id) {
    this.#currentID = id
    this.#render()
  }

  search(query) {
    this.#query = query.trim()
    return this.reload()
  }

  /** Loads the first page anew, as after an answer has changed the order or a title has come. */
  async reload() {
    this.#load?.abort()
    const load = this.#load = new AbortController()
    try {
      const page = await this.#page(null, load.signal)
      this.#items = page.conversations
      this.#cursor = page.next_cursor
      this.#render()
    } catch (error) {
      if (load.signal.aborted) return
      this.#shown = null
      this.#root.replaceChildren(
        element('p', { text: 'The list could not be loaded.' }),
        textButton('Try again', () => this.reload()))
    }
  }

  find(id) {
    return this.#items.find((item) => item.id === id) ?? null
  }

  async rename(conversation, title) {
    const renamed = await call('PUT', `/api/conversations/${conversation.id}/rename`, { body: { title } })
    this.#replace(renamed)
    this.#events.renamed(renamed)
  }

  #page(cursor, signal) {
    const query = new URLSearchParams({ limit: PAGE })
    if (this.#query) query.set('q', this.#query)
    if (cursor) query.set('cursor', cursor)
    return call('GET', `/api/conversations?${query}`, { signal })
  }

  async #more(button) {
    button.disabled = true
    const page = await this.#page(this.#cursor)
    const known = new Set(this.#items.map((item) => item.id))
    this.#items.push(...page.conversations.filter((item) => !known.has(item.id)))
    this.#cursor = page.next_cursor
    this.#render()
  }

  #replace(conversation) {
    this.#items = this.#items.map((item) => item.id === conversation.id ? { ...item, ...conversation } : item)
    this.#render()
  }

  async #pin(conversation) {
    try {
      const body = { pinned: !conversation.pinned }
      this.#replace(await call('PATCH', `/api/conversations/${conversation.id}`, { body }))
    } catch (error) {
      toast(error.message)
    }
  }

  async #remove(conversation) {
    try {
      await call('DELETE', `/api/conversations/${conversation.id}`)
    } catch (error) {
      return toast(error.message)
    }
    this.#items = this.#items.filter((item) => item.id !== conversation.id)
    this.#render()
    this.#events.removed(conversation.id)
    toast('Conversation deleted', { name: 'Undo', run: () => this.#restore(conversation) })
  }

  async #restore(conversation) {
    try {
      await call('POST', `/api/conversations/${conversation.id}/restore`, { body: {} })
      await this.reload()
      this.#events.open(conversation.id)
    } catch (error) {
      toast(error.message)
    }
  }

  /** Builds the list anew if it has changed; not while a title in it is being edited or a menu is open. */
  #render() {
    clearTimeout(this.#later)
    const state = JSON.stringify([this.#items, this.#cursor, this.#query, this.#currentID])
    if (state === this.#shown) return
    if (this.#root.querySelector('input, [aria-expanded=true]')) {
      this.#later = setTimeout(() => this.#render(), RENDER_PAUSE)
      return
    }
    this.#shown = state
    const focused = document.activeElement?.closest('.conversation')?.dataset.id
    this.#root.replaceChildren(...this.#parts())
    if (focused) this.#root.querySelector(`[data-id="${focused}"] a`)?.focus()
  }

  #parts() {
    const groups = Map.groupBy(this.#items, (item) => item.pinned ? 'Pinned' : ageGroup(item.updated_at))
    const names = [...groups.keys()].sort((a, b) => (b === 'Pinned') - (a === 'Pinned'))
    const parts = names.flatMap((name) => [
      element('h2', { text: name }),
      element('ul', { role: 'list' }, groups.get(name).map((item) => this.#item(item))),
    ])
    const none = this.#query ? `Nothing found for “${this.#query}”.` : 'Your conversations will be listed here.'
    if (parts.length === 0) parts.push(element('p', { text: none }))
    if (this.#cursor) parts.push(this.#moreButton())
    return parts
  }

  #item(item) {
    return conversationItem(item, item.id === this.#currentID, {
      open: this.#events.open,
      rename: (title) => this.rename(item, title),
      pin: () => this.#pin(item),
      remove: () => this.#remove(item),
    })
  }

  #moreButton() {
    const button = textButton('Show more', () => this.#more(button).catch((error) => {
      button.disabled = false
      toast(error.message)
    }))
    return button
  }
}
