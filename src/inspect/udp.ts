/** UDP for `dissect`. Read RFC 768 first; which protocol a datagram carries, registry.ts tells. */

import { Udp } from '../wire/udp.js'
import type { Inspector } from './inspector.js'

const headerOctets = 8
const header = new Udp('udp')

export const udp: Inspector = {
  name: 'udp',
  doc: { standard: 'RFC 768', decoded: 'the header', missing: 'checksums' },
  fields: { 'udp.srcport': 'number', 'udp.dstport': 'number', 'udp.length': 'number' },
  inspect(buf, off, end, walk) {
    walk.layer('udp')
    const read = header.decode(buf, off, end, walk.fault)
    const { srcPort, dstPort, length, payload } = header
    if (end - off >= 4) {
      walk.out.add('udp.srcport', srcPort)
      walk.out.add('udp.dstport', dstPort)
    }
    if (!read) {
      walk.malformed(walk.fault)
      return
    }
    walk.out.add('udp.length', length)
    walk.ends.srcPort = srcPort
    walk.ends.dstPort = dstPort
    // Length 0 means to the end of the packet (RFC 2675 section 4, segmentation offload)
    const stated = length === 0 ? walk.wireEnd : payload - headerOctets + length
    const wireEnd = Math.min(stated, walk.wireEnd)
    const payloadEnd = Math.min(end, wireEnd)
    if (payload >= payloadEnd) return
    const found = walk.registry.datagram(srcPort, dstPort, buf, payload, payloadEnd)
    if (found !== undefined) walk.enter(found.name, buf, payload, payloadEnd, wireEnd)
  },
}
