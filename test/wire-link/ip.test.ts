/** IPv4 and IPv6 headers, options and extension headers. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { Ipv4 } from '../../src/wire/ipv4.js'
import { Ipv6 } from '../../src/wire/ipv6.js'
import { hex } from '../helpers/hex.js'
import { everyTruncation } from './truncation.js'

const fault = new Fault()

const plain = `
  45 00 0032      # version 4, header 5 words; total length 50
  f001 4000       # identification, don't fragment
  40 06 0000      # TTL 64, TCP, checksum not looked at
  e0400001        # 224.64.0.1: the top bit is set
  0a0000ac        # 10.0.0.172`

t.test('IPv4', async t => {
  const ip = new Ipv4('ipv4')
  const packet = hex(plain)
  t.ok(ip.decode(packet, 0, packet.length, fault))
  t.match(ip, { totalLength: 50, identification: 0xf001, fragOff: 0, more: false, ttl: 64 })
  t.match(ip, { protocol: 6, srcOff: 12, dstOff: 16, payload: 20 })
  t.equal(ip.src >>> 0, 0xe0400001)
  t.equal(ip.dst, 0x0a0000ac)
  everyTruncation(t, new Ipv4('ipv4'), packet, 20, 'IPv4')
})

t.test('IPv4 options and fragments', async t => {
  const ip = new Ipv4('inner-ipv4')
  const packet = hex(`
    4f 00 0050 0007 3fff # header 15 words, MF, offset 8191 * 8
    01 11 0000 c0000201 c0000202
    ${'01'.repeat(40)}   # forty no-operations
    0035`)
  t.ok(ip.decode(packet, 0, packet.length, fault))
  t.match(ip, { payload: 60, fragOff: 65528, more: true, protocol: 17 })
  everyTruncation(t, new Ipv4('ipv4'), packet, 60, 'IPv4 with options')
  const cut = hex('46 00 0018 0001 0000 40 06 0000 e0400001 0a0000ac 0101')
  t.notOk(ip.decode(cut, 0, cut.length, fault))
  t.equal(fault.key, 'inner-ipv4/truncated')
})

t.test('IPv4 that contradicts itself', async t => {
  const ip = new Ipv4('ipv4')
  const key = (first: string, total: string): string => {
    const buf = hex(plain)
    buf.set(hex(first), 0)
    buf.set(hex(total), 2)
    fault.clear()
    return ip.decode(buf, 0, buf.length, fault) ? 'good' : fault.key
  }
  t.equal(key('65', '0032'), 'ipv4/bad-value')
  t.equal(key('44', '0032'), 'ipv4/bad-length')
  t.equal(key('40', '0032'), 'ipv4/bad-length')
  t.equal(key('45', '0013'), 'ipv4/bad-length')
  t.equal(key('45', '0014'), 'good')
  t.equal(key('45', '0000'), 'good', '0 is what segmentation offload leaves')
  t.equal(key('45', 'ffff'), 'good', 'how far the packet reaches is for the caller to compare')
  t.equal(fault.code, FaultCode.None)
})

const src = '20010db8 00000000 00000000 00000001'
const dst = '20010db8 00000000 00000000 000000ac'

t.test('IPv6', async t => {
  const ip = new Ipv6('ipv6')
  const packet = hex(`60000000 0008 11 3f ${src} ${dst} 0035003500080000`)
  t.ok(ip.decode(packet, 0, packet.length, fault))
  t.match(ip, { payloadLength: 8, protocol: 17, hopLimit: 63, srcOff: 8, dstOff: 24, payload: 40 })
  t.not(ip.src, ip.dst, 'the folds of neighbours differ')
  everyTruncation(t, new Ipv6('ipv6'), packet, 40, 'IPv6')
  packet[0] = 0x40
  t.notOk(ip.decode(packet, 0, packet.length, fault))
  t.equal(fault.key, 'ipv6/bad-value')
})

/** The chain behind the fixed header: [good, protocol, first octet behind it or of the bad header]. */
function chain(next: number, octets: string): [boolean, number, number, Ipv6] {
  const ip = new Ipv6('ipv6')
  const buf = hex(octets)
  fault.clear()
  const good = ip.extensions(buf, next, 0, buf.length, fault)
  return [good, ip.protocol, ip.payload, ip]
}

t.test('IPv6 extension headers', async t => {
  const [good, protocol, at] = chain(
    0,
    `2b 00 0502 0000 0100      # hop-by-hop: router alert, PadN -> routing
     33 02 04 00 ${'00'.repeat(20)} # routing, 24 octets -> AH
     3c 04 0000 ${'00'.repeat(20)}  # AH, (4 + 2) * 4 octets -> destination options
     06 00 0104 00000000       # destination options -> TCP
     0050`,
  )
  t.strictSame([good, protocol, at], [true, 6, 64])
  t.strictSame(chain(17, '').slice(0, 3), [true, 17, 0], 'no extension header at all')
  t.strictSame(chain(59, '').slice(0, 3), [true, 59, 0], 'no next header')
  t.strictSame(chain(0, '3b 01 0000').slice(0, 3), [false, 0, 0], 'cut in its first octets')
  t.equal(fault.key, 'ipv6/truncated')
  t.strictSame(chain(60, '0601010400000000').slice(0, 3), [false, 60, 0], 'longer than there is')
  t.strictSame(chain(60, '3c0001040000 0000'.repeat(13)).slice(0, 1), [false])
  t.equal(fault.key, 'ipv6/limit')
})

t.test('IPv6 Fragment header', async t => {
  const first = chain(44, '11 00 0001 f0000001 0035')
  t.strictSame(first.slice(0, 3), [true, 17, 8])
  t.match(first[3], { fragmented: true, fragOff: 0, more: true, identification: 0xf0000001 | 0 })
  const last = chain(44, '06 00 05a8 00000002 0035')
  t.match(last[3], { fragmented: true, fragOff: 1448, more: false, protocol: 6 })
  const atomic = chain(44, '3c 00 0000 00000003 11 00 0104 00000000')
  t.strictSame(atomic.slice(0, 3), [true, 17, 16], 'an atomic fragment is walked through')
  t.match(atomic[3], { fragmented: false })
  const stop = chain(44, '3c 00 0001 00000003 11 00 0104 00000000')
  t.strictSame(stop.slice(0, 3), [true, 60, 8], 'what follows a real one is the datagram')
})

t.test('a jumbogram is refused', async t => {
  const ip = new Ipv6('ipv6')
  const key = (payloadLength: string, options: string): string => {
    const packet = hex(`60000000 ${payloadLength} 00 3f ${src} ${dst} ${options}`)
    fault.clear()
    return ip.decode(packet, 0, packet.length, fault) ? 'good' : fault.key
  }
  const jumbo = '06 00 c204 00010000'
  t.equal(key('0000', jumbo), 'ipv6/unsupported')
  t.equal(
    key('0000', '06 01 0002 0000 00 c204 00010000 0000 00'),
    'ipv6/unsupported',
    'behind pads',
  )
  t.equal(key('0008', jumbo), 'good', 'with a payload length it is only an option')
  t.equal(key('0000', '06 00 0000 00000000'), 'good', 'Pad1 six times')
  t.equal(key('0000', '06 00 05ff 00000000'), 'good', 'an option longer than there is')
  t.equal(key('0000', '06 00 0000 000000c2'), 'ipv6/unsupported')
  t.equal(key('0000', '06 00 0000 0000 0005'), 'good', 'cut in the last option')
  t.equal(key('0000', '06'), 'good')
})
