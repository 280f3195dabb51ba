// The buttons that the modules have in common.
import { element, icon } from './dom.js'

export function textButton(text, run, className = 'button small') {
  return element('button', { type: 'button', class: className, text, onclick: run })
}

/** A small button that shows an icon and says its name to a screen reader and on hover. */
export function iconAction(name, iconName, run) {
  const properties = { type: 'button', class: 'action', 'aria-label': name, title: name, onclick: run }
  return element('button', properties, icon(iconName))
}
