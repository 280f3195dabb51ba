// Copies text, also where the page came by plain http and `navigator.clipboard` is missing.
import { element } from './dom.js'
import { toast } from './toast.js'

function copyBySelection(text) {
  const field = element('textarea', { class: 'visually-hidden', 'aria-hidden': 'true' })
  field.value = text
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  return isCopied
}

export async function copy(text) {
  let isCopied = false
  try {
    await navigator.clipboard.writeText(text)
    isCopied = true
  } catch {
    isCopied = copyBySelection(text)
  }
  toast(isCopied ? 'Copied' : 'The browser does not allow copying')
}
