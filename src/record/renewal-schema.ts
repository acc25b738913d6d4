/** Schemas of the records that the detector of blocked subscribers reads and writes. */

import { z } from 'zod'
import type { ActivityRecord } from './activity-record.js'
import {
  type AlertRecord,
  evidenceClasses,
  renewalCauses,
  renewalVerdicts,
} from './alert-record.js'
import type { ControlRecord } from './control-record.js'
import {
  app,
  certainty,
  count,
  counters,
  frame,
  head,
  masked,
  port,
  text,
  time,
  who,
} from './schema-parts.js'

const namedAnswer = z.strictObject({
  ts: time,
  n: count,
  method: z.string(),
  host: z.string(),
  url: z.string(),
  status: count,
  location: text.exactOptional(),
})

export const activity = z.strictObject({
  ...head('activity'),
  ts: time,
  end: time,
  flow: frame,
  opened: time,
  last: time,
  ...who,
  ...masked,
  context: count.exactOptional(),
  apn: text.exactOptional(),
  ue: text,
  server: text,
  server_port: port.exactOptional(),
  protocol: text,
  app,
  host: text.exactOptional(),
  answer: z.enum(['none', 'reset', 'open', 'payload']),
  answered: count,
  answers: z.array(namedAnswer),
  one_direction: z.literal(true).exactOptional(),
  ended: z.literal(true).exactOptional(),
  ...counters,
}) satisfies z.ZodType<ActivityRecord>

const ruleState = z.strictObject({
  name: z.string(),
  status: z.enum(['enabled', 'disabled', 'removed', 'enabled-uplink', 'enabled-downlink']),
  redirect: z.string().exactOptional(),
})

export const control = z.strictObject({
  ...head('control'),
  ts: time,
  frame: count,
  interface: z.enum(['gx', 'gy', 'sy', 's6a', 'pfcp']),
  message: text,
  session: z.string(),
  ...who,
  ...masked,
  apn: text.exactOptional(),
  ue: text.exactOptional(),
  result: count.exactOptional(),
  result_name: z.string().exactOptional(),
  granted: z.boolean().exactOptional(),
  refused: count.exactOptional(),
  final_unit: z.enum(['terminate', 'redirect', 'restrict']).exactOptional(),
  redirect: z.string().exactOptional(),
  rules: z.array(ruleState).exactOptional(),
  inactive_rules: z.array(z.string()).exactOptional(),
  rule_failure: count.exactOptional(),
  ambr_down: count.exactOptional(),
  counters: z.array(z.strictObject({ id: z.string(), status: z.string() })).exactOptional(),
  barred: z.boolean().exactOptional(),
  forwarding: z.enum(['forward', 'drop', 'redirect', 'gate-closed', 'no-quota']).exactOptional(),
  mbr_down: count.exactOptional(),
  error_indications: count.exactOptional(),
}) satisfies z.ZodType<ControlRecord>

/** Where in the capture or the feed something is. */
const found = {
  ts: time,
  text,
  frame: count.exactOptional(),
  flow: frame.exactOptional(),
  event_id: text.exactOptional(),
}

export const alert = z.strictObject({
  ...head('alert'),
  case: text,
  ts: time,
  ...who,
  ...masked,
  apn: text.exactOptional(),
  state: z.enum(['pending', 'at-risk', 'blocked', 'notified', 'recovered', 'closed']),
  verdict: z.enum(renewalVerdicts),
  cause: z.enum(renewalCauses).exactOptional(),
  confidence: certainty.exactOptional(),
  alarm: z.boolean(),
  t_cap: time.exactOptional(),
  t0: time,
  evidence: z.array(z.strictObject({ class: z.enum(evidenceClasses), ...found })),
  hints: z.array(text),
  recovery: z
    .strictObject({ user: text, user_zh: text, network: text, network_zh: text })
    .exactOptional(),
  alarm_at: time.exactOptional(),
  detect_us: count.exactOptional(),
  notified_at: time.exactOptional(),
  recovered_at: time.exactOptional(),
  recover_us: count.exactOptional(),
  reattached: z.boolean().exactOptional(),
  timeline: z.array(
    z.strictObject({
      what: z.enum(['business', 'session', 'nas', 'control', 'user-plane', 'verdict', 'notice']),
      ...found,
    }),
  ),
}) satisfies z.ZodType<AlertRecord>
