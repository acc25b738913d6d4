/** What a live capture lost, for the summary, the progress line and the line of SIGUSR1: by the kernel, by
 * the interface and in our own queue apart, since each has another remedy. */

import { durationText, groupDigits } from '../record/figures.js'
import { terminalText } from '../record/text.js'
import { utcTime } from '../record/time.js'
import type { InterfaceCount, SummaryRecord } from '../record/usage-record.js'
import { type CaptureGap, dropsOf, type LiveInterfaceStatus } from '../source/live/live-status.js'
import type { SourceStatus } from '../source/source.js'
import { titled } from './text/titled.js'

type Live = readonly LiveInterfaceStatus[]

/** Puts the interfaces into the summary of a live run, and makes it incomplete for what is missing. */
export function addCapture(summary: SummaryRecord, status: SourceStatus, keepDamage: string): void {
  if (status.live === undefined) return
  summary.interfaces = status.live.map(interfaceCount)
  summary.capture_drops = status.drops
  // said below for each interface, and with the last counts
  const reasons = summary.reasons.filter(reason => !reason.endsWith('lost by the capture'))
  for (const one of status.live) reasons.push(...reasonsOf(one))
  if (keepDamage !== '') reasons.push(keepDamage)
  summary.reasons = reasons
  summary.complete = reasons.length === 0
}

function interfaceCount(live: LiveInterfaceStatus): InterfaceCount {
  return {
    name: live.name,
    engine: live.engine,
    packets: live.frames,
    ...(live.kernelDrops === undefined ? {} : { kernel_drops: live.kernelDrops }),
    ...(live.interfaceDrops === undefined ? {} : { interface_drops: live.interfaceDrops }),
    queue_drops: live.queueDrops,
    gaps: live.gapCount,
    gap_us: live.gaps.reduce((sum, gap) => sum + gapUs(gap), 0),
  }
}

/** Up to now when it is not over. */
function gapUs(gap: CaptureGap): number {
  return Math.max(0, (gap.toMs ?? Date.now()) - gap.fromMs) * 1000
}

function reasonsOf(live: LiveInterfaceStatus): string[] {
  const lost: string[] = []
  const part = (count: number | undefined, where: string) => {
    if (count !== undefined && count > 0) lost.push(`${count} ${where}`)
  }
  part(live.kernelDrops, 'by the kernel')
  part(live.interfaceDrops, 'by the interface')
  part(live.queueDrops, 'in the queue')
  const reasons = lost.length === 0 ? [] : [`${live.name}: packets lost: ${lost.join(', ')}`]
  if (live.kernelDrops === undefined) {
    reasons.push(`${live.name}: packets lost by the kernel are not known (engine ${live.engine})`)
  }
  for (const gap of live.gaps) {
    const length = `for ${durationText(gapUs(gap))}`
    reasons.push(`${live.name}: ${gap.why} from ${utcTime(gap.fromMs * 1000)} ${length}`)
  }
  const more = live.gapCount - live.gaps.length
  if (more > 0) reasons.push(`${live.name}: ${more} more interruptions`)
  return reasons
}

function sum(live: Live, read: (one: LiveInterfaceStatus) => number | undefined): string {
  const known = live.map(read).filter(count => count !== undefined)
  if (known.length === 0) return '?'
  return groupDigits(known.reduce((total, count) => total + count, 0))
}

/** `drop 0.00% (kernel 0, interface 0, queue 0)  eth1 DOWN` */
export function dropText(live: Live): string {
  const frames = live.reduce((total, one) => total + one.frames, 0)
  const drops = live.reduce((total, one) => total + dropsOf(one), 0)
  const share = frames + drops === 0 ? 0 : (drops / (frames + drops)) * 100
  const word = drops > 0 ? 'DROP' : 'drop'
  const parts = `kernel ${sum(live, one => one.kernelDrops)}, interface ${sum(live, one => one.interfaceDrops)}, queue ${sum(live, one => one.queueDrops)}`
  const down = live.filter(one => !one.isUp).map(one => `  ${terminalText(one.name)} DOWN`)
  return `${word} ${share.toFixed(2)}% (${parts})${down.join('')}`
}

/** The line of SIGUSR1. */
export function countsLine(status: SourceStatus): string {
  const packets = `${groupDigits(status.frames)} packets captured`
  return `tollgate: ${terminalText(status.name)}: ${packets}, ${dropText(status.live ?? [])}`
}

/** Interfaces of a live run, a line each, for the summary that people read. */
export function interfaceLines(status: SourceStatus, width: number): string[] {
  return (status.live ?? []).flatMap((one, i) =>
    titled(
      i === 0 ? 'Interfaces' : '',
      [
        terminalText(one.name),
        one.engine,
        `${groupDigits(one.frames)} packets`,
        dropText([{ ...one, isUp: true }]),
        one.gapCount === 0 ? '' : `${one.gapCount} interruption${one.gapCount === 1 ? '' : 's'}`,
      ],
      width,
    ),
  )
}
