/** ICMP and ICMPv6 for `dissect`. Read RFC 792 and RFC 4443. What an error quotes is not traffic of its
 * own, so it is not dissected. */

import { Icmp } from '../wire/icmp.js'
import { u16 } from '../wire/octets.js'
import { hexNumber } from './field-list.js'
import type { Inspector, Walk } from './inspector.js'

const echo: Readonly<Record<string, readonly number[]>> = { icmp: [0, 8], icmpv6: [128, 129] }

const message = new Icmp('icmp')

function inspect(
  name: 'icmp' | 'icmpv6',
  buf: Uint8Array,
  off: number,
  end: number,
  walk: Walk,
): void {
  walk.layer(name)
  const read = message.decode(buf, off, end, walk.fault)
  const type = message.typeCode >> 8
  if (end - off >= 2) {
    walk.out.add(`${name}.type`, type)
    walk.out.add(`${name}.code`, message.typeCode & 255)
  }
  if (!read) {
    walk.malformed(walk.fault)
    return
  }
  if (echo[name]?.includes(type) !== true) return
  const [ident, sequence] =
    name === 'icmp' ? ['ident', 'seq'] : ['echo.identifier', 'echo.sequence_number']
  walk.out.add(`${name}.${ident}`, hexNumber(u16(buf, off + 4), 4))
  walk.out.add(`${name}.${sequence}`, u16(buf, off + 6))
}

export const icmp: Inspector = {
  name: 'icmp',
  doc: {
    standard: 'RFC 792',
    decoded: 'type, code, number and sequence of an echo',
    missing: 'the packet that an error quotes',
  },
  fields: {
    'icmp.type': 'number',
    'icmp.code': 'number',
    'icmp.ident': 'number',
    'icmp.seq': 'number',
  },
  summary: ['icmp.type', 'icmp.code'],
  inspect: (buf, off, end, walk) => inspect('icmp', buf, off, end, walk),
}

export const icmpv6: Inspector = {
  name: 'icmpv6',
  doc: {
    standard: 'RFC 4443',
    decoded: 'type, code, number and sequence of an echo',
    missing: 'the packet that an error quotes, neighbour discovery options',
  },
  fields: {
    'icmpv6.type': 'number',
    'icmpv6.code': 'number',
    'icmpv6.echo.identifier': 'number',
    'icmpv6.echo.sequence_number': 'number',
  },
  summary: ['icmpv6.type', 'icmpv6.code'],
  inspect: (buf, off, end, walk) => inspect('icmpv6', buf, off, end, walk),
}
