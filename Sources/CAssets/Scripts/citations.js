// Turns `[1]` and `[1, 2]` in an answer into superscript chips that open the passage.
import { element } from './dom.js'
import { opensPassage } from './passage.js'

const MARK = /\s?\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()/g

function chip(source, question) {
  const label = `Source ${source.n}: ${source.title}`
  const button = element('button', { type: 'button', class: 'chip', text: String(source.n), 'aria-label': label })
  opensPassage(button, source, question)
  return button
}

function replaced(node, byNumber, question) {
  const parts = []
  let end = 0
  for (const match of node.data.matchAll(MARK)) {
    const sources = match[1].split(',').map((number) => byNumber.get(Number(number))).filter(Boolean)
    if (sources.length === 0) continue
    const chips = sources.map((source) => chip(source, question))
    parts.push(node.data.slice(end, match.index), element('sup', { class: 'cites' }, chips))
    end = match.index + match[0].length
  }
  if (parts.length > 0) node.replaceWith(...parts, node.data.slice(end))
}

/** Marks that name no source stay text; code stays as it is. */
export function addChips(root, sources, question) {
  const byNumber = new Map(sources.map((source) => [source.n, source]))
  if (byNumber.size === 0) return
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) => {
    if (node.parentElement.closest('code, pre, a, .cites')) return NodeFilter.FILTER_REJECT
    return node.data.includes('[') ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP
  })
  const found = []
  while (walker.nextNode()) found.push(walker.currentNode)
  for (const node of found) replaced(node, byNumber, question)
}

/** The numbers that a text cites. */
export function citedNumbers(text) {
  return new Set([...(text ?? '').matchAll(MARK)].flatMap((match) => match[1].split(',').map(Number)))
}
