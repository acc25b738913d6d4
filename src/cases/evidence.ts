/** The patterns of a case: expressions of the filter language over records, compiled, and refused where they
 * ask for what a record of that type never has. */

import { type EvidenceKind, evidenceKinds } from '../record/case-record.js'
import { recordFields } from '../record/filter/all.js'
import { compileFilter, type RecordTest } from '../record/filter/evaluate.js'
import type { FieldSet, FilterField } from '../record/filter/field.js'
import { type Filter, parseFilter } from '../record/filter/parser.js'
import { keyOrder } from '../record/key-order.js'
import type { Path, YamlSource } from '../rules/yaml-source.js'
import type { Bilingual, EvidenceShape } from './case-file.js'
import { handsetFields } from './handset-field.js'

export interface Evidence {
  readonly of: EvidenceKind
  /** all flow and transaction patterns of this scope must hold for one flow */
  readonly scope: 'flow' | 'subscriber'
  readonly needed: boolean
  readonly pattern: string
  readonly test: RecordTest
  readonly fields: readonly FilterField[]
  readonly shows: Bilingual | undefined
}

/** A pattern is read by people; a longer one is not. */
const longestPattern = 4096

/** Undefined after a refusal. */
export function compileEvidence(
  source: YamlSource,
  path: Path,
  shape: EvidenceShape,
): Evidence | undefined {
  const named = evidenceKinds.filter(kind => shape[kind] !== undefined)
  const [of, second] = named
  if (of === undefined || second !== undefined) {
    const which = of === undefined ? 'none' : `"${of}" and "${second}"`
    const text = `takes one of ${evidenceKinds.join(', ')}; it has ${which}`
    source.refuse(path, 'value', 'BAD-VALUE', `evidence ${text}`)
    return undefined
  }
  const at = [...path, of]
  const pattern = shape[of] ?? ''
  if (pattern.length > longestPattern) {
    source.refuse(at, 'value', 'LIMIT', `${of}: longer than ${longestPattern} characters`)
    return undefined
  }
  const fieldSet = of === 'handset' ? handsetFields : recordFields
  const parsed = parseFilter(pattern, fieldSet)
  if (!parsed.ok) {
    const { message, suggestion, at: offset } = parsed.error
    const where = offset === 0 ? '' : ` (character ${offset + 1})`
    source.refuse(at, 'value', 'BAD-VALUE', `${of}: ${message}${where}`, suggestion)
    return undefined
  }
  const fields = fieldsOf(parsed.filter, fieldSet)
  const foreign = of === 'handset' ? undefined : fields.find(field => !has(of, field))
  if (foreign !== undefined) {
    const owner = evidenceKinds.find(kind => kind !== 'handset' && has(kind, foreign))
    source.refuse(at, 'value', 'BAD-VALUE', `a ${of} has no "${foreign.name}"`, owner)
    return undefined
  }
  return {
    of,
    scope: of === 'flow' || of === 'transaction' ? (shape.scope ?? 'flow') : 'subscriber',
    needed: shape.optional !== true,
    pattern,
    test: compileFilter(parsed.filter, fieldSet),
    fields,
    shows: shape.shows,
  }
}

/** The fields that a filter names, each once, in the order of the text. */
function fieldsOf(filter: Filter, set: FieldSet): FilterField[] {
  const names = new Set<string>()
  const visit = (part: Filter): void => {
    switch (part.kind) {
      case 'and':
      case 'or':
        part.of.forEach(visit)
        break
      case 'not':
        visit(part.of)
        break
      case 'search':
        break
      default:
        names.add(part.field)
    }
  }
  visit(filter)
  return [...names].flatMap(name => set.find(name) ?? [])
}

/** Values that some reader takes: a time, a number, a text; a protocol for fields of one protocol. */
const samples: readonly unknown[] = ['2026-11-21T09:30:00.000000Z', 1]
const protocols = ['tcp', 'udp'] as const

/** Whether a record of the type with every key can have the field. */
function has(kind: Exclude<EvidenceKind, 'handset'>, field: FilterField): boolean {
  const keys = [...keyOrder[kind]].filter(key => !['contexts', 'reasons', 'protocol'].includes(key))
  const isFlow = keyOrder[kind].includes('protocol')
  const withReasons = keyOrder[kind].includes('reasons')
  return samples.some(value =>
    protocols.some(protocol => {
      const row: Record<string, unknown> = Object.fromEntries(keys.map(key => [key, value]))
      row.type = kind
      if (isFlow) row.protocol = protocol
      if (withReasons) row.reasons = ['opaque']
      if (kind === 'subscriber') row.contexts = [sampleContext]
      return field.read(row).length > 0
    }),
  )
}

/** Keys of a context that fields read. */
const sampleContext = {
  apn: 'wap',
  rat: 'utran',
  teid_up: '0x00000001',
  teid_down: '0x00000002',
  ue_v4: '192.0.2.1',
  ue_v6: '2001:db8::/64',
}
