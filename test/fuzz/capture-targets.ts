/** Damaged captures through everything that reads captures: the pipeline under several options, and the
 * inspectors of `dissect`. Octets are conserved, results depend on nothing but the frames, and what is
 * printed steers no terminal. */

import { csvLine } from '../../src/cli/output/csv.js'
import { recordLine } from '../../src/cli/output/json.js'
import { frameLine } from '../../src/cli/text/frame-text.js'
import { fieldForms } from '../../src/inspect/frame-fields.js'
import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import { maskFrame } from '../../src/inspect/mask-frame.js'
import type { FrameRecord } from '../../src/record/frame-record.js'
import { article, engineOf, lines, type RunOptions, run, ugw } from '../helpers/run.js'
import type { Material } from './material.js'
import { mutateCapture } from './mutate-capture.js'
import { printable } from './printable.js'
import { Finding, type Input, type Target } from './target.js'
import { WalledSource, walled } from './walled.js'

/** Where the capture holds a whole batch, one batch. */
const oneBatch = 4096

function differ(what: string, a: readonly string[], b: readonly string[]): void {
  const at = a.findIndex((line, i) => line !== b[i])
  if (at < 0 && a.length === b.length) return
  const i = at < 0 ? Math.min(a.length, b.length) : at
  throw new Finding(`${what}: ${a[i] ?? 'nothing'} / ${b[i] ?? 'nothing'}`)
}

const pipelineOptions: Readonly<Record<string, RunOptions>> = {
  tunnels: {},
  'plain-ip': { plainIp: true, uePools: ['10.0.0.0/8', '2001:db8::/32'] },
  'both-points': { dedupe: 'off' },
  'few-flows': { plainIp: true, bounds: { flows: 8 } },
  ugw: {
    plainIp: true,
    engine: engineOf({
      ...ugw,
      pureAck: 'level1',
      teardown: 'level1',
      retransmission: 'exclude',
      headerShare: 'last',
    }),
  },
  proportional: {
    engine: engineOf({ ...article, headerShare: 'proportional', retransmission: 'exclude' }),
    plainIp: true,
  },
}

/** Once in batches of one between zeros, once in one batch between ones. */
async function twice(input: Input): Promise<void> {
  const options = { plainIp: true }
  const first = await run(new WalledSource(input, 0x00, 1), options)
  const second = await run(new WalledSource(input, 0xff, oneBatch), options)
  differ('another result between other walls, in other batches', lines(first), lines(second))
}

/** The explanation of a flow has its octets, and changes nothing. */
async function explained(input: Input): Promise<void> {
  const options = { plainIp: true }
  const plain = await run(new WalledSource(input, 0x00, oneBatch), options)
  for (const flow of plain.flows.slice(-2)) {
    const source = new WalledSource(input, 0x00, oneBatch)
    const traced = await run(source, { ...options, explainFlow: flow.flow, explainAll: true })
    differ(`explaining flow ${flow.flow} changes the records`, lines(plain), lines(traced))
    const slices = traced.explained?.slices ?? []
    const octets = slices.reduce((sum, one) => sum + one.up_bytes + one.down_bytes, 0)
    if (octets !== flow.up_bytes + flow.down_bytes) {
      throw new Finding(`flow ${flow.flow}: ${octets} octets explained`)
    }
  }
}

function printed(record: FrameRecord): string {
  const masked = maskFrame(record)
  const json = recordLine(record)
  const line = frameLine(masked, true, 10_000)
  printable(line)
  printable(json)
  printable(csvLine(Object.values(masked.fields)))
  for (const name of Object.keys(record.fields)) {
    if (!fieldForms.has(name)) throw new Finding(`field ${name} is not in any inspector's list`)
  }
  const most = 20_000 + 400 * record.len
  if (json.length > most) throw new Finding(`frame ${record.frame}: ${json.length} characters`)
  return json
}

function inspect(input: Input): void {
  const batches = [walled(input, 0x00), walled(input, 0xff)] as const
  const inspectors = [new FrameInspector(), new FrameInspector()] as const
  for (let i = 0; i < input.length; i++) {
    const first = printed(inspectors[0].inspect(batches[0], i))
    const second = recordLine(inspectors[1].inspect(batches[1], i))
    if (first !== second) throw new Finding(`reads past frame ${i + 1}: ${first} / ${second}`)
  }
}

export function captureTargets({ captures }: Material): Target[] {
  const target = (name: string, weight: number, check: Target['check']): Target => ({
    name,
    weight,
    make: random => mutateCapture(captures, random),
    check,
  })
  const pipelines = Object.entries(pipelineOptions).map(([name, options]) =>
    target(`pipeline/${name}`, 5, async input => {
      await run(new WalledSource(input, 0x00, oneBatch), options)
    }),
  )
  return [
    ...pipelines,
    target('pipeline/twice', 10, twice),
    target('pipeline/explain', 4, explained),
    target('inspect', 14, inspect),
  ]
}
