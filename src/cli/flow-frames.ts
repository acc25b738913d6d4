/** Which frames of captures are those of some flows, fragments too, and which control messages belong to their
 * subscribers' sessions. The captures are read once, and twice more for the messages. */

import type { PacketWatch } from '../flow/flow-options.js'
import { ControlExchanges } from '../pipeline/control-exchange.js'
import { FrameSet } from '../pipeline/frame-set.js'
import type { RuleEngine } from '../rules/engine.js'
import { openSource } from '../source/open-source.js'
import { FrameBatch, type SourceStatus } from '../source/source.js'
import { analyse } from './analyse.js'
import type { Invocation } from './command.js'
import { Funnel } from './funnel.js'
import { selectionOf } from './select.js'

/** What is meant: frames that open flows, and subscribers. */
export interface WantedFlows {
  flows: FrameSet
  imsis: ReadonlySet<string>
}

export interface FlowFrames {
  /** of users' packets */
  users: FrameSet
  /** of control messages: they belong to the case whenever they were */
  messages: FrameSet
}

/** Undefined when it was interrupted. */
export async function framesOfFlows(
  call: Invocation,
  paths: readonly string[],
  engine: RuleEngine,
  wanted: WantedFlows,
  control: boolean,
): Promise<FlowFrames | undefined> {
  const frames: FlowFrames = { users: new FrameSet(), messages: new FrameSet() }
  const { users, messages } = frames
  const watch: PacketWatch = (view, flowFrame) => {
    if (!wanted.flows.has(flowFrame)) return
    users.add(view.frame)
    for (const part of view.parts) users.add(part)
  }
  const everything = selectionOf({
    ...call.options,
    filter: undefined,
    since: undefined,
    until: undefined,
  })
  const funnel = new Funnel(control ? ['session'] : [], everything, record => {
    if (record.type !== 'session') return
    if (record.imsi !== undefined && wanted.imsis.has(record.imsi)) messages.add(record.frame)
  })
  const { interrupted } = await analyse(call, paths, engine, funnel, { onPacket: watch })
  if (interrupted) return undefined
  if (!control) return frames
  const exchanges = new ControlExchanges(messages)
  await everyBatch(paths, batch => exchanges.learn(batch))
  await everyBatch(paths, batch => exchanges.complete(batch))
  return frames
}

export async function everyBatch(
  paths: readonly string[],
  visit: (batch: FrameBatch, status: SourceStatus) => void,
): Promise<void> {
  const source = await openSource(paths)
  const batch = new FrameBatch()
  try {
    while ((await source.next(batch)) > 0) visit(batch, source.status)
  } finally {
    await source.close()
  }
}
