/** Captures made from fields, for the tests of the readers. Shapes as in draft-ietf-opsawg-pcap and
 * draft-ietf-opsawg-pcapng; nothing here is shared with the reader. */

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Fields of 2 (`['h', n]`) or 4 octets (`n`) in the stated byte order. */
export function fields(
  little: boolean,
  ...values: readonly (number | ['h', number])[]
): Uint8Array {
  const parts = values.map(value => {
    const octets = new Uint8Array(typeof value === 'number' ? 4 : 2)
    const view = new DataView(octets.buffer)
    if (typeof value === 'number') view.setUint32(0, value, little)
    else view.setUint16(0, value[1], little)
    return octets
  })
  return join(...parts)
}

export interface TestFrame {
  seconds: number
  fraction: number
  octets: Uint8Array
  wirelen?: number
}

/** Frame number `i`: octets that differ from those of every other frame. */
export function testFrame(i: number, length: number): TestFrame {
  const octets = new Uint8Array(length)
  for (let k = 0; k < length; k++) octets[k] = (i * 31 + k * 7) & 255
  return { seconds: 1_700_000_000 + i, fraction: i * 1000 + 1, octets }
}

export interface PcapShape {
  magic?: number
  little?: boolean
  linkType?: number
  snaplen?: number
  version?: number
}

export function pcapHeader(shape: PcapShape): Uint8Array {
  const { magic = 0xa1b2c3d4, little = true, linkType = 1, snaplen = 65535, version = 2 } = shape
  return fields(little, magic, ['h', version], ['h', 4], 0, 0, snaplen, linkType)
}

export function pcap(frames: readonly TestFrame[], shape: PcapShape = {}): Uint8Array {
  const little = shape.little ?? true
  const modified = shape.magic === 0xa1b2cd34
  const records = frames.map(frame => {
    const { octets } = frame
    const wirelen = frame.wirelen ?? octets.length
    const head = fields(little, frame.seconds, frame.fraction, octets.length, wirelen)
    return join(head, modified ? new Uint8Array(8) : new Uint8Array(0), octets)
  })
  return join(pcapHeader(shape), ...records)
}

function padTo4(octets: Uint8Array): Uint8Array {
  return join(octets, new Uint8Array((4 - (octets.length % 4)) % 4))
}

export function block(little: boolean, type: number, body: Uint8Array): Uint8Array {
  const total = 12 + body.length
  return join(fields(little, type, total), body, fields(little, total))
}

export function section(little: boolean): Uint8Array {
  return block(
    little,
    0x0a0d0d0a,
    fields(little, 0x1a2b3c4d, ['h', 1], ['h', 0], 0xffffffff, 0xffffffff),
  )
}

export function option(little: boolean, code: number, value: Uint8Array): Uint8Array {
  return join(fields(little, ['h', code], ['h', value.length]), padTo4(value))
}

export function interfaceBlock(
  little: boolean,
  linkType: number,
  snaplen: number,
  ...options: readonly Uint8Array[]
): Uint8Array {
  return block(
    little,
    1,
    join(fields(little, ['h', linkType], ['h', 0], snaplen), ...options, fields(little, 0)),
  )
}

export function enhanced(
  little: boolean,
  iface: number,
  ticks: bigint,
  octets: Uint8Array,
  wirelen = octets.length,
  ...options: readonly Uint8Array[]
): Uint8Array {
  const high = Number(ticks >> 32n)
  const low = Number(ticks & 0xffffffffn)
  const head = fields(little, iface, high, low, octets.length, wirelen)
  return block(little, 6, join(head, padTo4(octets), ...options))
}

export function simple(little: boolean, octets: Uint8Array, wirelen = octets.length): Uint8Array {
  return block(little, 3, join(fields(little, wirelen), padTo4(octets)))
}

export function obsolete(
  little: boolean,
  iface: number,
  drops: number,
  ticks: bigint,
  octets: Uint8Array,
): Uint8Array {
  const head = fields(
    little,
    ['h', iface],
    ['h', drops],
    Number(ticks >> 32n),
    Number(ticks & 0xffffffffn),
    octets.length,
    octets.length,
  )
  return block(little, 2, join(head, padTo4(octets)))
}

export function number64(little: boolean, value: bigint): Uint8Array {
  const octets = new Uint8Array(8)
  new DataView(octets.buffer).setBigUint64(0, value, little)
  return octets
}

export function statistics(
  little: boolean,
  iface: number,
  ifdrop: bigint,
  osdrop: bigint,
): Uint8Array {
  return block(
    little,
    5,
    join(
      fields(little, iface, 0, 0),
      option(little, 5, number64(little, ifdrop)),
      option(little, 7, number64(little, osdrop)),
    ),
  )
}
