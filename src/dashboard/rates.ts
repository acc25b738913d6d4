/** Rates, spans of time and large counts, short enough for a column. */

import { groupDigits } from '../record/figures.js'
import { parseTime } from '../record/time.js'

const steps = ['', 'k', 'M', 'G', 'T'] as const

function scaled(value: number): { figure: string; step: string } {
  let rest = value
  let at = 0
  while (rest >= 999.5 && at < steps.length - 1) {
    rest /= 1000
    at++
  }
  const digits = at === 0 || rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2
  return { figure: rest.toFixed(digits), step: steps[at] ?? '' }
}

/** `312 Mbit/s`. */
export function bitsText(bits: number): string {
  const { figure, step } = scaled(bits)
  return `${figure} ${step}bit/s`
}

/** `61.2 k/s`, `412/s`. */
export function rateText(perSecond: number): string {
  if (perSecond > 0 && perSecond < 9.95) return `${perSecond.toFixed(1)}/s`
  const { figure, step } = scaled(perSecond)
  return step === '' ? `${figure}/s` : `${figure} ${step}/s`
}

/** The same without its unit, whole as long as that is short: `4,120`, `0.3`, `215 k`. */
export function figureText(perSecond: number): string {
  if (perSecond > 0 && perSecond < 9.95) return perSecond.toFixed(1)
  if (perSecond < 99_950) return groupDigits(perSecond)
  const { figure, step } = scaled(perSecond)
  return `${figure} ${step}`
}

/** `1,204,551`, or `1.20M` when that is longer than `width`. */
export function countText(value: number, width = Number.POSITIVE_INFINITY): string {
  const whole = groupDigits(value)
  if (whole.length <= width) return whole
  const { figure, step } = scaled(value)
  return `${figure}${step}`
}

/** `38.1%` of a share from 0 to 1. */
export function percentText(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`
}

/** Minutes and seconds `02:11`, from an hour on `3h07`, from two days on `12d04h`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 3600) return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
  const hours = Math.floor(seconds / 3600)
  if (hours < 48) return `${hours}h${two(Math.floor((seconds % 3600) / 60))}`
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`
}

/** Milliseconds since 1970 of a time in a record. */
export function msOf(time: string | undefined): number | undefined {
  const us = time === undefined ? undefined : parseTime(time)
  return us === undefined ? undefined : us / 1000
}
