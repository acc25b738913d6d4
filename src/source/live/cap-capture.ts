/** The process that captures with the package `cap` and writes a capture file to its stdout:
 * `node cap-capture.js INTERFACE FILTER SNAPLEN BUFFER_KIB`. The package gives neither time stamp nor wire
 * length nor drop counts: the time is when the packet was handed over, the wire length what was captured.
 * Its slots hold 64 KiB each while receive offload (GRO) is on: switch that off, or the buffer is small.
 * It is opened once and never closed, since a second open after a close never returns. */

import { createWriteStream } from 'node:fs'
import { createRequire } from 'node:module'

interface Capture {
  open(device: string, filter: string, bufferOctets: number, buffer: Buffer): string
  on(event: 'packet', listener: (octets: number, truncated: boolean) => void): void
}

/** LINKTYPE_ numbers (tcpdump.org registry) of the package's names. */
const linkTypes: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
}

/** Octets that may wait for a slow reader; what comes then is lost, and counted. */
const queueOctetsMax = 64 * 1024 * 1024
const pieceOctets = 256 * 1024
const flushMs = 50
const frameOctetsMax = 65_535
const recordHeaderOctets = 16

const [iface = '', filter = '', snaplenText = '', bufferText = ''] = process.argv.slice(2)
const snaplen = Math.min(Number(snaplenText), frameOctetsMax)
/** Must stay referenced as long as the capture runs: the package keeps only its address. */
const buffer = Buffer.alloc(frameOctetsMax)
const out = createWriteStream('', { fd: 1 })
let piece = Buffer.allocUnsafe(pieceOctets)
let used = 0
let captured = 0
let lost = 0

function flush(): void {
  if (used === 0) return
  out.write(piece.subarray(0, used))
  piece = Buffer.allocUnsafe(pieceOctets)
  used = 0
}

/** Packet record of a classic capture file (draft-ietf-opsawg-pcap section 5). */
function take(octets: number): void {
  const caplen = Math.min(octets, snaplen)
  if (out.writableLength > queueOctetsMax) {
    lost++
    return
  }
  captured++
  if (used + recordHeaderOctets + caplen > pieceOctets) flush()
  const timeMs = performance.timeOrigin + performance.now()
  const seconds = Math.floor(timeMs / 1000)
  piece.writeUInt32LE(seconds, used)
  piece.writeUInt32LE(Math.floor((timeMs - seconds * 1000) * 1000), used + 4)
  piece.writeUInt32LE(caplen, used + 8)
  piece.writeUInt32LE(octets, used + 12)
  buffer.copy(piece, used + recordHeaderOctets, 0, caplen)
  used += recordHeaderOctets + caplen
}

function fileHeader(linkType: number): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt16LE(2, 4)
  head.writeUInt16LE(4, 6)
  head.writeUInt32LE(snaplen, 16)
  head.writeUInt32LE(linkType, 20)
  return head
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

function tellCounts(): void {
  tell(`cap: ${captured} packets captured, ${lost} packets dropped by queue`)
}

/** A turn of the event loop hands over all that the kernel holds; the signal may have come first in this one. */
function end(): void {
  setImmediate(() => setImmediate(finish))
}

function finish(): void {
  flush()
  tellCounts()
  out.end(() => process.exit(0))
}

function start(): void {
  const { Cap } = createRequire(import.meta.url)('cap') as { Cap: new () => Capture }
  const capture = new Cap()
  const type = capture.open(iface, filter, Number(bufferText) * 1024, buffer)
  const linkType = linkTypes[type]
  if (linkType === undefined) throw new Error(`link type ${type} is not known`)
  out.write(fileHeader(linkType))
  capture.on('packet', take)
  setInterval(flush, flushMs)
  // the reader has gone
  out.on('error', () => process.exit(0))
  process.on('SIGUSR1', tellCounts)
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  tell(`cap: listening on ${iface}`)
}

try {
  start()
} catch (error) {
  tell(`cap: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`)
  process.exitCode = 1
}
