import t from 'tap'
import { DiameterHeader, diameterLength, looksLikeDiameter } from '../../src/wire/diameter.js'
import { AvpCursor } from '../../src/wire/diameter-avp.js'
import { creditFacts } from '../../src/wire/diameter-credit.js'
import { readDiameter } from '../../src/wire/diameter-facts.js'
import { policyFacts } from '../../src/wire/diameter-policy.js'
import { spendingFacts } from '../../src/wire/diameter-spending.js'
import { subscriberFacts } from '../../src/wire/diameter-subscriber.js'
import { type Avp, readAvps } from '../../src/wire/diameter-tree.js'
import { avpText } from '../../src/wire/diameter-value.js'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside } from '../wire-wap/hostile.js'
import { avp, everyMessage, message } from './diameter-builder.js'

const fault = new Fault()

/** Device-Watchdog-Request with an Origin-Host of three octets and an AVP of another vendor. */
const watchdog = hex(`
  01 000030          # version 1, 48 octets
  f0 000118          # flags R P E T at once, command 280
  ffffffff           # application: relay
  80000001 f0000002  # hop-by-hop, end-to-end
  00000108           # AVP 264 Origin-Host
  40 00000b          # flags M, 11 octets: header and three
  612e62 00          # a.b, padding
  ffffffff           # AVP 4294967295
  e0 00000f          # flags V M P, 15 octets
  fffffffe           # vendor
  010203 00          # value, padding
  `)

t.test('a header and its AVPs', t => {
  const header = new DiameterHeader()
  t.ok(header.decode(watchdog, 0, watchdog.length, fault))
  t.match(header, {
    version: 1,
    length: watchdog.length,
    request: true,
    proxiable: true,
    error: true,
    retransmitted: true,
    command: 280,
    application: 0xffff_ffff,
    hopByHop: 0x8000_0001,
    endToEnd: 0xf000_0002,
    avpOff: 20,
    end: watchdog.length,
  })
  const cursor = new AvpCursor()
  cursor.open(header.avpOff, header.end)
  t.ok(cursor.next(watchdog, fault))
  t.match(cursor, { code: 264, vendor: 0, flags: 0x40, off: 28, end: 31 })
  t.ok(cursor.next(watchdog, fault))
  t.match(cursor, { code: 0xffff_ffff, vendor: 0xffff_fffe, flags: 0xe0, off: 44, end: 47 })
  t.notOk(cursor.next(watchdog, fault))
  t.equal(fault.code, FaultCode.None)
  t.end()
})

t.test('octets after the stated length are not the message', t => {
  const header = new DiameterHeader()
  const longer = new Uint8Array(watchdog.length + 9).fill(0xff)
  longer.set(watchdog)
  t.ok(header.decode(longer, 0, longer.length, fault))
  t.equal(header.end, watchdog.length)
  t.end()
})

t.test('a message that the capture cut keeps the AVPs before the cut', t => {
  const header = new DiameterHeader()
  t.ok(header.decode(watchdog, 0, 36, fault))
  t.equal(fault.key, 'diameter/truncated')
  const avps = readAvps(watchdog, header.avpOff, header.end, fault)
  t.same(
    avps.map(one => one.code),
    [264],
  )
  t.equal(fault.key, 'diameter/truncated', 'the better reason stays')
  t.end()
})

function faultOf(change: (octets: Uint8Array) => void): string {
  const octets = watchdog.slice()
  change(octets)
  const header = new DiameterHeader()
  if (header.decode(octets, 0, octets.length, fault)) {
    readAvps(octets, header.avpOff, header.end, fault)
  }
  return fault.code === FaultCode.None ? '' : fault.key
}

t.test('lengths that contradict what is around them', t => {
  t.equal(
    faultOf(o => o.set([0, 0, 19], 1)),
    'diameter/bad-length',
    'shorter than a header',
  )
  t.equal(
    faultOf(o => o.set([255, 255, 255], 1)),
    'diameter/truncated',
    '16 MiB are not there',
  )
  t.equal(
    faultOf(o => o.set([2], 0)),
    'diameter/unsupported',
    'version 2',
  )
  t.equal(
    faultOf(o => o.set([0, 0, 7], 25)),
    'diameter-avp/bad-length',
    'shorter than its header',
  )
  t.equal(
    faultOf(o => o.set([0, 0, 0], 25)),
    'diameter-avp/bad-length',
    'no progress',
  )
  t.equal(
    faultOf(o => o.set([255, 255, 255], 25)),
    'diameter-avp/bad-length',
    'longer than all',
  )
  t.equal(
    faultOf(o => o.set([0, 0, 11], 37)),
    'diameter-avp/bad-length',
    'vendor does not fit',
  )
  t.equal(
    faultOf(o => o.set([0, 0, 16], 37)),
    '',
    'value up to the end',
  )
  t.end()
})

t.test('groups within groups have a bound', t => {
  // Failed-AVP (279) may hold any AVP, so that it can hold itself
  let nested = avp(279, avp(268, 5004))
  for (let depth = 0; depth < 40; depth++) nested = avp(279, [nested])
  const octets = message({ command: 272, application: 4, answer: true }, [nested])
  fault.clear()
  let level: readonly Avp[] = readAvps(octets, 20, octets.length, fault)
  let depth = 0
  for (; level.length > 0; depth++) level = level[0]?.children ?? []
  t.equal(fault.key, 'diameter-avp/limit')
  t.equal(depth, 12)
  t.end()
})

t.test('a message of empty AVPs has a bound', t => {
  const many = Array.from({ length: 10_000 }, () => avp(1, ''))
  const octets = message({ command: 272, application: 4 }, many)
  fault.clear()
  t.equal(readAvps(octets, 20, octets.length, fault).length, 8192)
  t.equal(fault.key, 'diameter-avp/limit')
  t.end()
})

t.test('what can be a message', t => {
  t.equal(diameterLength(watchdog, 0, 0), 0)
  t.equal(diameterLength(watchdog, 0, 4), 0, 'flags must be there')
  t.equal(diameterLength(watchdog, 0, 5), watchdog.length)
  const not = (at: number, ...values: number[]) => {
    const octets = watchdog.slice()
    octets.set(values, at)
    return diameterLength(octets, 0, octets.length)
  }
  t.equal(not(0, 2), -1, 'version')
  t.equal(not(1, 0, 0, 16), -1, 'shorter than a header')
  t.equal(not(1, 0, 0, 57), -1, 'not a multiple of four')
  t.equal(not(1, 0xff, 0xff, 0xfc), -1, 'more than is waited for')
  t.equal(not(1, 4, 0, 0), 4 * 65536, 'the longest that is waited for')
  t.equal(not(4, 0xc1), -1, 'a reserved flag')
  for (const [name, octets] of Object.entries(everyMessage)) {
    t.ok(looksLikeDiameter(octets, 0, octets.length), name)
    t.notOk(looksLikeDiameter(octets, 0, 27), `${name}: too few octets`)
  }
  t.notOk(looksLikeDiameter(watchdog, 0, watchdog.length), 'a request with E')
  t.end()
})

/** Everything that is read of a message, with the ranges checked. */
function readAll(buf: Uint8Array, off: number, end: number): string {
  const header = new DiameterHeader()
  if (!header.decode(buf, off, end, fault)) return fault.key
  inside(off, end, header.avpOff, header.end, 'AVPs')
  const { avps, ...facts } = readDiameter(header, buf, fault)
  const values: string[] = []
  const walk = (list: readonly Avp[], from: number, to: number): void => {
    for (const one of list) {
      inside(from, to, one.off, one.end, `AVP ${one.code}`)
      values.push(avpText(one.definition?.type ?? 'OctetString', buf, one.off, one.end))
      walk(one.children, one.off, one.end)
    }
  }
  walk(avps.avps, header.avpOff, header.end)
  const interfaces = [policyFacts, creditFacts, subscriberFacts, spendingFacts].map(f => f(avps))
  return JSON.stringify([fault.key, facts, interfaces, values])
}

t.test('cut, changed and overlong messages', t => {
  for (const [name, octets] of Object.entries(everyMessage)) hostile(t, name, octets, readAll)
  hostile(t, 'length and recognition', watchdog, (buf, off, end) =>
    [diameterLength(buf, off, end), looksLikeDiameter(buf, off, end)].join(),
  )
  t.end()
})
