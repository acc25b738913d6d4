/** PFCP messages written as elements with their values in hex; lengths are counted here. */

import { hex } from '../helpers/hex.js'

function u16(value: number): string {
  return value.toString(16).padStart(4, '0')
}

/** An element: its type, and hex or other elements as its value. */
export function ie(type: number, ...value: readonly string[]): string {
  const octets = hex(value.join(' ')).length
  return `${u16(type)} ${u16(octets)} ${value.join(' ')}`
}

/** A message of a session; `seid` is 16 digits. */
export function sessionMessage(
  type: number,
  seid: string,
  ...elements: readonly string[]
): Uint8Array {
  const rest = `${seid} 000001 00 ${elements.join(' ')}`
  return hex(`21 ${type.toString(16).padStart(2, '0')} ${u16(hex(rest).length)} ${rest}`)
}
