/** The comparison itself: a scenario that fits is accepted in every statement, and each change of one record
 * is found. */

import t from 'tap'
import { compare } from './compare.js'
import { fitting, lab, stamp } from './hand-made.js'
import { Replayed } from './replay.js'

type Records = ReturnType<typeof fitting>

function failing(change: (records: Records) => void): string[] {
  const records = fitting()
  change(records)
  const { flows, transactions, usage, sessions, subscribers, summary } = records
  const all = [...flows, ...transactions, ...usage, ...sessions, ...subscribers, summary]
  return compare(lab, new Replayed(all))
    .filter(check => !check.ok)
    .map(check => `${check.name}: wanted ${check.wanted}, found ${check.found}`)
}

t.test('records that fit are accepted', async t => {
  t.strictSame(
    failing(() => undefined),
    [],
  )
})

t.test('every change is found', async t => {
  const changes: [string, (records: Records) => void][] = [
    ['tariff of a request', r => Object.assign(r.transactions[0]!, { tariff: 'charged' })],
    ['rule of a request', r => Object.assign(r.transactions[0]!, { rule_id: 4261871614 })],
    [
      'data id and default are two',
      r => Object.assign(r.transactions[1]!, { rule_id: 4294967294 }),
    ],
    ['URL of a request', r => Object.assign(r.transactions[1]!, { url: 'http://other/' })],
    ['octets of a request', r => Object.assign(r.transactions[1]!, { up_bytes: 637 })],
    ['time of a request', r => Object.assign(r.transactions[1]!, { ts: stamp(5) })],
    ['rule of an opaque flow', r => Object.assign(r.flows[1]!, { rule_id: 4294967294 })],
    ['port of an opaque flow', r => Object.assign(r.flows[1]!, { server_port: 9202 })],
    ['packets of a flow', r => Object.assign(r.flows[0]!, { up_packets: 11 })],
    ['a flow more', r => r.flows.push({ ...r.flows[1]!, ue_port: 4002, ts: stamp(7) })],
    ['octets of the ledger', r => Object.assign(r.usage[1]!, { down_bytes: 3053 })],
    ['free octets', r => Object.assign(r.usage[0]!, { tariff: 'charged' })],
    ['subscriber of the ledger', r => Object.assign(r.usage[0]!, { imsi: '460019' })],
    ['summary', r => Object.assign(r.summary, { bytes: 5175 })],
    ['an incomplete run', r => Object.assign(r.summary, { complete: false })],
    ['sessions', r => Object.assign(r.summary, { sessions: 2 })],
    ['MSISDN', r => Object.assign(r.subscribers[0]!, { msisdn: '86130' })],
    ['TEID', r => Object.assign(r.subscribers[0]!.contexts[0]!, { teid_up: '0x00000001' })],
    ['cell', r => Object.assign(r.subscribers[0]!.contexts[0]!, { uli: 'sai 460-01-4660-1' })],
    [
      'end of the context',
      r => Object.assign(r.subscribers[0]!.contexts[0]!, { end_reason: 'replaced' }),
    ],
    ['a context more', r => r.subscribers[0]!.contexts.push(r.subscribers[0]!.contexts[0]!)],
    ['cause of the rejection', r => Object.assign(r.sessions[0]!, { cause: 220 })],
    ['no rejection', r => r.sessions.pop()],
  ]
  for (const [name, change] of changes) t.not(failing(change).length, 0, name)
})
