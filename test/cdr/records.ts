/** Charging records for tests, written octet by octet from ITU-T X.690 and TS 32.298: the product's writer is not
 * used. */

import { hex } from '../helpers/hex.js'

/** A value as hex: first octet(s), then the length in its short or long form, then the parts. */
export function tlv(identifier: string, ...parts: readonly string[]): string {
  const content = parts.join(' ')
  const octets = hex(content).length
  const length =
    octets < 128
      ? octets.toString(16).padStart(2, '0')
      : `82${octets.toString(16).padStart(4, '0')}`
  return `${identifier} ${length} ${content}`
}

/** The same with an indefinite length. */
export function open(identifier: string, ...parts: readonly string[]): string {
  return `${identifier} 80 ${parts.join(' ')} 0000`
}

/** A service container: rating group, octets up and down, first and last usage. */
export function service(group: string, up: string, down: string, ...more: string[]): string {
  return tlv(
    '30',
    tlv('81', group),
    tlv('88', '0700000080'),
    tlv('8c', up),
    tlv('8d', down),
    tlv('8e', '1411210135002b0000'),
    ...more,
  )
}

export interface PgwParts {
  services?: readonly string[]
  volumes?: readonly string[]
  sequence?: string
  imsi?: string
  chargingId?: string
  tag?: string
}

/** A PGW-CDR opened 2014-11-21T01:30:00Z, for five minutes. */
export function pgw(parts: PgwParts = {}): string {
  const fields = [
    tlv('80', '55'),
    tlv('83', parts.imsi ?? '64000121436587f9'),
    tlv('a4', tlv('80', 'c0000201')),
    tlv('85', parts.chargingId ?? '1001'),
    tlv('a6', tlv('80', 'c000020b')),
    tlv('87', '336777 6170'),
    tlv('a9', tlv('a0', tlv('80', '0aa10011'))),
    tlv('8d', '1411210130002b0000'),
    tlv('8e', '012c'),
    tlv('8f', '00'),
    tlv('94', parts.sequence ?? '01'),
    tlv('96', '91685113000010f1'),
  ]
  if (parts.volumes) fields.push(tlv('ac', ...parts.volumes))
  if (parts.services) fields.push(tlv('bf22', ...parts.services))
  return tlv(parts.tag ?? 'bf4f', ...fields)
}
