/** The way through the elements of one PFCP message for readers that want a few of them: each level by a
 * callback, each value by a reader. Read pfcp-ie.ts first, and 3GPP TS 29.244 clause 7.6 (errors): what
 * is wrong in an optional element does not spoil the others. */

import type { Fault } from './fault.js'
import { FieldReader } from './field-reader.js'
import { layerPfcpIe, PfcpIeCursor } from './pfcp-ie.js'

export class PfcpWalk {
  readonly buf: Uint8Array
  readonly #fault: Fault
  readonly #fields = new FieldReader()

  constructor(buf: Uint8Array, fault: Fault) {
    this.buf = buf
    this.#fault = fault
  }

  /** Calls `visit` for every element of [off, end). Its argument is overwritten by the next. */
  each(off: number, end: number, visit: (ie: PfcpIeCursor) => void): void {
    const cursor = new PfcpIeCursor()
    cursor.open(off, end)
    while (cursor.next(this.buf, this.#fault)) visit(cursor)
  }

  /** The element's value; undefined when it is empty, and with the fault raised when it is too short
   * or refused. */
  value<T>(ie: PfcpIeCursor, read: (f: FieldReader) => T): T | undefined {
    if (ie.off === ie.end) return undefined
    const fields = this.#fields
    fields.open(this.buf, ie.off, ie.end)
    const value = read(fields)
    if (!fields.short) return value
    fields.raise(this.#fault, layerPfcpIe)
    return undefined
  }

  /** Appends the element's value to a list, unless it is empty or too short. */
  push<T>(list: T[], ie: PfcpIeCursor, read: (f: FieldReader) => T): void {
    const value = this.value(ie, read)
    if (value !== undefined) list.push(value)
  }
}

/** Readers of plain numbers. */
export const u8 = (f: FieldReader): number => f.u8()
export const u16 = (f: FieldReader): number => f.u16()
export const u32 = (f: FieldReader): number => f.u32()
