/** A lone Escape is acted upon after 50 ms only: an arrow key that a slow line splits comes as Escape and `[A`
 * (ECMA-48 5.4, xterm: CSI A to D, SS3 A to D). */

const waitMs = 50
const finals: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
}

export class EscapeWait {
  readonly #emit: (key: string, char: string) => void
  /** what came since the Escape */
  #pending: 'none' | 'escape' | 'sequence' = 'none'
  #timer: NodeJS.Timeout | undefined

  constructor(emit: (key: string, char: string) => void) {
    this.#emit = emit
  }

  key(key: string, char: string): void {
    clearTimeout(this.#timer)
    const pending = this.#pending
    this.#pending = 'none'
    if (pending === 'escape') {
      if (char === '[' || char === 'O') {
        this.#wait('sequence')
        return
      }
      this.#emit('escape', '')
    } else if (pending === 'sequence') {
      const arrow = finals[char]
      if (arrow !== undefined) {
        this.#emit(arrow, '')
        return
      }
      this.#emit('escape', '')
    }
    if (key === 'escape') this.#wait('escape')
    else this.#emit(key, char)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #wait(pending: 'escape' | 'sequence'): void {
    this.#pending = pending
    this.#timer = setTimeout(() => {
      this.#pending = 'none'
      this.#emit('escape', '')
    }, waitMs)
  }
}
