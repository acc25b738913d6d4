/** IP packets cut into fragments as nobody should: overlapping, out of order, twice, with holes, with
 * other lengths and other ends. Read RFC 791 section 3.2, RFC 8200 section 4.5 and RFC 5722 first. */

import type { Xorshift32 } from '../../src/synth/xorshift.js'
import { setValue } from './site.js'
import { pick } from './target.js'

const moreFragments = 0x2000

/** The fragments of an IPv4 packet without options, or of an IPv6 packet, in no good order. */
export function fragments(packet: Uint8Array, random: Xorshift32): Uint8Array[] {
  const version = (packet[0] ?? 0) >> 4
  const header = version === 4 ? ((packet[0] ?? 0) & 15) * 4 : 40
  const data = packet.subarray(header)
  if (data.length < 16 || header < 20) return [packet]
  const identification = random.next()
  const made: Uint8Array[] = []
  const size = 8 * (1 + random.below(Math.max(1, Math.ceil(data.length / 16))))
  for (let at = 0; at < data.length && made.length < 100; at += size) {
    const from = random.chance(0.1) ? Math.max(0, at - 8) : at
    const stop = random.chance(0.05) ? at + size + 8 * random.below(4) : at + size
    const last = stop >= data.length
    if (random.chance(0.04)) continue
    const more = random.chance(0.03) ? last : !last
    const part = data.subarray(from, stop)
    made.push(fragment(packet.subarray(0, header), version, part, from / 8, more, identification))
  }
  const disorder = random.below(4)
  if (disorder === 1) made.reverse()
  for (let n = disorder === 2 ? made.length : 0; n > 0; n--) {
    const [one] = made.splice(random.below(made.length), 1)
    if (one) made.push(one)
  }
  if (disorder === 3 && made.length > 0) made.push(pick(random, made))
  return made.length > 0 ? made : [packet]
}

function fragment(
  header: Uint8Array,
  version: number,
  data: Uint8Array,
  unit: number,
  more: boolean,
  identification: number,
): Uint8Array {
  const extension = version === 4 ? 0 : 8
  const out = new Uint8Array(header.length + extension + data.length)
  out.set(header)
  out.set(data, header.length + extension)
  if (version === 4) {
    setValue(out, { off: 2, width: 2 }, out.length)
    setValue(out, { off: 4, width: 2 }, identification & 0xffff)
    setValue(out, { off: 6, width: 2 }, unit | (more ? moreFragments : 0))
  } else {
    setValue(out, { off: 4, width: 2 }, extension + data.length)
    out[header.length] = out[6] ?? 59
    out[6] = 44
    setValue(out, { off: header.length + 2, width: 2 }, unit * 8 + (more ? 1 : 0))
    setValue(out, { off: header.length + 4, width: 4 }, identification)
  }
  return out
}
