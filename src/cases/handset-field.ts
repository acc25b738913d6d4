/** The fields of a handset for the filter language: the `handset` patterns of cases ask for these. */

import {
  type FieldKind,
  type FieldSet,
  type FilterField,
  fieldSet,
  keys,
  type Row,
} from '../record/filter/field.js'

function field(name: string, kind: FieldKind, doc: string): FilterField {
  return { name, aliases: [], kind, doc, read: keys(name) }
}

const fields: readonly FilterField[] = [
  field('brand', 'text', 'id of the handset file, or the name in it'),
  field('model', 'text', 'model'),
  { ...field('wap', 'word', 'generation of WAP'), values: ['1.x', '2.0'] },
  {
    ...field('known', 'word', 'was the handset recognised'),
    values: ['yes', 'no'],
    read: (row: Row) => [row.known === true ? 'yes' : 'no'],
  },
  field('user_agent', 'text', 'as it names itself'),
  field('ua_profile', 'text', 'URL of its UAProf description'),
  field('tac', 'text', 'first 8 digits of the IMEI'),
]

/** A bare word is part of a brand, a model or a User-Agent. */
function search(text: string): (row: Row) => boolean {
  const part = text.toLowerCase()
  const read = keys('brand', 'model', 'user_agent')
  return row => read(row).some(value => String(value).toLowerCase().includes(part))
}

export const handsetFields: FieldSet = fieldSet(fields, search)
