/** How figures and states are written for people: the same in the command line and on screens.
 * Decimal units (1 kB = 1000 octets). Below 10 kB the exact number is shown. */

import type { Tariff, Verdict } from './flow-record.js'

/** Sign and word: money states differ without colour. */
export const verdictLabels: Record<Verdict, string> = {
  FREE: 'o FREE',
  CHRG: '$ CHRG',
  BLCK: 'X BLCK',
  MIXD: '~ MIXD',
  UNKN: '? UNKN',
  PEND: '. PEND',
}

/** The order in which states are listed. */
export const verdictOrder = ['FREE', 'CHRG', 'BLCK', 'MIXD', 'UNKN', 'PEND'] as const

export const tariffLabels: Record<Tariff, string> = {
  free: 'o free',
  charged: '$ charged',
  unknown: '? unknown',
}

export function groupDigits(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',')
}

const units = ['kB', 'MB', 'GB', 'TB', 'PB'] as const

/** `8,141 B`, `12.3 kB`, `1.21 GB`. */
export function octetsText(octets: number): string {
  if (octets < 10_000) return `${groupDigits(octets)} B`
  let value = octets
  let unit = ''
  for (const next of units) {
    if (value < 999.5 && unit !== '') break
    value /= 1000
    unit = next
  }
  return `${threeDigits(value)} ${unit}`
}

function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2)
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0)
}

/** `38.1%`; `-` of nothing. */
export function shareText(part: number, whole: number): string {
  return whole > 0 ? `${((part / whole) * 100).toFixed(1)}%` : '-'
}

/** `41.9 s`, `5 min`, `2 h 10 min`. */
export function durationText(us: number): string {
  const seconds = us / 1e6
  if (seconds < 0.0995) return `${(us / 1000).toFixed(1)} ms`
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `4261871614 (0xFE06FFFE)`: operators know one form, vendors' logs show the other. */
export function ruleIdText(ruleId: number): string {
  return `${ruleId >>> 0} (${ruleIdHex(ruleId)})`
}

export function ruleIdHex(ruleId: number): string {
  return `0x${(ruleId >>> 0).toString(16).toUpperCase().padStart(8, '0')}`
}

/** `10.0.0.172:80`, `[2001:db8::1]:80`; the address alone for protocols without ports. */
export function endpointText(address: string, port: number | undefined): string {
  if (port === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
