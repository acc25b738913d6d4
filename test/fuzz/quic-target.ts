/** QUIC handshakes whose frames are damaged before they are protected: blind changes to protected octets
 * never get past the proof of the AEAD (RFC 9001 section 5.3). */

import { Fault } from '../../src/wire/fault.js'
import { QuicClientHello } from '../../src/wire/quic-client-hello.js'
import {
  clientHello,
  crypto,
  draft23,
  draft29,
  initialPacket,
  v1,
  v2,
} from '../wire-quic/emit-initial.js'
import { mutateOctets } from './mutate-octets.js'
import { lengthSite } from './site.js'
import { few, type Input, pick, type Target } from './target.js'

const hello = clientHello('mmsc.example.test', { filler: 1500, ech: true })
const protections = [v1, v2, draft29, draft23] as const
const connection = Buffer.from('8394c8f03e515708', 'hex')

const reader = new QuicClientHello()

/** Each piece is the datagram of the client. */
function check(input: Input): void {
  const fault = new Fault()
  reader.reset()
  for (const { octets, wirelen } of input) {
    const cut = (wirelen ?? 0) > octets.length
    const buf = new Uint8Array(octets.length + 32).fill(0xff)
    buf.set(octets, 16)
    reader.read(buf, 16, 16 + octets.length, cut, fault)
  }
}

export const quicTarget: Target = {
  name: 'wire/quic-client-hello',
  weight: 2,
  make(random) {
    const protection = pick(random, protections)
    const datagrams: Input[number][] = []
    for (let n = few(random, 5); n > 0; n--) {
      const from = random.below(hello.length)
      const frames = Buffer.concat([
        crypto(random.chance(0.7) ? 0 : random.below(20_000), hello.subarray(0, from)),
        crypto(from, hello.subarray(from, from + random.below(1000))),
      ])
      const sites = [1, 2, 3, 4, 5, 6, 7, 8].map(at => lengthSite(at, 1))
      const damaged = mutateOctets(frames, random, { sites, others: [hello] })
      const size = random.below(1300)
      const packet = initialPacket(connection, damaged, { protection, number: n, size })
      const whole = random.chance(0.8)
        ? packet
        : mutateOctets(packet, random, { sites, others: [] })
      const octets = random.chance(0.8) ? whole : whole.subarray(0, random.below(whole.length + 1))
      datagrams.push({ octets: Uint8Array.from(octets), timeUs: 0, wirelen: packet.length })
    }
    return datagrams
  },
  check,
}
