/** One capture: from a path to frames, whatever it is packed in. Format and compression are told by
 * their magic numbers, never by the name: interface.md 6.5 fixes the messages. */

import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { Fault, FaultCode } from '../wire/fault.js'
import { isPcapMagic, PcapHeader, pcapHeaderOctets } from '../wire/pcap.js'
import { BlockType } from '../wire/pcapng.js'
import type { BlockReader } from './block-reader.js'
import type { AddInterface, FrameCursor } from './frame-cursor.js'
import { Step } from './frame-cursor.js'
import { GzipInput, isGzipMagic } from './gzip-input.js'
import type { OctetInput } from './octet-input.js'
import { FileInput, OctetWindow, ReplayedInput, StreamInput } from './octet-input.js'
import { PcapCursor } from './pcap-cursor.js'
import { PcapngCursor } from './pcapng-cursor.js'
import { SourceError } from './source.js'
import { isZstdMagic, ZstdInput } from './zstd-input.js'

export const standardInput = '-'

/** Octets looked at to tell what an input is. */
const magicOctets = 4
const headOctets = 4096

/** What the operating system said, in the words of interface.md 6.5. */
export function openFailure(path: string, error: unknown): SourceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const why: Record<string, string> = {
    ENOENT: 'no such file',
    ENOTDIR: 'no such file',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'is a directory',
    EMFILE: 'too many open files',
    ENAMETOOLONG: 'file name too long',
    ELOOP: 'too many symbolic links',
  }
  return new SourceError(`${path}: ${why[code] ?? `cannot be opened (${code})`}`)
}

/** An input that is readable but holds no capture. */
export class NotACapture extends SourceError {}

function notACapture(path: string): NotACapture {
  return new NotACapture(`${path}: not a capture file (pcap, pcapng, .gz, .zst)`)
}

function isPcapngMagic(buf: Uint8Array, off: number): boolean {
  const view = new DataView(buf.buffer, buf.byteOffset + off, 4)
  return view.getUint32(0) === BlockType.SectionHeader
}

/** An input with its compression undone, and its first octets. */
export interface OpenedInput {
  input: OctetInput
  head: Uint8Array
}

/** A file that need not be a capture, with its compression undone. Rejects with a SourceError that names
 * the file. */
export async function openOctets(path: string, stdin?: Readable): Promise<OpenedInput> {
  const raw = await openRaw(path, stdin)
  return await unpack(raw.input)
}

/** Whether an input that begins like this is a capture. */
export function looksLikeCapture(head: Uint8Array): boolean {
  return head.length >= magicOctets && (isPcapngMagic(head, 0) || isPcapMagic(head, 0))
}

/** Looks at the first octets of `input`; they are given again by the returned input. */
async function peek(input: OctetInput): Promise<OpenedInput> {
  const window = new OctetWindow(input, headOctets)
  await window.ensure(magicOctets)
  const head = window.octets.slice(window.pos, window.end)
  return { input: new ReplayedInput(head, input), head }
}

/** Undoes compression; only one layer: nobody packs a capture twice. */
async function unpack(raw: OctetInput): Promise<OpenedInput> {
  const packed = await peek(raw)
  if (packed.head.length < magicOctets) return packed
  if (isGzipMagic(packed.head, 0)) return peek(new GzipInput(packed.input))
  if (isZstdMagic(packed.head, 0)) return peek(new ZstdInput(packed.input))
  return packed
}

export class CaptureFile {
  /** as typed: what messages call it */
  readonly path: string
  /** position among the arguments; decides between equal times */
  readonly order: number
  /** octets on disk; 0 when not known (pipe) */
  readonly octetsTotal: number
  /** false for what can be read only once */
  readonly isRegular: boolean
  /** holds the current frame while `hasFrame` */
  cursor: FrameCursor | undefined
  hasFrame = false
  /** why the capture ended early: `day.pcap: cut short in packet 18`; empty when it did not */
  damage = ''
  /** interfaces that the capture has named so far */
  interfaces = 0
  readonly reader: BlockReader
  readonly #input: OctetInput

  private constructor(
    path: string,
    order: number,
    octetsTotal: number,
    isRegular: boolean,
    input: OctetInput,
    reader: BlockReader,
  ) {
    this.path = path
    this.order = order
    this.octetsTotal = octetsTotal
    this.isRegular = isRegular
    this.#input = input
    this.reader = reader
  }

  /** Opens and checks the first header. Rejects with a SourceError that names the file. */
  static async open(
    path: string,
    order: number,
    reader: BlockReader,
    addInterface: AddInterface,
    stdin: Readable | undefined,
  ): Promise<CaptureFile> {
    const raw = await openRaw(path, stdin)
    const { input, head } = await unpack(raw.input)
    const file = new CaptureFile(path, order, raw.octetsTotal, raw.isRegular, input, reader)
    try {
      await file.#readHeader(head, (name, linkType) => {
        file.interfaces++
        return addInterface(name, linkType)
      })
    } catch (error) {
      await file.close()
      throw error
    }
    return file
  }

  get octetsRead(): number {
    return this.#input.octetsRead
  }

  get drops(): number {
    return this.cursor?.drops ?? 0
  }

  /** Makes the next frame current; false when there is no more, with `damage` set if that is early.
   * Octets of the frames before may be overwritten. */
  async advance(): Promise<boolean> {
    const { cursor, reader } = this
    this.hasFrame = false
    while (cursor !== undefined) {
      const step = cursor.step(reader)
      if (step === Step.Frame) {
        this.hasFrame = true
        return true
      }
      if (step === Step.Damaged) {
        this.damage = `${this.path}: ${cursor.damage}`
        return false
      }
      if (!(await reader.more())) {
        this.#end(cursor)
        return false
      }
    }
    return false
  }

  async close(): Promise<void> {
    this.hasFrame = false
    await this.#input.close()
    await this.reader.settle()
  }

  #end(cursor: FrameCursor): void {
    const left = this.reader.end > this.reader.pos
    if (this.#input.damage !== '') {
      this.damage = `${this.path}: ${this.#input.damage} after packet ${cursor.frames}`
    } else if (left) {
      this.damage = `${this.path}: cut short ${cursor.place(this.reader)}`
    }
  }

  async #readHeader(head: Uint8Array, addInterface: AddInterface): Promise<void> {
    if (head.length < magicOctets) {
      if (this.#input.damage === '') throw notACapture(this.path)
      throw new SourceError(`${this.path}: ${this.#input.damage}`)
    }
    this.reader.start(this.#input)
    const name = this.path === standardInput ? standardInput : basename(this.path)
    if (isPcapngMagic(head, 0)) {
      this.cursor = new PcapngCursor(name, addInterface)
    } else if (isPcapMagic(head, 0)) {
      await this.#readPcapHeader(name, addInterface)
    } else {
      throw notACapture(this.path)
    }
  }

  async #readPcapHeader(name: string, addInterface: AddInterface): Promise<void> {
    const { reader } = this
    while (reader.end - reader.pos < pcapHeaderOctets) {
      if (await reader.more()) continue
      this.damage = `${this.path}: cut short in the file header`
      return
    }
    const header = new PcapHeader()
    const fault = new Fault()
    if (!header.decode(reader.octets, reader.pos, reader.end, fault)) {
      const version = `${header.major}.${header.minor}`
      throw fault.code === FaultCode.Unsupported
        ? new SourceError(`${this.path}: pcap version ${version} is not supported`)
        : notACapture(this.path)
    }
    reader.pos += pcapHeaderOctets
    this.cursor = new PcapCursor(header, addInterface(name, header.linkType))
  }
}

interface RawInput {
  input: OctetInput
  octetsTotal: number
  isRegular: boolean
}

async function openRaw(path: string, stdin: Readable | undefined): Promise<RawInput> {
  if (path === standardInput) {
    return { input: new StreamInput(stdin ?? process.stdin), octetsTotal: 0, isRegular: false }
  }
  try {
    const facts = await stat(path)
    if (facts.isDirectory()) throw new SourceError(`${path}: is a directory`)
    if (facts.isFile()) {
      const handle = await open(path, 'r')
      return { input: new FileInput(handle), octetsTotal: facts.size, isRegular: true }
    }
    // a FIFO's writer may be slow: a stream does not hold up the closing of the file
    const stream = createReadStream(path, { highWaterMark: 256 * 1024 })
    return { input: new StreamInput(stream), octetsTotal: 0, isRegular: false }
  } catch (error) {
    throw error instanceof SourceError ? error : openFailure(path, error)
  }
}
