/** The terminal as commands see it: where data and talk go, how wide, in colour or not. */

import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { verdictLabels } from '../record/figures.js'
import type { Verdict } from '../record/flow-record.js'
import { Output } from './output/output.js'

/** Where data goes. */
export interface TextOutput {
  /** text as UTF-8, or octets as they are */
  write(data: string | Uint8Array): void
  line(text: string): void
  /** after it, all that was written has left the program */
  flush(): void
}

export interface Terminal {
  /** data; nothing else goes to stdout */
  readonly out: TextOutput
  /** a line for people, on stderr */
  talk(line: string): void
  /** a line that is replaced by the next, on stderr; only when that is a terminal */
  progress(text: string): void
  readonly errIsTty: boolean
  /** stdout is a terminal: lines are cut to it */
  readonly outIsTty?: boolean
  /** columns of stdout; 80 when it is no terminal */
  readonly columns: number
  readonly colour: boolean
}

const defaultColumns = 80
/** Erase the line, go to its start. */
const wipe = '\r\u001b[K'

export function processTerminal(choice: string | undefined): Terminal {
  const outIsTty = isatty(1)
  const errIsTty = isatty(2)
  // a terminal that does not know its size says 0
  const columns = (outIsTty ? process.stdout.columns : 0) || defaultColumns
  let progressShown = false
  return {
    out: new Output(1, 'standard output'),
    errIsTty,
    outIsTty,
    columns: Math.max(columns, 40),
    colour: wantsColour(choice, outIsTty, process.env),
    talk(line) {
      writeTalk(progressShown ? `${wipe}${line}\n` : `${line}\n`)
      progressShown = false
    },
    progress(text) {
      if (!errIsTty || (text === '' && !progressShown)) return
      writeTalk(`${wipe}${text}`)
      progressShown = text !== ''
    },
  }
}

/** Nobody may be there to read it: that must not change how the command ends. */
function writeTalk(text: string): void {
  try {
    writeSync(2, text)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

export function wantsColour(
  choice: string | undefined,
  outIsTty: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (choice === 'always') return true
  if (choice === 'never' || (env.NO_COLOR ?? '') !== '') return false
  return outIsTty && env.TERM !== undefined && env.TERM !== 'dumb'
}

/** Select graphic rendition (ECMA-48 8.3.117). Blue and orange stay apart for every eye. */
const verdictColours: Record<Verdict, string> = {
  FREE: '38;5;39',
  CHRG: '38;5;214',
  BLCK: '97;48;5;160',
  MIXD: '1',
  UNKN: '38;5;245',
  PEND: '38;5;245',
}

export function paintVerdict(terminal: Terminal, verdict: Verdict, text?: string): string {
  const shown = text ?? verdictLabels[verdict]
  return terminal.colour ? `\u001b[${verdictColours[verdict]}m${shown}\u001b[0m` : shown
}

export function bold(terminal: Terminal, text: string): string {
  return terminal.colour ? `\u001b[1m${text}\u001b[0m` : text
}
