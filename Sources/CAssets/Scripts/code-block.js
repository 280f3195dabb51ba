// Gives every block of code a head with its language and a copy button.
import { copy } from './clipboard.js'
import { element } from './dom.js'

export function dressCode(root) {
  for (const pre of root.querySelectorAll('pre')) {
    if (pre.parentElement.classList.contains('code-block')) continue
    const code = pre.querySelector('code') ?? pre
    const language = /language-(\S+)/.exec(code.className)?.[1] ?? 'text'
    const block = element('div', { class: 'code-block' })
    pre.replaceWith(block)
    pre.tabIndex = 0
    const run = () => copy(code.textContent)
    const properties = { type: 'button', text: 'Copy', 'aria-label': 'Copy code', onclick: run }
    block.append(
      element('div', { class: 'code-head' }, element('span', { text: language }), element('button', properties)),
      pre)
  }
}
