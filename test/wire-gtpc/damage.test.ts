/** Damaged messages: every truncation and 20,000 seeded mutations of good messages. The decoders may say
 * false, but never throw, never hang and never point outside [off, end). */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { Gtp1C } from '../../src/wire/gtp1-c.js'
import { Gtp1Facts } from '../../src/wire/gtp1-facts.js'
import { gtp1TvLengths } from '../../src/wire/gtp1-ie.js'
import { Gtp2Header } from '../../src/wire/gtp2-c.js'
import { Gtp2Facts } from '../../src/wire/gtp2-facts.js'
import { hex } from '../helpers/hex.js'

const messages = {
  v1: hex(`36 10 0045 00000000 0801 00 c0 01 0001 00
    02 64001132547698f0 03 64f010123401 0e02 10 00000001 11 00000001 14 05 1a 0800
    80 0002 f121 83 0006 05 3367776170 85 0004 0a000001 85 0004 0a000002`),
  v2: hex(`48 20 0055 00000000 00000100
    01 0008 00 00010121436587f9 57 0009 00 8a000000110a000001
    5d 0027 00 49 0001 00 05 57 0009 02 84000000120a000003 57 0009 00 80000000130a000004
      5e 0004 00 00000001
    4f 0005 00 01 0aa00001`),
} as const

const fault = new Fault()
const header1 = new Gtp1C()
const facts1 = new Gtp1Facts()
const header2 = new Gtp2Header()
const facts2 = new Gtp2Facts()

/** '' or what is out of range. */
function check(octets: Uint8Array, off: number, end: number): string {
  const version = octets[off]! >> 5
  const h = version === 2 ? header2 : header1
  if (!h.decode(octets, off, end, fault)) return fault.code === FaultCode.None ? 'no reason' : ''
  if (h.end > end || h.ieOff > h.end) return `elements ${h.ieOff}..${h.end} of ${end}`
  const inside = (from: number, to: number) => from < 0 || (from >= off && to <= end && from <= to)
  if (version === 2) {
    facts2.collect(octets, h.ieOff, h.end, fault)
    if (!inside(facts2.imsiOff, facts2.imsiEnd) || !inside(facts2.paaOff, facts2.paaEnd)) {
      return 'element outside'
    }
    for (let b = 0; b < facts2.bearerCount; b++) {
      const bearer = facts2.bearers[b]!
      for (let i = 0; i < bearer.fTeidCount; i++) {
        const f = bearer.fTeids[i]!
        if (!inside(f.v4Off, f.v4Off + 4) || !inside(f.v6Off, f.v6Off + 16)) return 'F-TEID outside'
      }
    }
    return ''
  }
  facts1.collect(octets, h.ieOff, h.end, gtp1TvLengths, 14, fault)
  for (let i = 0; i < facts1.gsnCount; i++) {
    if (!inside(facts1.gsnOff[i]!, facts1.gsnOff[i]! + facts1.gsnLength[i]!)) return 'GSN outside'
  }
  return inside(facts1.imsiOff, facts1.imsiOff + 8) && inside(facts1.apnOff, facts1.apnEnd)
    ? ''
    : 'element outside'
}

for (const [name, message] of Object.entries(messages)) {
  t.test(`${name}: whole, and every truncation`, async t => {
    t.equal(check(message, 0, message.length), '')
    t.equal(fault.code, FaultCode.None, 'the vector itself is good')
    const problems: string[] = []
    for (let end = 0; end < message.length; end++) {
      const problem = check(message, 0, end)
      if (problem !== '') problems.push(`${problem} at ${end}`)
      if (fault.code === FaultCode.None) problems.push(`a cut at ${end} was not noticed`)
    }
    t.strictSame(problems, [])
  })

  t.test(`${name}: 20,000 mutations`, async t => {
    let seed = 0x2545f491
    const random = (below: number) => {
      seed ^= seed << 13
      seed ^= seed >>> 17
      seed ^= seed << 5
      return (seed >>> 0) % below
    }
    // the message lies in the middle of a larger block: what is read beyond it would not show otherwise
    const block = new Uint8Array(message.length + 64).fill(0x85)
    const problems: string[] = []
    for (let n = 0; n < 20_000; n++) {
      block.set(message, 32)
      for (let k = 0; k <= random(4); k++) block[32 + random(message.length)] = random(256)
      const problem = check(block, 32, 32 + message.length - random(8))
      if (problem !== '') problems.push(`${problem} in mutation ${n}`)
    }
    t.strictSame(problems, [])
  })
}
