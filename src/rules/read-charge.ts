/** The `charges` of a rule set, and references to them. */

import { ruleIdHex } from '../record/figures.js'
import { nearestWord } from '../record/filter/nearest.js'
import { reportForm } from './form-issues.js'
import type { Fragment } from './rule-fragment.js'
import type { Charge } from './rule-set.js'
import { assumedText, chargeShape, HIGHEST_ID } from './schema.js'
import type { Path, YamlSource } from './yaml-source.js'

/** As the YAML reader writes numbers, signs and fractions included: those are out of range, not text. */
const number = /^-?\d+(\.\d+)?(e\+\d+)?$/

export class ChargeList {
  readonly charges: Charge[] = []
  readonly #index = new Map<string, number>()
  /** also those whose body is wrong: a reference to them is not a second problem */
  readonly #named = new Set<string>()

  constructor(fragments: readonly Fragment[]) {
    for (const { source, values } of fragments)
      for (const [key, value] of Object.entries(values.charges ?? {}))
        this.#read(source, key, value)
  }

  #read(source: YamlSource, key: string, value: unknown): void {
    const path = ['charges', key]
    if (!number.test(key)) {
      source.refuse(path, 'key', 'BAD-VALUE', `"${key}" is not a charging id`, 'a number')
      return
    }
    const id = Number(key)
    if (this.#named.has(String(id)))
      source.refuse(path, 'key', 'DUPLICATE-ID', `charging id ${key} is here twice`)
    this.#named.add(String(id))
    if (!Number.isInteger(id) || id < 0 || id > HIGHEST_ID) {
      const text = `charging id ${key} is not a whole number from 0 to ${HIGHEST_ID}`
      source.refuse(path, 'key', 'ID-OUT-OF-RANGE', text)
      return
    }
    const form = chargeShape.safeParse(value)
    if (!form.success) {
      reportForm(source, path, value, form.error.issues, Object.keys(chargeShape.shape))
      return
    }
    const { tariff, name, ratingGroup, serviceId, online, offline, synthetic, assumed } = form.data
    this.#index.set(String(id), this.charges.length)
    this.charges.push({
      id,
      idHex: ruleIdHex(id),
      tariff,
      name,
      ratingGroup: ratingGroup ?? id,
      serviceId,
      online,
      offline,
      synthetic: synthetic ?? false,
      assumed: assumedText(assumed),
      at: source.place(path, 'key'),
    })
  }

  /** Index of a charging id; -1, and a problem, when it is not defined. */
  indexOf(source: YamlSource, path: Path, id: number): number {
    const key = String(id)
    const index = this.#index.get(key)
    if (index !== undefined) return index
    if (!this.#named.has(key)) {
      const text = `charging id ${key} is not defined under charges`
      source.refuse(path, 'value', 'UNDEFINED-REF', text, nearestWord(key, this.#named))
    }
    return -1
  }
}
