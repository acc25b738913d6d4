/** Diameter of the shared captures, message by message, against what tshark says of them: once through the
 * fields of `dissect`, once through the streams that the analysis reads. */

import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { DiameterStreams } from '../../src/dissect/diameter-stream.js'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketKind } from '../../src/dissect/packet-view.js'
import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'
import { DiameterHeader } from '../../src/wire/diameter.js'
import { Fault } from '../../src/wire/fault.js'
import { shared } from '../wire-wap/capture.js'

type Row = Record<string, unknown> & { frame: number }

interface Message {
  frame: number
  command: number
  request: boolean
  hopByHop: number
}

interface Seen {
  rows: Row[]
  malformed: number[]
  messages: Message[]
  faults: Record<string, number>
}

/** Key of the truth -> field. */
const fields: readonly (readonly [key: string, field: string])[] = [
  ['cmd', 'diameter.cmd.code'],
  ['req', 'diameter.flags.request'],
  ['app', 'diameter.applicationId'],
  ['session', 'diameter.Session-Id'],
  ['cc_type', 'diameter.CC-Request-Type'],
  ['cc_num', 'diameter.CC-Request-Number'],
  ['sub', 'diameter.Subscription-Id-Data'],
  ['called', 'diameter.Called-Station-Id'],
  ['ip', 'diameter.Framed-IP-Address.IPv4'],
  ['result', 'diameter.Result-Code'],
  ['rg', 'diameter.Rating-Group'],
  ['rule', 'diameter.Charging-Rule-Name'],
  ['user', 'diameter.User-Name'],
]

async function see(path: string): Promise<Seen> {
  const seen: Seen = { rows: [], malformed: [], messages: [], faults: {} }
  const dissector = new Dissector({ plainIp: false })
  const header = new DiameterHeader()
  const fault = new Fault()
  const streams = new DiameterStreams(
    {
      diameter(buf, off, end, view) {
        if (!header.decode(buf, off, end, fault)) seen.malformed.push(view.frame)
        const { command, request, hopByHop } = header
        seen.messages.push({ frame: view.frame, command, request, hopByHop })
      },
    },
    dissector.faults,
  )
  const inspector = new FrameInspector()
  const source = await openSource([path])
  const batch = new FrameBatch()
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      if (dissector.decode(batch, i) === PacketKind.Plain) streams.add(dissector.view)
      const record = inspector.inspect(batch, i)
      if (!record.layers.includes('diameter')) continue
      if (record.fields['_ws.malformed'] !== undefined) seen.malformed.push(record.frame)
      const row: Row = { frame: record.frame }
      for (const [key, field] of fields) {
        const values = record.fields[field]
        if (values !== undefined) row[key] = key === 'req' ? values : values.map(String)
      }
      seen.rows.push(row)
    }
  }
  await source.close()
  seen.faults = dissector.faults.toRecord()
  return seen
}

/** TS 29.212 clause 5.3.6: Charging-Rule-Name is an OctetString. tshark prints its hex digits; here it is
 * the text that it holds. */
function withRuleNames(row: Row): Row {
  if (!Array.isArray(row.rule)) return row
  return { ...row, rule: row.rule.map(digits => Buffer.from(String(digits), 'hex').toString()) }
}

/** In this capture 237 requests stand behind the packet that acknowledges them: the frames were captured out
 * of order. tshark takes such a segment for a spurious retransmission and does not look into it, but
 * its octets occur nowhere before (RFC 9293 section 3.4): they are the only copy. With them every
 * answer has its request; without them 237 have none. */
const acknowledgedBefore: Readonly<Record<string, number>> = {
  'traffic-factory__4G_Diameter.pcapng': 237,
}

function unanswered(messages: readonly Message[]): number {
  const open = new Map<number, number>()
  for (const { hopByHop, request } of messages) {
    open.set(hopByHop, (open.get(hopByHop) ?? 0) + (request ? 1 : -1))
  }
  return [...open.values()].filter(n => n !== 0).length
}

t.test('every message of the shared captures', async t => {
  const folder = shared(t, 'truth')
  if (folder === '') return
  let compared = 0
  for (const file of readdirSync(folder)) {
    const truth: { diameter_messages: Row[] } = JSON.parse(
      readFileSync(`${folder}/${file}`, 'utf8'),
    )
    const name = file.replace(/\.json$/, '')
    if (truth.diameter_messages.length === 0) continue
    const seen = await see(shared(t, name))
    const known = new Set(truth.diameter_messages.map(row => row.frame))
    const same = seen.rows.filter(row => known.has(row.frame))
    t.same(same, truth.diameter_messages.map(withRuleNames), name)
    t.equal(seen.rows.length - same.length, acknowledgedBefore[name] ?? 0, `${name}: frames more`)
    t.same(seen.malformed, [], name)
    t.same(
      seen.messages.map(one => String(one.command)),
      seen.rows.flatMap(row => row.cmd),
      `${name}: the streams have the same`,
    )
    t.same(
      [...new Set(seen.messages.map(one => one.frame))],
      seen.rows.map(row => row.frame),
      name,
    )
    if (name in acknowledgedBefore) t.equal(unanswered(seen.messages), 0, `${name}: answered`)
    compared += same.length
  }
  t.ok(compared > 2300, `${compared} frames compared`)
})

t.test('captures without Diameter have none', async t => {
  const folder = shared(t, 'truth')
  if (folder === '') return
  for (const file of readdirSync(folder)) {
    const truth: { diameter_messages: Row[] } = JSON.parse(
      readFileSync(`${folder}/${file}`, 'utf8'),
    )
    if (truth.diameter_messages.length > 0) continue
    const { rows, messages } = await see(shared(t, file.replace(/\.json$/, '')))
    t.same([rows.length, messages.length], [0, 0], file)
  }
})
