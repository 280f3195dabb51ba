// Keeps the end of the thread in sight while it grows, unless the reader has scrolled away.

const NEAR = 48

export class Scroll {
  #area
  #button
  #isFollowing = true

  constructor(area, button) {
    this.#area = area
    this.#button = button
    area.addEventListener('scroll', () => this.#look(), { passive: true })
    button.addEventListener('click', () => this.toEnd(true))
    new ResizeObserver(() => this.keep()).observe(area.firstElementChild)
    new ResizeObserver(() => this.keep()).observe(area)
  }

  /** Goes to the end, and follows it from now on. */
  toEnd(isSmooth = false) {
    this.#isFollowing = true
    this.#area.scrollTo({ top: this.#area.scrollHeight, behavior: isSmooth ? 'smooth' : 'instant' })
    this.#button.hidden = true
  }

  /** Stays at the end if it was there. */
  keep() {
    if (this.#isFollowing) this.#area.scrollTop = this.#area.scrollHeight
    else this.#look()
  }

  /** Runs `change`, which adds content above, without moving what is in sight. */
  holding(change) {
    const fromEnd = this.#area.scrollHeight - this.#area.scrollTop
    change()
    this.#area.scrollTop = this.#area.scrollHeight - fromEnd
  }

  #look() {
    const left = this.#area.scrollHeight - this.#area.clientHeight - this.#area.scrollTop
    this.#isFollowing = left < NEAR
    this.#button.hidden = this.#isFollowing
  }
}
