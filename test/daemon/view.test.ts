/** A run that is looked at while it goes on: at every moment the octets of open and ended flows together are those
 * of the packets so far, and at the end rows are the records of a replay. */

import { join } from 'node:path'
import t from 'tap'
import { rulesNow } from '../../src/cli/rules-now.js'
import { type RulesInForce, rulesLabel } from '../../src/pipeline/rules-in-force.js'
import { RunState } from '../../src/pipeline/run-state.js'
import { Pipeline } from '../../src/pipeline.js'
import { verdictOrder } from '../../src/record/figures.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'
import { AlertBook } from '../../src/view/alert-book.js'
import { LogBook } from '../../src/view/log-book.js'
import { ProbeView } from '../../src/view/probe-view.js'
import { ViewRows } from '../../src/view/view-rows.js'
import { engineOf, root, run, ugw } from '../helpers/run.js'

const noStore = { load: () => [], save: () => undefined, remove: () => undefined }

/** A pipeline with its view, by hand. */
function looked(engine = engineOf()) {
  let steadyUs = 0
  let nowUs = 1_700_000_000_000_000
  let rules = rulesNow(engine, 'rules', 0)
  const view: ProbeView = new ProbeView(
    () => state,
    {
      mode: 'live',
      probe: 'test',
      version: '0',
      startedUs: nowUs,
      nowUs: () => nowUs,
      steadyUs: () => steadyUs,
      turn: async () => undefined,
      drops: () => 0,
      reload: async () => ({ ok: true, lines: [] }),
    },
    new AlertBook(noStore),
    new LogBook(),
  )
  const pipeline = new Pipeline({ engine, reloads: true }, view.sink(rulesLabel(engine)))
  const state: RunState = new RunState(
    () => pipeline.stages,
    () => rules,
  )
  return {
    view,
    pipeline,
    rows: new ViewRows(view),
    pass: (us: number) => {
      steadyUs += us
    },
    setClock: (us: number) => {
      nowUs = us
    },
    use: (next: typeof engine) => {
      rules = rulesNow(next, 'rules', 0)
      pipeline.useRules(next, view.sink(rulesLabel(next)))
    },
  }
}

function octetsOf(view: ProbeView): number {
  return verdictOrder.reduce((sum, verdict) => {
    const { up, down } = view.verdict(verdict)
    return sum + up + down
  }, 0)
}

/** Hands the frames on in small pieces and calls `each` after every piece. */
async function inPieces(
  pipeline: Pipeline,
  capture: string,
  piece: number,
  each: (frames: number) => Promise<void>,
): Promise<void> {
  const source = await openSource([join(root, 'captures', capture)])
  const batch = new FrameBatch()
  const part = new FrameBatch()
  let frames = 0
  for (let n = await source.next(batch); n > 0; n = await source.next(batch)) {
    for (let from = 0; from < n; from += piece) {
      const count = Math.min(piece, n - from)
      part.block = batch.block
      part.firstFrame = batch.firstFrame + from
      part.count = count
      for (const key of ['off', 'caplen', 'wirelen', 'timeUs', 'linkType', 'iface'] as const) {
        part[key].set(batch[key].subarray(from, from + count))
      }
      pipeline.take(part, count, source.status)
      frames += count
      await each(frames)
    }
  }
  await source.close()
}

const captures = [
  'newspaper.pcap',
  'quic.pcap',
  'wtp-segmented.pcap',
  'sgsn-restart.pcap',
  'tcp-reordered.pcap',
  'quota-syn-unanswered.pcap',
  'no-control.pcap',
  'mms-over-wsp.pcap',
]

for (const capture of captures) {
  t.test(`${capture}: octets seen at any moment are those of the packets`, async t => {
    const { view, pipeline, rows, pass } = looked()
    let open = 0
    await inPieces(pipeline, capture, 5, async frames => {
      pass(1_000_000)
      await view.look()
      const { octets, openFlows } = view.counters
      open = Math.max(open, openFlows)
      if (octetsOf(view) !== octets) t.equal(octetsOf(view), octets, `after ${frames} frames`)
    })
    t.ok(open > 0, 'flows were open')
    pipeline.end()
    await view.look()
    t.equal(octetsOf(view), view.counters.octets)
    const replay = await run(await openSource([join(root, 'captures', capture)]))
    t.equal(view.counters.octets, replay.summary.bytes)
    const page = await rows.page('flows', { sort: 'flow', offset: 0, limit: 1000 })
    const records = replay.flows
      .map(({ type: _type, schema: _schema, ...row }) => row)
      .sort((a, b) => Number(a.flow) - Number(b.flow))
    t.strictSame(page.rows, records)
    const subscribers = await rows.page('subscribers', { offset: 0, limit: 1000 })
    const bytes = (list: readonly { up_bytes: number; down_bytes: number }[]) =>
      list.reduce((sum, one) => sum + one.up_bytes + one.down_bytes, 0)
    const known = replay.subscribers.filter(one => one.imsi !== undefined)
    t.equal(bytes(subscribers.rows.filter(one => one.imsi !== undefined)), bytes(known))
    for (const one of known) {
      const row = subscribers.rows.find(other => other.imsi === one.imsi)
      t.match(row, {
        flows: one.flows,
        free_bytes: one.free_bytes,
        charged_bytes: one.charged_bytes,
        unknown_bytes: one.unknown_bytes,
      })
    }
  })
}

t.test('an open flow is explained, and its verdict is what it will be', async t => {
  const { view, pipeline } = looked()
  const verdicts = new Map<string, string>()
  let explained = 0
  await inPieces(pipeline, 'newspaper.pcap', 1, async () => {
    await view.state.eachOpenFlow(
      async () => undefined,
      flow => {
        const row = flow.row()
        verdicts.set(row.flow, row.verdict)
        const { explain } = view.why(row.flow)
        if (explain.verdict !== row.verdict || explain.flow !== row.flow) t.fail(row.flow)
        explained++
      },
    )
  })
  t.ok(explained > 20, `${explained} explanations`)
  pipeline.end()
  for (const [flow, verdict] of verdicts) t.equal(view.ended.find(flow)?.verdict, verdict, flow)
  t.throws(() => view.why('99999'), /flow 99999 is not known/)
})

t.test(
  'rules loaded on the way: no octet is lost, and a flow keeps the rules it opened under',
  async t => {
    const { view, pipeline, use, pass } = looked()
    const charged = engineOf(undefined, allCharged)
    const openAtSwap: string[] = []
    let swappedAt = 0
    await inPieces(pipeline, 'newspaper.pcap', 5, async frames => {
      if (frames >= 40 && openAtSwap.length === 0 && view.counters.openFlows > 0) {
        swappedAt = frames
        await view.state.eachOpenFlow(
          async () => undefined,
          flow => openAtSwap.push(flow.flow),
        )
        use(charged)
      }
      pass(1_000_000)
      await view.look()
      const { octets } = view.counters
      if (octetsOf(view) !== octets) t.equal(octetsOf(view), octets, `after ${frames} frames`)
    })
    t.ok(openAtSwap.length > 0, 'flows were open')
    pipeline.end()
    await view.look()
    t.equal(octetsOf(view), view.counters.octets)
    const before = rulesLabel(engineOf())
    for (const flow of [...view.ended.inOrder()].map(row => view.shown(row))) {
      const wasOpen = openAtSwap.includes(flow.flow)
      if (Number(flow.flow) > swappedAt) {
        t.equal(flow.verdict, 'CHRG', flow.flow)
        t.equal(flow.rules_version, undefined)
      } else if (wasOpen) t.equal(flow.rules_version, before)
    }
    const old = openAtSwap[0] ?? ''
    t.match(view.why(old).now?.rules.version, '2')
    const { state } = view
    const sums = await state.subscribers(async () => undefined)
    t.equal(
      sums.reduce((sum, one) => sum + one.up_bytes + one.down_bytes, 0),
      view.counters.octets,
    )
  },
)

const allCharged = `ruleset: all
version: "2"
profile: article
charges:
  1: {tariff: charged}
default: 1
level1: []
`

t.test('rates do not mind a clock that is set', async t => {
  const { view, pipeline, pass, setClock } = looked()
  await inPieces(pipeline, 'newspaper.pcap', 10, async frames => {
    if (frames === 50) setClock(1_600_000_000_000_000)
    if (frames === 100) setClock(1_800_000_000_000_000)
    pass(1_000_000)
    await view.look()
  })
  t.equal(view.series.growth('packets', 3600), 183)
  t.ok(view.series.span(3600) >= 19 && view.series.span(3600) <= 20, 'seconds that passed')
})

t.test('a generation of rules without flows is told once', async t => {
  const { pipeline } = looked()
  const rules: RulesInForce = pipeline.stages.rules
  t.strictSame(rules.takeFinished(), [])
  pipeline.useRules(engineOf(ugw), { wants: new Set(), write: () => undefined })
  t.equal(rules.all.length, 2)
})
