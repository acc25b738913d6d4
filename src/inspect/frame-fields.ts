/** The fields of frames for the filter language: what the inspectors add, Wireshark's `frame.*`, and
 * its names for either end (`ip.addr`). A bare word is a protocol, a field, or part of any value. */

import {
  type FieldReader,
  type FieldSet,
  type FieldValue,
  type FilterField,
  fieldSet,
  keys,
  type Row,
  time,
} from '../record/filter/field.js'
import { inspectors } from './all.js'
import type { FieldForm, Inspector } from './inspector.js'

const personal: ReadonlySet<FieldForm> = new Set(['imsi', 'msisdn', 'imei'])

/** `_ws.malformed` says where a decoder stopped and why. */
const malformed = '_ws.malformed'

/** Forms of all fields that a frame can have. */
export const fieldForms: ReadonlyMap<string, FieldForm> = new Map([
  ...inspectors.flatMap(inspector => Object.entries(inspector.fields)),
  [malformed, 'text'],
])

/** Fields of one end and of the other. */
const eitherEnd: Readonly<Record<string, readonly string[]>> = {
  'eth.addr': ['eth.src', 'eth.dst'],
  'ip.addr': ['ip.src', 'ip.dst'],
  'ipv6.addr': ['ipv6.src', 'ipv6.dst'],
  'tcp.port': ['tcp.srcport', 'tcp.dstport'],
  'udp.port': ['udp.srcport', 'udp.dstport'],
  'sctp.port': ['sctp.srcport', 'sctp.dstport'],
}

function fieldsOf(row: Row): Readonly<Record<string, readonly FieldValue[]>> {
  return (row.fields ?? {}) as Readonly<Record<string, readonly FieldValue[]>>
}

function layersOf(row: Row): readonly string[] {
  return Array.isArray(row.layers) ? (row.layers as readonly string[]) : []
}

function reader(...names: readonly string[]): FieldReader {
  return row => {
    const fields = fieldsOf(row)
    return names.flatMap(name => fields[name] ?? [])
  }
}

function field(name: string, form: FieldForm, read: FieldReader): FilterField {
  const kind = personal.has(form) ? 'text' : (form as FilterField['kind'])
  return { name, aliases: [], kind, doc: '', read }
}

function* allFields(): Generator<FilterField> {
  for (const [name, form] of fieldForms) yield field(name, form, reader(name))
  for (const [name, ends] of Object.entries(eitherEnd)) {
    yield field(name, fieldForms.get(ends[0] ?? '') ?? 'text', reader(...ends))
  }
  yield { ...field('frame', 'number', keys('frame')), aliases: ['frame.number'] }
  yield { ...field('len', 'number', keys('len')), aliases: ['frame.len'] }
  yield field('frame.cap_len', 'number', row => [Number(row.caplen ?? row.len)])
  yield { ...field('ts', 'time', time('ts')), aliases: ['frame.time'] }
  yield field('frame.protocols', 'text', row => [layersOf(row).join(':')])
}

const protocols: ReadonlySet<string> = new Set(inspectors.map((one: Inspector) => one.name))

/** `gtp` is the protocol, `dns.qry.name` asks whether there is one, other words are part of a value. */
function search(text: string): (row: Row) => boolean {
  const word = text.toLowerCase()
  if (protocols.has(word)) return row => layersOf(row).includes(word)
  const named = frameFields.find(word)
  if (named !== undefined) return row => named.read(row).length > 0
  return row =>
    layersOf(row).includes(word) ||
    Object.values(fieldsOf(row)).some(values =>
      values.some(value => String(value).toLowerCase().includes(word)),
    )
}

export const frameFields: FieldSet = fieldSet(allFields(), search)
