// Builds elements. Text is always set as text: nothing a user or a model wrote is ever parsed as HTML here.

/** An element with properties (`class`, `text`, `on…` handlers, attributes) and children; null ones are left out. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue
    if (name === 'class') node.className = value
    else if (name === 'text') node.textContent = value
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
    else node.setAttribute(name, value === true ? '' : value)
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return node
}

/** An icon of the page's sprite. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  use.setAttribute('href', `#i-${name}`)
  svg.append(use)
  return svg
}

export const byID = (id) => document.getElementById(id)

/** Tells a screen reader something that a sighted user sees anyway. */
export function announce(text) {
  const announcer = byID('announcer')
  if (announcer && announcer.textContent !== text) announcer.textContent = text
}
