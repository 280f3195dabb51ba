// Shows markdown while it is being written. Small on purpose: the server's sanitised HTML replaces it at the end.
// It builds nodes and sets text, so nothing in an answer can become markup of its own.
import { element } from './dom.js'

const FENCE = /^\s*(```+|~~~+)\s*([\w+#.-]*)/
const HEADING = /^(#{1,6})\s+(.*)/
const BULLET = /^\s*[-*+]\s+(.*)/
const NUMBER = /^\s*(\d{1,9})[.)]\s+(.*)/
const QUOTE = /^\s*>\s?(.*)/

function kindOf(line) {
  if (BULLET.test(line)) return 'bullets'
  if (NUMBER.test(line)) return 'numbers'
  return QUOTE.test(line) ? 'quote' : 'paragraph'
}

/** Cuts a text into blocks: `{ kind, lines, … }`. */
function blocks(text) {
  const result = []
  let current = null
  const begin = (kind, more = {}) => result.push(current = { kind, lines: [], ...more })
  for (const line of text.split('\n')) {
    const fence = FENCE.exec(line)
    if (current?.kind === 'code') {
      if (fence && fence[1][0] === current.fence[0] && !fence[2]) current = null
      else current.lines.push(line)
    } else if (fence) {
      begin('code', { fence: fence[1], language: fence[2] })
    } else if (!line.trim()) {
      current = null
    } else if (HEADING.test(line)) {
      const [, marks, words] = HEADING.exec(line)
      begin('heading', { level: marks.length })
      current.lines.push(words)
      current = null
    } else {
      const kind = kindOf(line)
      const continues = current && (current.kind === kind || (kind === 'paragraph' && current.kind !== 'quote'))
      if (!continues) begin(kind)
      current.lines.push(line)
    }
  }
  return result
}

const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:[^)\s]+)\)/g

/** The nodes of a line: code, strong, emphasis and links; an unfinished mark stays text until its end arrives. */
function inline(text) {
  const nodes = []
  let end = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) nodes.push(text.slice(end, match.index))
    end = match.index + match[0].length
    const [, , code, strong, strong2, emphasis, label] = match
    if (code) nodes.push(element('code', { text: code }))
    else if (strong ?? strong2) nodes.push(element('strong', {}, inline(strong ?? strong2)))
    else if (emphasis) nodes.push(element('em', {}, inline(emphasis)))
    else nodes.push(label)
  }
  if (end < text.length) nodes.push(text.slice(end))
  return nodes
}

/** The items of a list; a line without a mark belongs to the item above. */
function items(lines, mark) {
  const texts = []
  for (const line of lines) {
    const match = mark.exec(line)
    if (match) texts.push(match.at(-1))
    else texts.push(`${texts.pop() ?? ''}\n${line.trim()}`)
  }
  return texts.map((text) => element('li', {}, inline(text)))
}

function node(block) {
  const text = block.lines.join('\n')
  switch (block.kind) {
    case 'code': {
      const className = block.language ? `language-${block.language}` : null
      return element('pre', {}, element('code', { class: className, text }))
    }
    case 'heading': return element(`h${Math.min(6, block.level)}`, {}, inline(text))
    case 'bullets': return element('ul', {}, items(block.lines, BULLET))
    case 'numbers': return element('ol', { start: NUMBER.exec(block.lines[0])[1] }, items(block.lines, NUMBER))
    case 'quote': {
      const words = block.lines.map((line) => line.replace(QUOTE, '$1')).join('\n')
      return element('blockquote', {}, element('p', {}, inline(words)))
    }
    default: return element('p', {}, inline(text))
  }
}

/** A region that shows a growing text; only the blocks that changed are built anew. */
export class LiveMarkdown {
  #root
  #keys = []

  constructor(root) {
    this.#root = root
  }

  show(text) {
    const next = blocks(text)
    const keys = next.map((block) => JSON.stringify(block))
    let same = 0
    while (same < keys.length && keys[same] === this.#keys[same]) same += 1
    while (this.#root.childNodes.length > same) this.#root.lastChild.remove()
    this.#root.append(...next.slice(same).map(node))
    this.#keys = keys
  }
}
