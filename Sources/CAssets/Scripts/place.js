// Puts a floating box next to what opened it, inside the window.

const EDGE = 8

/** Below `anchor` if it fits, else above; its left edge at the anchor's, as far as the window allows. */
export function place(box, anchor) {
  const at = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const below = at.bottom + EDGE
  const top = below + height + EDGE <= innerHeight ? below : Math.max(EDGE, at.top - EDGE - height)
  const left = Math.min(Math.max(EDGE, at.left), innerWidth - width - EDGE)
  box.style.top = `${top}px`
  box.style.left = `${Math.max(EDGE, left)}px`
}
