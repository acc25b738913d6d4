/** The feed of a scenario as JSON Lines: what billing and the radio side told beside the capture. */

import { timeText } from './build-truth.js'
import type { FeedEventSpec } from './scenario-browse.js'
import type { Scenario } from './scenario-schema.js'

/** Undefined when the scenario has no events. */
export function feedLines(scenario: Scenario): string | undefined {
  const { events } = scenario
  if (events.length === 0) return undefined
  const startUs = Date.parse(scenario.start) * 1000
  const at = (seconds: number) => timeText(startUs + Math.round(seconds * 1e6))
  return `${events.map((event, i) => JSON.stringify(lineOf(scenario, event, i, at))).join('\n')}\n`
}

function lineOf(
  scenario: Scenario,
  event: FeedEventSpec,
  i: number,
  at: (seconds: number) => string,
): object {
  const { at: seconds, type, subscriber, by, event_id, effective_at, valid_to, ...rest } = event
  const spec = scenario.subscribers[subscriber]
  const msisdn = rest.msisdn ?? spec?.msisdn
  const who = {
    ...(by === 'msisdn' ? {} : { imsi: spec?.imsi }),
    ...(by === 'imsi' || msisdn === undefined ? {} : { msisdn }),
  }
  const id = event_id ?? `e${i + 1}`
  const given = Object.fromEntries(
    Object.entries({ ...rest, ...who }).filter(([, v]) => v !== undefined),
  )
  if (type === 'identity') {
    const to = valid_to === undefined ? {} : { valid_to: at(valid_to) }
    return { type, ...given, valid_from: at(seconds), ...to }
  }
  if (type === 'nas') return { type, event_id: id, ts: at(seconds), ...given }
  const effective = effective_at === undefined ? {} : { effective_ts: at(effective_at) }
  return { event_id: id, type, ts_event: at(seconds), ...given, ...effective }
}
