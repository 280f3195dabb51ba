// The strip of sources under an answer: the cited ones, and behind a button the others that were looked at.
import { citedNumbers } from './citations.js'
import { textButton } from './controls.js'
import { element } from './dom.js'
import { opensPassage } from './passage.js'

/** Only where several documents are quoted does the title tell anything. */
function nameOf(source, sources) {
  const hasHeading = source.heading && source.heading !== source.title
  if (!hasHeading) return source.title
  const isOneDocument = sources.every((other) => other.title === source.title)
  return isOneDocument ? source.heading : `${source.title} › ${source.heading}`
}

function item(source, name, question) {
  const button = element('button', { type: 'button', class: 'source' },
    element('span', { class: 'chip', text: String(source.n) }),
    element('span', { class: 'name', text: name }))
  opensPassage(button, source, question)
  return element('li', {}, button)
}

/** A strip for the sources of `text`; null when there are none. */
export function sourceStrip(sources, text, question) {
  if (!sources?.length || !text) return null
  const cited = citedNumbers(text)
  const ordered = [...sources].sort((a, b) => a.n - b.n)
  const items = (list) => list.map((source) => item(source, nameOf(source, sources), question))
  const others = ordered.filter((source) => !cited.has(source.n))
  const list = element('ol', { role: 'list' }, items(ordered.filter((source) => cited.has(source.n))))
  if (others.length > 0) {
    const more = element('li', {}, textButton(`${others.length} more`, () => {
      more.replaceWith(...items(others))
    }, 'source source-more'))
    list.append(more)
  }
  return element('section', { class: 'sources', 'aria-label': 'Sources' }, element('h3', { text: 'Sources' }), list)
}
