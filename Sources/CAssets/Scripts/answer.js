// One answer: the state of its run, its text, its sources, and what can be done with it.
import { addChips } from './citations.js'
import { dressCode } from './code-block.js'
import { announce, element, icon } from './dom.js'
import { answerActions, troubleBox } from './answer-actions.js'
import { LiveMarkdown } from './live-markdown.js'
import { isFinished, progress, trouble } from './run-words.js'
import { SmoothText } from './smooth-text.js'
import { sourceStrip } from './sources.js'
import { span } from './time.js'

const SHOW_ELAPSED_AFTER = 3

export class Answer {
  element = element('article', { class: 'message is-answer', 'aria-label': 'Tern' })
  job = null
  #question
  #handlers
  #text = element('div', { class: 'answer-text' })
  #line = element('p', { class: 'status' })
  #foot = element('div', {})
  #live = new LiveMarkdown(this.#text)
  #smooth = new SmoothText((text) => this.#showLive(text))
  #since = Date.now()
  #timer = null

  /**
   * `handlers`: `retry(answer)`, `regenerate(answer)`, and `versions()`, which gives `{ index, count, go(step) }` or
   * null.
   */
  constructor(question, handlers) {
    this.#question = question
    this.#handlers = handlers
    this.element.append(this.#text, this.#line, this.#foot)
  }

  /** Shows the job as it is now. */
  show(job) {
    const wasFinished = this.job !== null && isFinished(this.job.status)
    this.job = { ...this.job, ...job }
    if (isFinished(this.job.status)) this.#finish(wasFinished)
    else this.#run()
  }

  /** Stops everything that moves; the answer leaves the page. */
  leave() {
    this.#smooth.stop()
    clearInterval(this.#timer)
  }

  #run() {
    this.#smooth.set(this.job.response ?? '')
    this.element.setAttribute('aria-busy', 'true')
    this.#showLine()
    this.#timer ??= setInterval(() => this.#showLine(), 1000)
  }

  #finish(wasFinished) {
    this.leave()
    this.#timer = null
    this.element.removeAttribute('aria-busy')
    this.#line.hidden = true
    if (this.job.response_html) {
      this.#text.innerHTML = this.job.response_html
    } else {
      this.#smooth.set(this.job.response ?? '')
      this.#smooth.finish()
    }
    this.#dress()
    this.#showFoot()
    if (!wasFinished) announce(trouble(this.job)?.title ?? 'The answer is complete')
  }

  #showLive(text) {
    this.#live.show(text)
    this.#dress()
  }

  #dress() {
    dressCode(this.#text)
    addChips(this.#text, this.job.sources ?? [], this.#question)
  }

  #showLine() {
    const { text, isWarning } = progress(this.job)
    const seconds = (Date.now() - this.#since) / 1000
    const elapsed = seconds >= SHOW_ELAPSED_AFTER && !isWarning ? ` · ${span(seconds)}` : ''
    this.#line.hidden = false
    this.#line.className = isWarning ? 'status is-warn' : 'status'
    this.#line.replaceChildren(isWarning ? icon('clock') : element('span', { class: 'pulse' }), text + elapsed)
    announce(text)
  }

  #showFoot() {
    const problem = trouble(this.job)
    const acts = { regenerate: () => this.#handlers.regenerate(this), versions: this.#handlers.versions() }
    this.#foot.replaceChildren(...[
      problem && troubleBox(problem, this.job, () => this.#handlers.retry(this)),
      sourceStrip(this.job.sources, this.job.response, this.#question),
      ...answerActions(this.job, acts),
    ].filter(Boolean))
  }
}
