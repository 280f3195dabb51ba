// The open conversation: its messages, and the one answer that may be running in it.
import { Answer } from './answer.js'
import { call, Refusal } from './api.js'
import { activePath, newestLeaf, siblings } from './branch.js'
import { textButton } from './controls.js'
import { element } from './dom.js'
import { emptyState, skeleton, threadNote } from './empty.js'
import { follow } from './run.js'
import { isFinished } from './run-words.js'
import { UserMessage } from './user-message.js'

/** A stored message in the shape of a job. */
const asJob = (message) => ({
  job_id: message.job_id, response_id: message.id, status: message.status ?? 'succeeded',
  response: message.content || null, response_html: message.content_html || null, sources: message.sources ?? [],
  usage: message.usage ?? null, error: message.error ?? null, rating: message.feedback?.rating ?? 0,
})

export class Thread {
  /** The open conversation as the API shows it; null in a new chat. */
  conversation = null
  #column
  #scroll
  #events
  #messages = []
  #answers = new Map()
  #cursor = null
  #opening = null
  #run = null
  #lastQuestion = null

  /**
   * `events`: `ask(text)`, `retry(job)`, `regenerate(messageID)` and `edit(messageID, text)`, which give a job or null;
   * `opened(conversation)`, null when there is none; `changed()` when an answer starts or ends; `finished(job)`;
   * `newChat()`.
   */
  constructor(column, scroll, events) {
    this.#column = column
    this.#scroll = scroll
    this.#events = events
  }

  /** The job of the running answer, or null. */
  get running() {
    return this.#run?.answer.job ?? null
  }

  /** The text of the last answer, or null. */
  get lastAnswer() {
    return [...this.#answers.values()].at(-1)?.job.response ?? null
  }

  newChat() {
    this.#leave()
    this.conversation = null
    this.#column.replaceChildren(emptyState(this.#events.ask))
    this.#events.changed()
  }

  async open(id) {
    this.#leave()
    this.conversation = { id }
    const opening = this.#opening = new AbortController()
    this.#column.replaceChildren(skeleton())
    this.#events.changed()
    try {
      const conversation = await call('GET', `/api/conversations/${id}`, { signal: opening.signal })
      if (opening.signal.aborted) return
      this.conversation = conversation
      this.#messages = conversation.messages
      this.#cursor = conversation.next_cursor
      this.#render()
      this.#events.opened(conversation)
    } catch (error) {
      if (!opening.signal.aborted) this.#showTrouble(id, error)
    }
  }

  /** Shows a question and its answer's first state, before the server knows of them. */
  begin(text) {
    if (!this.conversation && this.#messages.length === 0) this.#column.replaceChildren()
    const message = { role: 'user', content: text }
    const question = this.#question(message)
    const answer = this.#answer(text)
    answer.show({ status: 'queued', queue: null, job_id: null })
    this.#column.append(question.element, answer.element)
    this.#scroll.toEnd()
    return {
      accepted: (job) => {
        this.conversation ??= { id: job.conversation_id }
        this.#messages.push(
          Object.assign(message, { id: job.message_id, parent_id: this.conversation.active_leaf_id ?? null }),
          { id: job.response_id, parent_id: job.message_id, role: 'assistant', job_id: job.job_id })
        this.conversation.active_leaf_id = job.response_id
        this.attach(answer, job)
      },
      refused: () => {
        answer.leave()
        question.element.remove()
        answer.element.remove()
        if (this.#column.childElementCount === 0) this.#column.append(emptyState(this.#events.ask))
      },
    }
  }

  /** Follows a job into `answer` until it ends or the conversation is left. */
  async attach(answer, job) {
    const run = this.#run = { answer, stop: new AbortController() }
    this.#answers.set(job.response_id, answer)
    const show = (state) => {
      answer.show(state)
      this.#events.changed()
    }
    show(job)
    try {
      if (!isFinished(job.status)) await follow(job.job_id, show, run.stop.signal)
    } catch (error) {
      const problem = { title: 'The answer can’t be followed', detail: error.message, retryable: false }
      answer.show({ status: 'failed', error: problem })
    }
    if (run.stop.signal.aborted) return
    if (this.#run === run) this.#run = null
    this.#events.changed()
    this.#events.finished(answer.job)
  }

  #leave() {
    this.#opening?.abort()
    this.#run?.stop.abort()
    for (const answer of this.#answers.values()) answer.leave()
    this.#run = null
    this.#lastQuestion = null
    this.#messages = []
    this.#answers.clear()
  }

  /** Opens the last question for editing; says whether there was one. */
  editLast() {
    if (!this.#lastQuestion || this.running) return false
    this.#lastQuestion.edit()
    return true
  }

  #question(message) {
    this.#lastQuestion = new UserMessage(message.content, async (text) => {
      const job = await this.#events.edit(message.id, text)
      if (job) await this.open(this.conversation.id)
    }, message.id ? this.#versions(message) : null)
    return this.#lastQuestion
  }

  #answer(question, message = null) {
    return new Answer(question, {
      retry: (answer) => this.#again(answer, () => this.#events.retry(answer.job)),
      regenerate: (answer) => this.#again(answer, () => this.#events.regenerate(answer.job.response_id)),
      versions: () => message && this.#versions(message),
    })
  }

  #render() {
    const path = activePath(this.#messages, this.conversation.active_leaf_id)
    const earlier = this.#cursor
      ? [element('div', { class: 'earlier' }, textButton('Show earlier messages', () => this.#loadEarlier()))]
      : []
    let question = ''
    let unfinished = null
    const articles = path.map((message) => {
      if (message.role === 'user') {
        question = message.content
        return this.#question(message).element
      }
      const answer = this.#answer(question, message)
      this.#answers.set(message.id, answer)
      answer.show(asJob(message))
      if (!isFinished(answer.job.status)) unfinished = { answer, job: { ...answer.job, response_id: message.id } }
      if (['failed', 'expired'].includes(answer.job.status) && !message.error) this.#explain(answer)
      return answer.element
    })
    this.#column.replaceChildren(...earlier, ...articles)
    this.#scroll.toEnd()
    if (unfinished?.job.job_id) this.attach(unfinished.answer, unfinished.job)
  }

  /** Fetches why an answer failed: the conversation holds only that it did. */
  async #explain(answer) {
    const job = await call('GET', `/api/jobs/${answer.job.job_id}`).catch(() => null)
    if (job?.error) answer.show({ error: job.error })
  }

  async #loadEarlier() {
    const query = `cursor=${encodeURIComponent(this.#cursor)}`
    const page = await call('GET', `/api/conversations/${this.conversation.id}?${query}`)
    this.#messages = [...page.messages, ...this.#messages]
    this.#cursor = page.next_cursor
    this.#scroll.holding(() => this.#render())
  }

  /** Puts a new answer in the place of `answer`, which stays as another version. */
  async #again(answer, start) {
    const job = this.running ? null : await start()
    if (!job) return
    const message = { id: job.response_id, parent_id: job.message_id, role: 'assistant', job_id: job.job_id }
    const next = this.#answer(this.#messages.find((other) => other.id === job.message_id)?.content ?? '', message)
    this.#messages.push(message)
    this.conversation.active_leaf_id = message.id
    answer.leave()
    answer.element.replaceWith(next.element)
    this.attach(next, job)
  }

  #versions(message) {
    const all = siblings(this.#messages, message)
    const index = all.indexOf(message)
    return {
      index, count: all.length,
      go: async (step) => {
        const leaf = newestLeaf(this.#messages, all[index + step])
        const { id } = this.conversation
        await call('PATCH', `/api/conversations/${id}`, { body: { active_leaf_id: leaf.id } }).catch(() => null)
        await this.open(id)
      },
    }
  }

  #showTrouble(id, error) {
    const isGone = error instanceof Refusal && error.status === 404
    const why = isGone ? 'It was deleted, or it belongs to another account.' : error.message
    this.#column.replaceChildren(isGone
      ? threadNote('This conversation is not here', why, 'New chat', this.#events.newChat)
      : threadNote('The conversation could not be loaded', why, 'Try again', () => this.open(id)))
    if (isGone) {
      this.conversation = null
      this.#events.opened(null)
    }
    this.#events.changed()
  }
}
