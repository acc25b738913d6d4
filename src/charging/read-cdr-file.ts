/** A file of charging records: with the headers of 3GPP TS 32.297, or BER one after another. Read in one pass
 * through a window of fixed size, so that a file of any length takes the same memory. */

import { type OctetInput, OctetWindow } from '../source/octet-input.js'
import { BerClass, BerValue } from '../wire/ber.js'
import { CdrFileHeader, CdrHeader, looksLikeCdrFile } from '../wire/cdr-file.js'
import { Fault, FaultCode } from '../wire/fault.js'
import { RecordFormat } from '../wire/gtp-prime-message.js'
import { faultText, type RecordIntake } from './record-intake.js'

/** Octets of one record without a header of its own. */
const maxRecordOctets = 1 << 20
const windowOctets = 2 * maxRecordOctets
/** What block-oriented writers fill the rest of a block with. */
const fillers: ReadonlySet<number> = new Set([0, 0xff])
/** Number of CDRs that says: more than fit in the field. */
const tooManyToState = 0xffff_ffff

/** Whether a file begins like charging records. */
export function looksLikeRecords(head: Uint8Array): boolean {
  if (looksLikeCdrFile(head, 0, head.length)) return true
  const first = head[0] ?? 0
  return first >> 6 === BerClass.Context && (first & 0x20) !== 0
}

/** Reads all records of `input`, which messages call `name`, into `intake`. Damage is told to `tell`. */
export async function readCdrFile(
  input: OctetInput,
  name: string,
  intake: RecordIntake,
  tell: (text: string) => void,
): Promise<void> {
  const reader = new CdrFileReader(input, name, intake, tell)
  await reader.read()
  if (input.damage !== '') tell(`${name}: ${input.damage} at octet ${reader.octet}`)
}

class CdrFileReader {
  /** offset in the file of what is read next */
  octet = 0
  readonly #window: OctetWindow
  readonly #name: string
  readonly #intake: RecordIntake
  readonly #tell: (text: string) => void
  readonly #fault = new Fault()
  #records = 0

  constructor(input: OctetInput, name: string, intake: RecordIntake, tell: (text: string) => void) {
    this.#window = new OctetWindow(input, windowOctets)
    this.#name = name
    this.#intake = intake
    this.#tell = tell
  }

  async read(): Promise<void> {
    const window = this.#window
    await window.ensure(8)
    if (looksLikeCdrFile(window.octets, window.pos, window.end)) await this.#withHeaders()
    else while (await this.#bareRecord());
    if (this.#records === 0) this.#tell(`${this.#name}: no record in ${this.#fileEnd} octets`)
  }

  get #place(): string {
    return `${this.#name}: record ${this.#records} at octet ${this.octet}`
  }

  #advance(octets: number): void {
    this.#window.pos += octets
    this.octet += octets
  }

  async #withHeaders(): Promise<void> {
    const window = this.#window
    const header = new CdrFileHeader()
    await window.ensure(windowOctets / 2)
    if (!header.decode(window.octets, window.pos, window.end, this.#fault)) {
      this.#tell(`${this.#name}: cut short in the file header: ${faultText(this.#fault)}`)
      return
    }
    if (!(await window.ensure(header.headerOctets))) {
      this.#tell(`${this.#name}: cut short in the file header at octet ${window.end}`)
      return
    }
    this.#advance(header.headerOctets)
    if (header.lost > 0) this.#tell(`${this.#name}: the file says that records were lost before it`)
    let whole = await this.#headedRecord()
    while (whole === true) whole = await this.#headedRecord()
    if (whole === 'cut') return
    if (header.fileOctets !== this.octet && header.fileOctets !== tooManyToState) {
      const stated = `its header states ${header.fileOctets} octets`
      this.#tell(`${this.#name}: ${stated}, ${this.octet} are there`)
    }
    if (header.records !== this.#records && header.records !== tooManyToState) {
      const stated = `its header states ${header.records} records`
      this.#tell(`${this.#name}: ${stated}, ${this.#records} are there`)
    }
  }

  async #headedRecord(): Promise<boolean | 'cut'> {
    const window = this.#window
    const header = new CdrHeader()
    if (!(await window.ensure(1))) return false
    this.#records++
    await window.ensure(5)
    if (!header.decode(window.octets, window.pos, window.end, this.#fault)) return this.#cut()
    const whole = header.headerOctets + header.octets
    if (!(await window.ensure(whole))) return this.#cut()
    const from = window.pos + header.headerOctets
    if (header.format === RecordFormat.Ber) this.#take(from, window.pos + whole)
    else this.#tell(`${this.#place}: record format ${header.format} is not read, only BER (1)`)
    this.#advance(whole)
    return true
  }

  #cut(): 'cut' {
    this.#tell(`${this.#place}: cut short, the file ends at octet ${this.#fileEnd}`)
    return 'cut'
  }

  get #fileEnd(): number {
    return this.octet + this.#window.end - this.#window.pos
  }

  /** The next value of a file without headers; false at the end, or where nothing can be read on. */
  async #bareRecord(): Promise<boolean> {
    const window = this.#window
    while ((await window.ensure(1)) && fillers.has(window.octets[window.pos] ?? -1)) {
      this.#advance(1)
    }
    if (window.pos === window.end) return false
    this.#records++
    const value = new BerValue()
    const fault = this.#fault
    for (let want = 2; ; ) {
      const there = await window.ensure(want)
      if (value.decode(window.octets, window.pos, window.end, fault)) break
      if (fault.code !== FaultCode.Truncated) return this.#lost(faultText(fault), fault.at)
      const have = window.end - window.pos
      want = fault.at === window.pos ? Math.max(fault.need, have + 1) : have * 2
      if (want > maxRecordOctets && have < maxRecordOctets) want = Math.min(want, maxRecordOctets)
      if (fault.need > maxRecordOctets || have >= maxRecordOctets) {
        return this.#lost(`a record of more than ${maxRecordOctets} octets`, window.pos)
      }
      if (!there) {
        this.#cut()
        return false
      }
    }
    this.#take(window.pos, value.next)
    this.#advance(value.next - window.pos)
    return true
  }

  #take(off: number, end: number): void {
    const { octets, pos } = this.#window
    this.#intake.take(octets, off, end, this.#place, this.octet - pos)
  }

  #lost(why: string, at: number): false {
    const octet = this.octet + at - this.#window.pos
    this.#tell(`${this.#place}: ${why} at octet ${octet}; what follows cannot be read`)
    return false
  }
}
