/** Personal numbers of a frame made unreadable: those of fields that hold them, and the same digits
 * wherever else the frame has them (a session id, a user name, a URL). Read record/mask.ts first. */

import type { FrameRecord } from '../record/frame-record.js'
import { maskImei, maskImsi, maskMsisdn } from '../record/mask.js'
import { fieldForms } from './frame-fields.js'

const masks = { imsi: maskImsi, msisdn: maskMsisdn, imei: maskImei } as const

/** A number inside an address: `8801711000017/TYPE=PLMN`. */
const digits = /\d{5,}/g
/** Shorter runs of digits are found everywhere by chance. */
const leastSecret = 7

/** The same record, masked, and marked if it held a personal number. */
export function maskFrame(record: FrameRecord): FrameRecord {
  const hidden = new Map<string, string>()
  for (const [name, values] of Object.entries(record.fields)) {
    const mask = maskOf(name)
    if (mask === undefined) continue
    for (const value of values) {
      for (const [run] of String(value).matchAll(digits)) hidden.set(run, mask(run))
    }
  }
  if (hidden.size === 0) return record
  // the digits of one number can lie within another: the whole of the longer one goes first
  const longestFirst = new Map([...hidden].sort(([a], [b]) => b.length - a.length))
  const fields = Object.fromEntries(
    Object.entries(record.fields).map(([name, values]) => [
      name,
      values.map(value => maskValue(value, maskOf(name), longestFirst)),
    ]),
  )
  const { layers, fields: _, ...head } = record
  return { ...head, masked: true, layers, fields }
}

function maskOf(name: string): ((text: string) => string) | undefined {
  const form = fieldForms.get(name)
  return form === 'imsi' || form === 'msisdn' || form === 'imei' ? masks[form] : undefined
}

function maskValue(
  value: string | number,
  mask: ((text: string) => string) | undefined,
  hidden: ReadonlyMap<string, string>,
): string | number {
  if (typeof value === 'number') return value
  if (mask !== undefined) return value.replace(digits, mask)
  return value.replace(digits, run => {
    for (const [clear, masked] of hidden) {
      if (clear.length >= leastSecret && run.includes(clear)) return run.replaceAll(clear, masked)
    }
    return run
  })
}
