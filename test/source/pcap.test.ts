/** Classic captures: every magic number and byte order, lengths at their bounds, blocks that cut
 * records anywhere. */

import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import { join, pcap, pcapHeader, testFrame } from './capture-octets.js'
import { damageOf, read, refusal, write } from './read-all.js'

const three = [testFrame(1, 60), testFrame(2, 0), { ...testFrame(3, 96), wirelen: 1514 }]

function lines(linkType: number, divisor: number): string[] {
  return three.map(frame => {
    const us = frame.seconds * 1e6 + Math.floor(frame.fraction / divisor)
    const octets = Buffer.from(frame.octets).toString('hex')
    return `${us} ${frame.wirelen ?? frame.octets.length} link ${linkType} if 0 ${octets}`
  })
}

t.test('all magic numbers in both byte orders', async t => {
  for (const [magic, divisor] of [
    [0xa1b2c3d4, 1], // microseconds
    [0xa1b23c4d, 1000], // nanoseconds
    [0xa1b2cd34, 1], // microseconds, 24 octets of record header
  ] as const) {
    for (const little of [true, false]) {
      const name = `${magic.toString(16)}-${little}.pcap`
      const { frames, status } = await read(write(name, pcap(three, { magic, little })))
      t.same(frames, lines(1, divisor), name)
      t.same(status.damage, [], 'no damage')
      t.same(status.interfaces, [{ name, linkType: 1 }])
    }
  }
})

t.test('link type without the FCS bits, wire length never below what was captured', async t => {
  // FCS length 4 octets (top nibble, in 16-bit units: 2), present bit, LINKTYPE_LINUX_SLL
  const octets = pcap(three, { linkType: 0x24000071 })
  t.same((await read(write('fcs.pcap', octets))).frames, lines(113, 1))
  const short = pcap([{ ...testFrame(1, 60), wirelen: 10 }])
  t.match((await read(write('short.pcap', short))).frames[0], / 60 link 1 /)
  const huge = pcap([{ ...testFrame(1, 60), wirelen: 0xffffffff }])
  t.match((await read(write('huge.pcap', huge))).frames[0], / 2147483647 link 1 /, 'fits an int32')
})

t.test('a header alone is a capture without frames', async t => {
  const { frames, status } = await read(write('empty.pcap', pcap([])))
  t.same(frames, [])
  t.same(status.damage, [])
  t.same([status.octetsRead, status.octetsTotal], [24, 24])
})

t.test('a version that is not 2 is refused', async t => {
  const path = write('v3.pcap', pcapHeader({ version: 3 }))
  t.equal(await refusal(path), 'v3.pcap: pcap version 3.4 is not supported')
})

t.test('every block size gives the same frames', async t => {
  const frames = Array.from({ length: 60 }, (_, i) => testFrame(i, (i * 37) % 300))
  const path = write('blocks.pcap', pcap(frames))
  const whole = await read(path)
  t.equal(whole.frames.length, 60)
  for (const blockOctets of [1, 2, 15, 16, 17, 64, 255, 4096]) {
    const cut = await read(path, { blockOctets })
    t.same(cut.frames, whole.frames, `blocks of ${blockOctets}`)
    t.same(cut.status, whole.status)
  }
})

t.test('records far longer than a block', async t => {
  const frames = [testFrame(1, 100), testFrame(2, 3_000_000), testFrame(3, 70_000), testFrame(4, 9)]
  const octets = pcap(frames, { snaplen: 0 })
  const path = write('giant.pcap', octets)
  const { frames: found, status } = await read(path)
  t.equal(found.length, 4)
  for (const [i, frame] of frames.entries()) {
    t.ok(found[i]?.endsWith(Buffer.from(frame.octets).toString('hex')), `frame ${i + 1}`)
  }
  t.same(status.damage, [])
})

t.test('lengths that cannot be right are damage, with the place', async t => {
  const good = pcap([testFrame(1, 60)])
  const bad = (caplen: number): Uint8Array => {
    const record = pcap([testFrame(2, 60)]).slice(24)
    new DataView(record.buffer).setUint32(8, caplen, true)
    return join(good, record)
  }
  // snapshot length 65535, and the bound that libpcap also allows: 262144
  const wrong = await read(write('long.pcap', bad(262_145)))
  t.equal(wrong.frames.length, 1)
  t.same(damageOf(wrong), ['long.pcap: bad record length 262145 at octet 108, after packet 1'])
  t.match((await read(write('top.pcap', bad(0xffffffff)))).status.damage[0], /length 4294967295/)
  t.same(damageOf(await read(write('cut.pcap', bad(262_144)))), ['cut.pcap: cut short in packet 2'])
})

t.test('agrees with pcap-parser', async t => {
  const frames = Array.from({ length: 300 }, (_, i) => testFrame(i, 20 + ((i * 53) % 1400)))
  const path = write('second-opinion.pcap', pcap(frames))
  const ours = await read(path)
  const parser: PcapParser = createRequire(import.meta.url)('pcap-parser')
  const theirs = await new Promise<string[]>((resolve, reject) => {
    const found: string[] = []
    const parsing = parser.parse(createReadStream(path))
    parsing.on('packet', ({ header, data }) => {
      const us = header.timestampSeconds * 1e6 + header.timestampMicroseconds
      found.push(`${us} ${header.originalLength} link 1 if 0 ${data.toString('hex')}`)
    })
    parsing.on('end', () => resolve(found))
    parsing.on('error', reject)
  })
  t.equal(theirs.length, 300)
  t.same(ours.frames, theirs)
})

interface PcapParserPacket {
  header: { timestampSeconds: number; timestampMicroseconds: number; originalLength: number }
  data: Buffer
}

interface PcapParser {
  parse(input: NodeJS.ReadableStream): {
    on(event: 'packet', listener: (packet: PcapParserPacket) => void): void
    on(event: 'end', listener: () => void): void
    on(event: 'error', listener: (error: Error) => void): void
  }
}
