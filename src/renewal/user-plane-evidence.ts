/** What the user plane shows, as evidence with its flows: E3, E4, E5, and what shows that it works again. */

import type { Evidence, TimelineEntry } from '../record/alert-record.js'
import { utcTime } from '../record/time.js'
import type { FlowSeen } from './history.js'
import type { FailedFlow, UserPlane } from './user-plane.js'

/** Examples of each class: first ones and the last. */
const mostExamples = 5

export function redirectEvidence({ redirects }: UserPlane): Evidence[] {
  return examples(redirects).map(one => ({
    class: 'E4',
    ts: utcTime(one.timeUs),
    text: `${one.status} -> ${one.location ?? ''} (asked ${one.host || one.server})`,
    flow: one.flow,
  }))
}

/** Flows with one fault are told per server. */
export function failureEvidence({ failed }: UserPlane): Evidence[] {
  const kinds = ['unanswered', 'reset'] as const
  return kinds.flatMap(kind => examples(failed.filter(one => one.kind === kind)).map(evidence))
}

function evidence({ timeUs, flow, kind }: FailedFlow): Evidence {
  const reset = kind === 'reset'
  return {
    class: reset ? 'E5' : 'E3',
    ts: utcTime(timeUs),
    text: `${reset ? 'reset by' : 'no answer from'} ${nameOf(flow)}`,
    flow: flow.flow,
  }
}

/** Flows that worked: what a case that is over names. */
export function successEntries({ completedFlows }: UserPlane): TimelineEntry[] {
  return examples([...completedFlows].sort((a, b) => a.openedUs - b.openedUs)).map(flow => ({
    ts: utcTime(flow.openedUs),
    what: 'user-plane',
    text: `works: ${nameOf(flow)}`,
    flow: flow.flow,
  }))
}

function nameOf(flow: FlowSeen): string {
  const server = flow.v6 ? `[${flow.server}]` : flow.server
  const port = flow.serverPort === 0 ? '' : `:${flow.serverPort}`
  const host = flow.host === '' ? '' : ` (${flow.host})`
  return `${server}${port} ${flow.protocol}${host}`
}

function examples<T>(list: readonly T[]): T[] {
  if (list.length <= mostExamples) return [...list]
  return [...list.slice(0, mostExamples - 1), ...list.slice(-1)]
}
