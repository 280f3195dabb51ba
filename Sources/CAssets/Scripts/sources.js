// The strip of sources under an answer, cited ones first.
import { citedNumbers } from './citations.js'
import { element } from './dom.js'
import { opensPassage } from './passage.js'

function item(source, isCited, question) {
  const hasHeading = source.heading && source.heading !== source.title
  const name = hasHeading ? `${source.title} › ${source.heading}` : source.title
  const button = element('button', { type: 'button', class: isCited ? 'source' : 'source is-uncited' },
    element('span', { class: 'chip', text: String(source.n) }),
    element('span', { class: 'name', text: name }))
  opensPassage(button, source, question)
  return element('li', {}, button)
}

/** A strip for the sources of `text`; null when there are none. */
export function sourceStrip(sources, text, question) {
  if (!sources?.length || !text) return null
  const cited = citedNumbers(text)
  const ordered = [...sources].sort((a, b) => cited.has(b.n) - cited.has(a.n) || a.n - b.n)
  return element('section', { class: 'sources', 'aria-label': 'Sources' },
    element('h3', { text: 'Sources' }),
    element('ol', { role: 'list' }, ordered.map((source) => item(source, cited.has(source.n), question))))
}
