// The popover with the passage behind a citation: opens on hover and focus, stays on click, closes with Esc.
import { element } from './dom.js'
import { place } from './place.js'

const GAP = 150

const card = element('div', { class: 'passage', id: 'passage', popover: 'manual', role: 'tooltip' })
let opener = null
let isKept = false
let timer = null

function words(question) {
  const found = (question ?? '').toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []
  return [...new Set(found)].sort((a, b) => b.length - a.length)
}

/** The text with the question's words marked. */
function marked(text, question) {
  const list = words(question)
  if (list.length === 0) return [text]
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])((?:${list.join('|')})[\\p{L}\\p{N}]*)`, 'giu')
  return text.split(pattern).map((part, index) => index % 2 ? element('mark', { text: part }) : part)
}

function open(button, source, question) {
  clearTimeout(timer)
  if (opener === button) return
  close()
  opener = button
  button.setAttribute('aria-expanded', 'true')
  button.setAttribute('aria-describedby', 'passage')
  card.replaceChildren(
    element('h3', { text: source.title }),
    source.heading && source.heading !== source.title ? element('p', { class: 'heading', text: source.heading }) : '',
    element('p', { class: 'text' }, marked(source.snippet ?? source.text ?? '', question)),
    typeof source.score === 'number' ? element('p', { class: 'score', text: `Match ${source.score.toFixed(2)}` }) : '',
  )
  document.body.append(card)
  card.showPopover()
  card.scrollTop = 0
  place(card, button)
}

function close() {
  clearTimeout(timer)
  if (!opener) return
  opener.setAttribute('aria-expanded', 'false')
  opener.removeAttribute('aria-describedby')
  opener = null
  isKept = false
  card.hidePopover()
}

const closeSoon = () => { if (!isKept) timer = setTimeout(close, GAP) }

/** Makes `button` open the passage of `source`. */
export function opensPassage(button, source, question) {
  button.setAttribute('aria-expanded', 'false')
  button.addEventListener('mouseenter', () => { if (!isKept) open(button, source, question) })
  button.addEventListener('mouseleave', closeSoon)
  button.addEventListener('focus', () => { if (button.matches(':focus-visible')) open(button, source, question) })
  button.addEventListener('blur', () => { if (opener === button) closeSoon() })
  button.addEventListener('click', () => {
    if (opener === button && isKept) return close()
    open(button, source, question)
    isKept = true
  })
}

/** Closes an open passage; says whether there was one. */
export function closePassage() {
  const wasOpen = opener !== null
  close()
  return wasOpen
}

card.addEventListener('mouseenter', () => clearTimeout(timer))
card.addEventListener('mouseleave', closeSoon)
document.addEventListener('pointerdown', (event) => {
  if (opener && !card.contains(event.target) && !opener.contains(event.target)) close()
})
const closeOnScroll = (event) => { if (event.target !== card) close() }
document.addEventListener('scroll', closeOnScroll, { capture: true, passive: true })
