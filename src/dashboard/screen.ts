/** The terminal: the only file that knows blessed. One box the size of the screen; blessed writes what changed.
 * What blessed does wrong is put right here: its complaints about terminfo, line drawing, an Escape that is the
 * beginning of an arrow key, frames for a terminal that does not take them. */

import type { Widgets } from 'blessed'
import { EscapeWait } from './escape-wait.js'
import type { Surface } from './host.js'
import { type Line, lineText } from './line.js'
import { paint, type Theme } from './theme.js'

export interface ScreenEvents {
  key(key: string, char: string): void
  resize(): void
  /** the terminal is gone */
  gone(): void
  /** Line of the screen, from 0; wheel: -1 or 1. */
  mouse?(row: number, column: number, wheel: -1 | 0 | 1): void
}

export class Screen implements Surface {
  readonly #screen: Widgets.Screen
  readonly #box: Widgets.BoxElement
  readonly #look: Theme
  readonly #events: ScreenEvents
  readonly #escape: EscapeWait
  #shown = ''
  #waiting: readonly Line[] | undefined
  #closed = false
  /** the shell has the terminal */
  #suspended = false

  private constructor(
    screen: Widgets.Screen,
    box: Widgets.BoxElement,
    look: Theme,
    events: ScreenEvents,
  ) {
    this.#screen = screen
    this.#box = box
    this.#look = look
    this.#events = events
    this.#escape = new EscapeWait((key, char) => events.key(key, char))
    this.#listen()
  }

  static async open(look: Theme, events: ScreenEvents): Promise<Screen> {
    // before blessed is loaded: its alternate character set shows as letters in tmux, PuTTY and logs
    process.env.NCURSES_NO_UTF8_ACS = look.lines ? '1' : '0'
    // it writes what it cannot compile of terminfo to stderr, over the screen
    const { error } = console
    console.error = () => undefined
    try {
      const { default: blessed } = await import('blessed')
      const screen = blessed.screen({ smartCSR: true, fullUnicode: false, title: 'tollgate' })
      // a terminfo entry that is missing here must not take the colours that the theme was chosen for
      const { tput } = screen.program as unknown as { tput: { colors: number } }
      tput.colors = Math.max(tput.colors, look.colours)
      const box = blessed.box({
        parent: screen,
        top: 0,
        left: 0,
        width: '100%',
        height: '100%',
        tags: false,
        wrap: false,
      })
      return new Screen(screen, box, look, events)
    } finally {
      console.error = error
    }
  }

  get width(): number {
    return Number(this.#screen.width)
  }

  get height(): number {
    return Number(this.#screen.height)
  }

  /** Nothing is written when nothing changed; a terminal that is behind gets the newest only. */
  draw(lines: readonly Line[]): void {
    if (this.#closed || this.#suspended) return
    if (process.stdout.writableNeedDrain) {
      this.#waiting = lines
      return
    }
    const text = lines.map(one => paint(one, this.#look)).join('\n')
    if (text === this.#shown) return
    this.#shown = text
    this.#box.setContent(text)
    this.#screen.render()
  }

  repaint(): void {
    this.#shown = ''
    this.#screen.realloc()
    this.#screen.render()
  }

  bell(): void {
    process.stdout.write('\u0007')
  }

  copy(text: string): void {
    process.stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`)
  }

  suspend(): void {
    // not as blessed does it: that throws away what it holds back, and moves the cursor of the shell
    const { program } = this.#screen
    const { stdin } = process
    this.#suspended = true
    program.normalBuffer()
    program.showCursor()
    program.flush()
    stdin.setRawMode(false)
    stdin.pause()
    process.once('SIGCONT', () => {
      this.#suspended = false
      stdin.setRawMode(true)
      stdin.resume()
      program.alternateBuffer()
      program.hideCursor()
      this.repaint()
      this.#events.resize()
    })
    process.kill(process.pid, 'SIGTSTP')
  }

  /** The terminal as it was found. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#escape.stop()
    this.#screen.destroy()
  }

  #listen(): void {
    const screen = this.#screen
    screen.on('resize', () => {
      this.#shown = ''
      this.#events.resize()
    })
    screen.on('keypress', (char: string | undefined, key: { full?: string; name?: string }) => {
      const name = keyName(char, key.full ?? key.name)
      // blessed tells of Enter twice, as return and as enter
      if (name === 'return') return
      this.#escape.key(name, char ?? '')
    })
    if (this.#events.mouse !== undefined) {
      screen.enableMouse()
      screen.on('mouse', (event: { x: number; y: number; action: string }) => {
        const wheel = event.action === 'wheelup' ? -1 : event.action === 'wheeldown' ? 1 : 0
        if (wheel !== 0 || event.action === 'mousedown')
          this.#events.mouse?.(event.y, event.x, wheel)
      })
    }
    process.stdout.on('drain', () => {
      const lines = this.#waiting
      this.#waiting = undefined
      if (lines !== undefined) this.draw(lines)
    })
    for (const stream of [process.stdin, process.stdout]) {
      stream.on('error', () => this.#events.gone())
    }
    process.stdin.on('end', () => this.#events.gone())
  }
}

/** Keys that blessed has no name for are called by what they type. */
function keyName(char: string | undefined, name: string | undefined): string {
  if (name === undefined || name === '') return char ?? ''
  return name
}

/** What is on the screen as text, without blanks at the end. */
export function plainScreen(lines: readonly Line[]): string {
  return lines.map(one => lineText(one).trimEnd()).join('\n')
}
