// Sends what the user wrote, stops it, tries it again; says what stands in the way.
import { call, idempotencyKey, Refusal, Unreachable } from './api.js'

export class Asking {
  #thread
  #composer
  #last = null

  constructor(thread, composer) {
    this.#thread = thread
    this.#composer = composer
  }

  /** Asks in the open conversation. A question that may have got through before the connection broke keeps its key. */
  async ask(text) {
    if (this.#thread.running) return null
    const conversation = this.#thread.conversation?.id ?? null
    const isRepeat = this.#last?.text === text && this.#last.conversation === conversation
    this.#last = isRepeat ? this.#last : { text, conversation, key: idempotencyKey() }
    const body = conversation ? { message: text, conversation_id: conversation } : { message: text }
    const turn = this.#thread.begin(text)
    this.#composer.clear()
    try {
      const job = await call('POST', '/api/chat', { body, headers: { 'Idempotency-Key': this.#last.key } })
      this.#last = null
      turn.accepted(job)
      return job
    } catch (error) {
      turn.refused()
      if (!(error instanceof Unreachable)) this.#last = null
      this.#composer.giveBack(text)
      this.#explain(error)
      return null
    }
  }

  async stop() {
    const job = this.#thread.running
    if (!job?.job_id) return
    try {
      await call('POST', `/api/jobs/${job.job_id}/cancel`, { body: {} })
    } catch (error) {
      this.#explain(error)
    }
  }

  /** Starts a sibling of an answer that came to nothing; null when it is refused. */
  retry(job) {
    return this.#start('POST', `/api/jobs/${job.job_id}/retry`, {})
  }

  /** Starts a sibling of a finished answer; null when it is refused. */
  regenerate(messageID) {
    return this.#start('POST', `/api/messages/${messageID}/regenerate`, {})
  }

  /** Asks an edited question in a branch of its own; null when it is refused. */
  edit(messageID, text) {
    return this.#start('PUT', `/api/messages/${messageID}`, { message: text })
  }

  async #start(method, path, body) {
    try {
      return await call(method, path, { body })
    } catch (error) {
      this.#explain(error)
      return null
    }
  }

  #explain(error) {
    if (error instanceof Refusal && error.retryAfter && [429, 503].includes(error.status)) {
      return this.#composer.countDown(error.message, error.retryAfter)
    }
    if (error instanceof Refusal && error.code === 'conversation_busy') {
      this.#thread.open(this.#thread.conversation.id)
      return this.#composer.explain('An answer is still being written in this conversation. Wait for it, or stop it.')
    }
    const field = error instanceof Refusal ? error.errors.message?.join(' ') : null
    const kept = error instanceof Unreachable ? `${error.message} Your question is kept: send it again.` : null
    this.#composer.explain(kept ?? field ?? error.message)
  }
}
