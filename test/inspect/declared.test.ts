/** Every field that an inspector adds is declared, with what it holds: the filter, --fields and the masks
 * go by the declarations. Over the project's captures and, when they are here, the shared ones. */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { inspectors } from '../../src/inspect/all.js'
import { fieldForms } from '../../src/inspect/frame-fields.js'
import type { FieldForm } from '../../src/inspect/inspector.js'
import { addressOctets } from '../../src/record/filter/values.js'
import { parseTime } from '../../src/record/time.js'
import { root } from '../helpers/run.js'
import { readFrames } from '../oracle/read-frames.js'

const numeric = /^(-?\d+(\.\d+)?|0x[0-9a-f]+)$/

function holds(form: FieldForm | undefined, value: string | number): boolean {
  switch (form) {
    case undefined:
      return false
    case 'number':
    case 'octets':
    case 'seconds':
      return typeof value === 'number' || numeric.test(value)
    case 'teid':
      return /^0x[0-9a-f]{4,8}$/.test(String(value))
    case 'address':
      return addressOctets(String(value)) !== undefined
    case 'time':
      return typeof value === 'number' || parseTime(value) !== undefined
    default:
      return typeof value === 'string'
  }
}

const folders = [join(root, 'captures'), join('..', 'shared', 'captures')]
const names: ReadonlySet<string> = new Set(inspectors.map(one => one.name))

for (const folder of folders) {
  if (!existsSync(folder)) {
    t.comment('shared captures not here: fields not compared')
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'shared captures are required')
    continue
  }
  const wrong = new Set<string>()
  const layers = new Set<string>()
  let values = 0
  for (const file of readdirSync(folder).filter(name => /\.pcap(ng)?$/.test(name))) {
    for (const frame of await readFrames(join(folder, file))) {
      for (const layer of frame.layers) if (!names.has(layer)) layers.add(layer)
      for (const [name, list] of Object.entries(frame.fields)) {
        for (const value of list) {
          values++
          if (!holds(fieldForms.get(name), value)) wrong.add(`${name}: ${value} (${file})`)
        }
      }
    }
  }
  t.ok(values > 1000)
  t.strictSame([...wrong].slice(0, 20), [], folder)
  t.strictSame(
    [...layers].filter(layer => !layer.startsWith('linktype-')),
    [],
    'layers are inspectors',
  )
}

t.test('declarations do not contradict each other', async t => {
  t.equal(names.size, inspectors.length, 'one inspector a name')
  const forms = new Map<string, FieldForm>()
  for (const { name, fields, summary, doc } of inspectors) {
    for (const [field, form] of Object.entries(fields)) {
      t.equal(forms.get(field) ?? form, form, `${name}: ${field}`)
      forms.set(field, form)
    }
    for (const field of summary ?? []) t.ok(field in fields, `${name}: summary ${field}`)
    t.ok(doc.standard.length > 2 && doc.decoded.length > 2 && doc.missing.length > 2, name)
  }
})
