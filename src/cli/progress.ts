/** The progress line of a replay: shown only on a terminal, four times a second at most. */

import { groupDigits, octetsText } from '../record/figures.js'
import { cut, terminalText } from '../record/text.js'
import type { SourceStatus } from '../source/source.js'
import type { Terminal } from './terminal.js'

const intervalMs = 250

/** What is being left out at the moment. */
export interface LeftOutNow {
  readonly inspects: boolean
  /** one new flow in so many is followed */
  readonly oneIn: number
}

const nothing: LeftOutNow = { inspects: true, oneIn: 1 }

export class Progress {
  private readonly terminal: Terminal
  private readonly started: number
  private shown: number

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(terminal: Terminal, now: number) {
    this.terminal = terminal
    this.started = now
    this.shown = now
  }

  update(status: SourceStatus, now: number, overload: LeftOutNow | undefined): void {
    if (!this.terminal.errIsTty || now - this.shown < intervalMs) return
    this.shown = now
    this.terminal.progress(cut(progressText(status, now - this.started, overload), 79))
  }
}

/** `day.pcap.gz  62%  310 MB of 500 MB  2,554,605 packets  1.20 M/s  left 0:03`; under overload it begins
 * with what is left out: `OVERLOAD: not inspecting, 1 new flow in 8  eth1 ...` */
export function progressText(
  status: SourceStatus,
  elapsedMs: number,
  { inspects, oneIn }: LeftOutNow = nothing,
): string {
  const { octetsRead, octetsTotal, frames } = status
  const perSecond = elapsedMs > 0 ? (frames / elapsedMs) * 1000 : 0
  const parts = [terminalText(status.name)]
  if (!inspects) {
    const sampled = oneIn > 1 ? `, 1 new flow in ${groupDigits(oneIn)}` : ''
    parts.unshift(`OVERLOAD: not inspecting${sampled}`)
  }
  if (octetsTotal > 0) {
    const done = Math.min(octetsRead / octetsTotal, 1)
    parts.push(
      `${Math.floor(done * 100)}%`,
      `${octetsText(octetsRead)} of ${octetsText(octetsTotal)}`,
    )
  } else {
    parts.push(octetsText(octetsRead))
  }
  parts.push(`${groupDigits(frames)} packets`, `${(perSecond / 1e6).toFixed(2)} M/s`)
  if (octetsTotal > 0 && octetsRead > 0) {
    const left = Math.round((elapsedMs / 1000) * (octetsTotal / octetsRead - 1))
    parts.push(`left ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`)
  }
  return parts.join('  ')
}
