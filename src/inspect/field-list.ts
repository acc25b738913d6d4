/** Layers and named fields of one frame, as `dissect` shows them: names are those of Wireshark's
 * display filter reference where it has one. A field that occurs twice has two values, in the order
 * in which the octets have them. */

import type { FieldValue } from '../record/filter/field.js'

/** Values of one frame beyond this are left out: a frame of empty elements could make millions. */
const maxValues = 4096

export class FieldList {
  /** from the outermost to the innermost */
  readonly layers: string[] = []
  /** more values were there than are kept */
  cut = false
  readonly #values = new Map<string, FieldValue[]>()
  #count = 0

  layer(name: string): void {
    if (this.layers.length < maxValues) this.layers.push(name)
  }

  add(name: string, value: FieldValue): void {
    if (this.#count === maxValues) {
      this.cut = true
      return
    }
    this.#count++
    const values = this.#values.get(name)
    if (values === undefined) this.#values.set(name, [value])
    else values.push(value)
  }

  /** Adds text that is there; '' is how the decoders say that it is not. */
  addText(name: string, text: string): void {
    if (text !== '') this.add(name, text)
  }

  get(name: string): readonly FieldValue[] {
    return this.#values.get(name) ?? []
  }

  /** Fields in the order in which they were first seen. */
  toRecord(): Record<string, readonly FieldValue[]> {
    return Object.fromEntries(this.#values)
  }
}

/** A number as Wireshark prints identifiers: `0x` and at least `digits` digits. */
export function hexNumber(value: number, digits: number): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, '0')}`
}
