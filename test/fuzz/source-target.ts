/** Damaged capture files: pcap, pcapng, gzip. What is in a file is data: it may end the reading, never the
 * program, and which frames come out does not depend on how the octets come in. The frames of a damaged
 * file have times, lengths and link types that no whole file has: they go on through the pipeline and
 * the inspectors. */

import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { frameLine } from '../../src/cli/text/frame-text.js'
import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch, SourceError } from '../../src/source/source.js'
import type { Xorshift32 } from '../../src/synth/xorshift.js'
import { run } from '../helpers/run.js'
import type { Material } from './material.js'
import { mutateOctets } from './mutate-octets.js'
import { printable } from './printable.js'
import { type Site, site } from './site.js'
import { Finding, type Input, only, pick, piece, type Target } from './target.js'

const largest = 30_000

/** Frames as text, or what was said instead. */
async function read(octets: Uint8Array, pieceOctets: number, blockOctets: number): Promise<string> {
  const pieces: Buffer[] = []
  for (let at = 0; at < octets.length; at += pieceOctets) {
    pieces.push(Buffer.from(octets.subarray(at, at + pieceOctets)))
  }
  const said: string[] = []
  let total = 0
  try {
    const source = await openSource(['-'], { stdin: Readable.from(pieces), blockOctets })
    const batch = new FrameBatch()
    while ((await source.next(batch)) > 0) {
      for (let i = 0; i < batch.count; i++) {
        const [off, caplen, wirelen] = [batch.off[i] ?? 0, batch.caplen[i] ?? 0, batch.wirelen[i]]
        if (off < 0 || caplen < 0 || off + caplen > batch.block.length) {
          throw new Finding(`frame [${off}, ${off + caplen}) of ${batch.block.length} octets`)
        }
        total += caplen
        const start = Buffer.from(batch.block.subarray(off, off + Math.min(caplen, 64)))
        said.push(
          `${batch.timeUs[i]} ${caplen} ${wirelen} ${batch.linkType[i]} ${start.toString('hex')}`,
        )
      }
    }
    said.push(...source.status.damage, String(source.status.drops))
    await source.close()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    said.push(error.message)
  }
  return `${total} ${said.join('\n')}`
}

/** Words of the headers: in pcap of every record, in pcapng of every block. */
function headerSites(octets: Uint8Array): Site[] {
  const found = [0, 4, 8, 12, 16, 20, 24, 28, 32, 36].map(at => site(at, 4))
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
  const ng = octets.length >= 12 && view.getUint32(0) === 0x0a0d0d0a
  const little = ng ? octets[8] === 0x4d : octets[0] !== 0xa1
  for (let at = ng ? 0 : 24; at + 16 <= octets.length && found.length < 600; ) {
    const length = ng ? view.getUint32(at + 4, little) : 16 + view.getUint32(at + 8, little)
    if (length < 12) break
    for (let i = 0; i < (ng ? 28 : 16); i += 4) found.push(site(at + i, 4))
    if (ng) for (let i = 28; i < 60; i += 2) found.push(site(at + i, 2))
    at += length
    if (ng) found.push(site(at - 4, 4))
  }
  return found.filter(({ off, width }) => off + width <= octets.length)
}

/** A file from its first octet to its records. */
async function analysed(input: Input): Promise<void> {
  const stdin = () => ({ stdin: Readable.from([Buffer.from(only(input))]) })
  try {
    const source = await openSource(['-'], stdin())
    await run(source, { plainIp: true })
    await source.close()
    const again = await openSource(['-'], stdin())
    const inspector = new FrameInspector()
    const batch = new FrameBatch()
    while ((await again.next(batch)) > 0) {
      for (let i = 0; i < batch.count; i++) {
        printable(frameLine(inspector.inspect(batch, i), true, 10_000))
      }
    }
    await again.close()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
  }
}

export function sourceTargets({ captures }: Material): Target[] {
  const plain = captures
    .map(({ path }): Uint8Array => readFileSync(path))
    .filter(octets => octets.length <= largest)
  const make = (from: readonly Uint8Array[], find: (octets: Uint8Array) => Site[]) => {
    const known = new Map<Uint8Array, Site[]>()
    return (random: Xorshift32) => {
      const octets = pick(random, from)
      const sites = known.get(octets) ?? find(octets)
      known.set(octets, sites)
      return piece(mutateOctets(octets, random, { sites, others: from }))
    }
  }
  const check: Target['check'] = async input => {
    const octets = only(input)
    const whole = await read(octets, 1 << 20, 1 << 18)
    const pieces = await read(octets, 1 + (octets.length % 700), 512)
    // of wrong DEFLATE octets what is made of one piece is lost (gzip-input.ts)
    if (/damaged gzip/.test(whole + pieces)) return
    if (whole !== pieces) throw new Finding(`read otherwise in pieces: ${whole} / ${pieces}`)
  }
  const packed = plain.filter(octets => octets.length < 8000).map(octets => gzipSync(octets))
  return [
    { name: 'source', weight: 4, make: make(plain, headerSites), check },
    { name: 'source/analysis', weight: 4, make: make(plain, headerSites), check: analysed },
    { name: 'source/gzip', weight: 1, make: make(packed, () => []), check },
  ]
}
