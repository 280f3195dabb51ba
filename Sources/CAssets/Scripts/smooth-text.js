// Lets a text that arrives in lumps flow: a little every frame, faster the more is waiting.

const isCalm = matchMedia('(prefers-reduced-motion: reduce)')

export class SmoothText {
  #show
  #target = ''
  #length = 0
  #frame = null

  /** `show(text)` is called with the part to be seen. */
  constructor(show) {
    this.#show = show
  }

  /** The text so far. A text that is no continuation, as after a new attempt, starts over. */
  set(text) {
    if (!text.startsWith(this.#target.slice(0, this.#length))) this.#length = 0
    this.#target = text
    if (isCalm.matches || document.hidden) return this.finish()
    this.#frame ??= requestAnimationFrame(() => this.#step())
  }

  /** Shows everything at once. */
  finish() {
    cancelAnimationFrame(this.#frame)
    this.#frame = null
    this.#length = this.#target.length
    this.#show(this.#target)
  }

  stop() {
    cancelAnimationFrame(this.#frame)
    this.#frame = null
  }

  #step() {
    const waiting = this.#target.length - this.#length
    this.#length += Math.min(waiting, Math.max(2, Math.ceil(waiting / 14)))
    this.#show(this.#target.slice(0, this.#length))
    this.#frame = this.#length < this.#target.length ? requestAnimationFrame(() => this.#step()) : null
  }
}
