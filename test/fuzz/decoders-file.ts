/** The decoders of capture files, for the fuzzer; source-target.ts has them with real input around them. */

import { PcapHeader, PcapRecord } from '../../src/wire/pcap.js'
import {
  PcapngBlock,
  PcapngInterface,
  PcapngPacket,
  PcapngStatistics,
} from '../../src/wire/pcapng.js'
import { hex } from '../helpers/hex.js'
import { type DecoderFuzz, fields, steps } from './decoder-target.js'
import { lengthSite } from './site.js'

const sites: DecoderFuzz['sites'] = (_buf, off, end) =>
  Array.from({ length: Math.max(0, end - off - 3) / 2 }, (_, i) => lengthSite(off + 2 * i, 4))

const record = '00000001 00000002 00000004 00000008 01020304'
const pcap = hex(`a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001 ${record} ${record}`)
const pcapng = hex(`
  0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
  00000001 00000028 0065 0000 00000000 0002 0003 676e3000 0009 0001 06000000 00000000 00000028
  00000006 00000030 00000000 00000000 00000005 00000004 00000008 01020304
    0004 0008 0000000000000001 00000030
  00000003 00000014 00000004 01020304 00000014
  00000005 00000028 00000000 00000000 00000005 0005 0008 0000000000000002 00000000 00000028`)

export const fileDecoders: readonly DecoderFuzz[] = [
  {
    name: 'pcap',
    layers: [],
    more: [pcap],
    sites,
    make() {
      const header = new PcapHeader()
      const packet = new PcapRecord(header)
      return (buf, off, end, fault) => {
        if (!header.decode(buf, off, end, fault)) return { ok: false }
        let at = off + 24
        const next = () => packet.decode(buf, at, end, fault)
        const found = steps(end - off, next, () => {
          at = packet.next
          return { ...fields(packet), frameOff: packet.frame, nextEnd: packet.next }
        })
        return [fields(header), found]
      }
    },
  },
  {
    name: 'pcapng',
    layers: [],
    more: [pcapng],
    sites,
    make() {
      const block = new PcapngBlock()
      const one = new PcapngInterface()
      const packet = new PcapngPacket()
      const statistics = new PcapngStatistics()
      return (buf, off, end, fault) => {
        let at = off
        const next = () => block.decode(buf, at, end, fault)
        return steps(end - off, next, () => {
          at += block.total
          const { body, bodyEnd, type } = block
          const said: unknown[] = [type, { bodyOff: body, bodyEnd }]
          if (type === 1) said.push(one.decode(buf, block, fault), fields(one))
          if (type === 5) said.push(statistics.decode(buf, block, fault), fields(statistics))
          if (type !== 2 && type !== 3 && type !== 6) return said
          const ok = packet.decode(buf, block, 0, fault)
          return [...said, ok ? { ...fields(packet), frameOff: packet.frame } : { ok }]
        })
      }
    },
  },
]
