/** Community ID version 1 of a flow: the key under which Zeek, Suricata and Wireshark show the same flow.
 * Read the Community ID specification (corelight/community-id-spec), section on the
 * hash input, before changing this file. */

import { createHash } from 'node:crypto'

/** ICMP and ICMPv6 types whose answer has another type: request -> answer. */
const icmpPairs: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
  [10, 9],
  [9, 10],
])
const icmp6Pairs: ReadonlyMap<number, number> = new Map([
  [128, 129],
  [129, 128],
  [133, 134],
  [134, 133],
  [135, 136],
  [136, 135],
  [130, 131],
  [131, 130],
  [144, 145],
  [145, 144],
  [146, 147],
  [147, 146],
])

const withPorts = new Set([6, 17, 132, 1, 58])

/** `source` and `destination` are 4 or 16 octets; for ICMP the ports are type and code. */
export function communityId(
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  sourcePort: number,
  destinationPort: number,
  seed = 0,
): string {
  let [a, b, aPort, bPort] = [source, destination, sourcePort, destinationPort]
  let oneWay = false
  const pairs = protocol === 1 ? icmpPairs : protocol === 58 ? icmp6Pairs : undefined
  if (pairs !== undefined) {
    const answer = pairs.get(sourcePort)
    oneWay = answer === undefined
    bPort = answer ?? destinationPort
  }
  const order = Buffer.compare(a, b)
  if (!oneWay && (order > 0 || (order === 0 && aPort > bPort))) {
    ;[a, b, aPort, bPort] = [b, a, bPort, aPort]
  }
  const hasPorts = withPorts.has(protocol)
  const input = Buffer.alloc(2 + a.length + b.length + 2 + (hasPorts ? 4 : 0))
  input.writeUInt16BE(seed, 0)
  input.set(a, 2)
  input.set(b, 2 + a.length)
  const at = 2 + a.length + b.length
  input.writeUInt8(protocol, at)
  if (hasPorts) {
    input.writeUInt16BE(aPort, at + 2)
    input.writeUInt16BE(bPort, at + 4)
  }
  return `1:${createHash('sha1').update(input).digest('base64')}`
}
