// The field at the bottom: grows with its text, keeps a draft per conversation, turns Send into Stop during an answer.
import { byID, element, icon } from './dom.js'
import { remember, remembered } from './storage.js'

const LIMIT = 8000
const COUNT_FROM = 7000

const length = (text) => [...text.normalize('NFC')].length

export class Composer {
  #field = byID('message')
  #button = byID('send')
  #counter = byID('counter')
  #note = null
  #timer = null
  #draft = 'new'
  #isRunning = false

  /** `events`: `ask(text)`, `stop()`, `editLast()` which says whether there was a question to edit. */
  constructor(events) {
    byID('composer').addEventListener('submit', (event) => {
      event.preventDefault()
      if (this.#isRunning) events.stop()
      else this.#submit(events)
    })
    this.#field.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowUp' && !this.#field.value && events.editLast()) return event.preventDefault()
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
      event.preventDefault()
      if (!this.#isRunning) this.#submit(events)
    })
    this.#field.addEventListener('input', () => this.#changed())
    this.#changed()
  }

  focus() {
    this.#field.focus()
  }

  /** Shows the draft of a conversation, or of the new chat. */
  useDraft(conversationID) {
    this.#draft = conversationID ?? 'new'
    this.#field.value = remembered(`draft:${this.#draft}`) ?? ''
    this.explain(null)
    this.#changed()
  }

  /** Send becomes Stop while an answer runs. */
  showRunning(isRunning) {
    if (this.#isRunning === isRunning) return
    this.#isRunning = isRunning
    this.#button.setAttribute('aria-label', isRunning ? 'Stop' : 'Send')
    this.#button.replaceChildren(icon(isRunning ? 'stop' : 'send'))
    this.#changed()
  }

  clear() {
    this.#field.value = ''
    this.explain(null)
    this.#changed()
  }

  /** Puts a refused question back, before whatever was typed since. */
  giveBack(text) {
    this.#field.value = this.#field.value ? `${text}\n${this.#field.value}` : text
    this.#changed()
    this.focus()
  }

  /** Says above the field what stands in the way; null takes it away. */
  explain(text) {
    clearInterval(this.#timer)
    this.#note?.remove()
    this.#note = text ? element('p', { class: 'composer-error', role: 'alert', text }) : null
    if (this.#note) byID('composer').before(this.#note)
  }

  /** Explains, and counts the seconds down until another try makes sense. */
  countDown(text, seconds) {
    const end = Date.now() + seconds * 1000
    this.explain(`${text} Try again in ${seconds} s.`)
    this.#timer = setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1000)
      if (left <= 0) this.explain(null)
      else this.#note.textContent = `${text} Try again in ${left} s.`
    }, 1000)
  }

  #submit(events) {
    const text = this.#field.value.trim()
    if (text && length(text) <= LIMIT) events.ask(text)
  }

  #changed() {
    const text = this.#field.value
    const count = text.length < COUNT_FROM ? 0 : length(text.trim())
    remember(`draft:${this.#draft}`, text)
    this.#counter.textContent = count >= COUNT_FROM ? `${count} of ${LIMIT}` : ''
    this.#counter.classList.toggle('is-over', count > LIMIT)
    this.#button.disabled = !this.#isRunning && (!text.trim() || count > LIMIT)
    if (!CSS.supports('field-sizing', 'content')) {
      this.#field.style.height = 'auto'
      this.#field.style.height = `${this.#field.scrollHeight}px`
    }
  }
}
