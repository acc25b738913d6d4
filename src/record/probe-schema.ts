/** Shapes of what a running probe prints as JSON: its status, counters, settings, and rows (snapshot.ts). */

import { z } from 'zod'
import {
  count,
  digits,
  masked,
  reasons,
  tariff,
  teid,
  text,
  time,
  verdict,
  who,
} from './schema-parts.js'
import type { AlertRow, Overview, SubscriberRow, TimelineRow } from './snapshot.js'

const real = z.number().min(0)
const share = z.number().min(0).max(1)
const flag = z.boolean()

function shaped<T extends string, S extends string>(type: T, name: S) {
  return { type: z.literal(type), schema: z.literal(`tollgate.${name}/1`) }
}

const alertRow = {
  id: text,
  kind: text,
  state: z.enum(['NEW', 'ACK', 'CLEARED']),
  severity: z.enum(['info', 'warn', 'error']),
  title: text,
  raised: time,
  last: time,
  cleared: time.exactOptional(),
  count,
  ...who,
  ...masked,
  rule: text.exactOptional(),
  flow: text.exactOptional(),
  flows: count,
  blocked_since: time.exactOptional(),
  renewed_at: time.exactOptional(),
  seen_by: text.exactOptional(),
  evidence: z.array(text),
  note: text.exactOptional(),
  acked_by: text.exactOptional(),
  acked_at: time.exactOptional(),
  detail: text.exactOptional(),
}

const interfaceState = z.strictObject({
  name: text,
  engine: text,
  up: flag,
  trouble: text.exactOptional(),
  packets: count,
  packets_per_s: real,
  kernel_drops: count.exactOptional(),
  interface_drops: count.exactOptional(),
  queue_drops: count,
})

const verdictShare = z.strictObject({ verdict, flows: count, bytes: count })
const alertCounts = z.strictObject({ new: count, ack: count, cleared_today: count })

/** What the counters and the whole overview have in common. */
const counters = {
  window_s: real,
  packets: count,
  user_packets: count,
  control_messages: count,
  decode_errors: count,
  found: z.record(z.string(), count),
  interfaces: z.array(interfaceState),
  drop_share: share,
  lag_s: z.number(),
  up_bits_per_s: real,
  down_bits_per_s: real,
  verdicts: z.array(verdictShare),
  sessions: count,
  subscribers: count,
  flows: count,
  unknown_teid_share: share,
  flow_table_share: real,
  queue_share: share,
  alerts: alertCounts,
}

export const stats = z.strictObject({ ...shaped('stats', 'stats'), ts: time, ...counters })

const overview = z.strictObject({
  ...counters,
  mode: z.enum(['live', 'file']),
  probe: text,
  version: text,
  sequence: count,
  now_us: real,
  packet_us: real,
  started_us: real,
  file: z
    .strictObject({
      name: text,
      octets_read: count,
      octets_total: count,
      done: flag,
      damage: z.array(text),
    })
    .exactOptional(),
  rules: z.strictObject({
    name: text,
    version: text,
    sha256: text,
    label: text,
    path: text,
    profile: text,
    rules: count,
    never_hit: count,
    shadowed: count,
    loaded_us: real,
    refused: text.exactOptional(),
  }),
  overload: text.exactOptional(),
  up_packets_per_s: real,
  down_packets_per_s: real,
  control_per_s: real,
  history: z.array(real),
  peak_bits_per_s: real,
  peak_us: real,
  created_per_s: real,
  deleted_per_s: real,
  without_imsi: count,
  new_flows_per_s: real,
  access: z.array(z.strictObject({ apn: text, rat: text, sessions: count })),
  decode_errors_per_s: real,
  cpu_percent: real,
  cores: count,
  rss_octets: count,
  memory_octets: count,
  clients: count,
  clients_dropped: count,
  top_rules: z.array(
    z.strictObject({
      rule: text,
      name: text.exactOptional(),
      tariff,
      hits_per_s: real,
      bytes: count,
    }),
  ),
  default_hosts: z.array(
    z.strictObject({
      host: text,
      bytes: count,
      flows: count,
      subscribers: count,
      nearest: text.exactOptional(),
      why_not: text.exactOptional(),
    }),
  ),
  top_alerts: z.array(z.strictObject(alertRow)),
  troubles: z.array(text),
  revealed: flag,
}) satisfies z.ZodType<Overview>

export const status = z.strictObject({
  ...shaped('status', 'status'),
  ok: flag,
  reasons,
  ...overview.shape,
})

export const probeAlert = z.strictObject({
  ...shaped('alert', 'probe-alert'),
  ...alertRow,
}) satisfies z.ZodType<AlertRow>

export const setting = z.strictObject({
  ...shaped('setting', 'setting'),
  key: text,
  value: text,
  origin: text,
})

export const subscriberRow = z.strictObject({
  ...shaped('subscriber', 'subscriber-row'),
  state: z.enum(['STUCK', 'EXHAUSTED', 'RENEWED', 'ACTIVE', 'ENDED']),
  ...who,
  imei: digits.exactOptional(),
  ...masked,
  others: flag.exactOptional(),
  apn: text.exactOptional(),
  rat: text.exactOptional(),
  ue: text.exactOptional(),
  teid: teid.exactOptional(),
  since: time.exactOptional(),
  end: time.exactOptional(),
  sessions: count,
  flows: count,
  blocked_flows: count,
  up_bytes: count,
  down_bytes: count,
  free_bytes: count,
  charged_bytes: count,
  unknown_bytes: count,
}) satisfies z.ZodType<SubscriberRow>

export const subscriberEvent = z.strictObject({
  ...shaped('event', 'event'),
  ts: time,
  event: text,
  text,
  flow: text.exactOptional(),
  frame: count.exactOptional(),
  verdict: verdict.exactOptional(),
}) satisfies z.ZodType<TimelineRow>

export const rowsSummary = z.strictObject({
  ...shaped('summary', 'rows-summary'),
  complete: flag,
  reasons: reasons.exactOptional(),
  shown: count,
  total: count,
})
