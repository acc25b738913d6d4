/** What an operator sets of the detector: which APNs, pools and hosts are what, and every threshold of
 * blocked-after-renewal.md B3. Defaults are those of B3; where each number comes from stands in
 * docs/blocked-after-renewal.md. Durations are seconds of packet time. */

import ipaddr from 'ipaddr.js'
import { z } from 'zod'

const seconds = z.number().int().min(1).max(31_536_000)
const share = z.number().min(0).max(1)
const count = z.number().int().min(1).max(1_000_000)
const causes = z.array(z.number().int().min(0).max(255))
const pattern = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^*]*\*?$|^\*[^*]*$/, 'takes a name, NAME* or *NAME')
const patterns = z.array(pattern).max(10_000)
const network = z
  .string()
  .refine(text => ipaddr.isValidCIDR(text) || ipaddr.isValid(text), 'takes an address or a network')
const networks = z.array(network).max(10_000)
const plmn = z.string().regex(/^\d{3}-\d{2,3}$/, 'takes MCC-MNC, as 460-01')

const portal = z.strictObject({
  hosts: patterns.default([]).describe('names of the portal'),
  networks: networks.default([]).describe('addresses of the portal'),
  renewal: z
    .strictObject({
      method: z.string().default('POST'),
      path: z.string().min(1),
      status: z.number().int().min(100).max(599).default(200),
    })
    .exactOptional()
    .describe('the request that is a renewal when it is answered so'),
})

/** NAS and GTP cause values by what they say. TS 24.301 9.9.3.9 and 9.9.4.4, TS 24.008 10.5.5.14 and 10.5.6.6, TS
 * 24.501 9.11.3.2 and 9.11.4.2, TS 29.060 7.7.1, TS 29.274 8.4. */
const causeLists = z.strictObject({
  mobility_permanent: causes
    .default([7, 8, 14])
    .describe('EMM, GMM, 5GMM: no retry before a restart'),
  session_permanent: causes.default([8, 29, 33]).describe('ESM, SM, 5GSM'),
  mobility_subscription: causes.default([7]).describe('EMM, GMM, 5GMM after the renewal'),
  session_subscription: causes.default([8, 29, 33]),
  congestion: causes.default([22, 26]).describe('NAS of either kind'),
  gtp1_subscription: causes.default([209, 222]),
  gtp1_congestion: causes.default([199, 229]),
  gtp2_subscription: causes.default([92, 93]),
  gtp2_congestion: causes.default([73, 113, 120]),
})

const times = z.strictObject({
  evaluation_s: seconds.default(60),
  grace_s: seconds.default(600).describe('G: what is late within it is no fault'),
  min_span_s: seconds.default(120).describe('failures spread over less do not decide'),
  silent_s: seconds.default(3).describe('a flow without answer for so long has failed'),
  backoff_s: seconds
    .default(900)
    .describe('timers of the handset (T3402, T3502: 12 min) come first'),
  recent_s: seconds.default(300).describe('failures this long before the end of grace still count'),
  population_s: seconds.default(300),
  refresh_s: seconds.default(10).describe('RAA after RAR, and CCR-U after RAA'),
  provision_s: seconds.default(300).describe('acknowledgement of a provisioning order'),
  horizon_s: seconds.default(86_400).describe('a case is watched so long after the renewal'),
  keep_s: seconds.default(7200).describe('what subscribers without a case did is kept so long'),
})

const userPlane = z.strictObject({
  failed: count.default(5),
  servers: count.default(3).describe('distinct /24 or /48'),
  ratio: share.default(0.9).describe('failed of all'),
  redirect_hosts: count.default(2).describe('hosts that were asked and answered with the portal'),
  success_transactions: count.default(3),
  success_servers: count.default(2),
  success_bytes: count.default(100_000).describe('down in one bin'),
  demand_packets: count.default(5).describe('up, not to the whitelist'),
})

const population = z.strictObject({
  others: count.default(5).describe('least other users for a share to count'),
  gateway_share: share.default(0.3),
  server_share: share.default(0.5),
  blind_users: count.default(3).describe('nobody of so many has downlink: the probe is blind'),
})

export const settingsSchema = z.strictObject({
  home: z.array(plmn).max(100).default([]).describe('networks; none: the one of the IMSI'),
  apns: z
    .strictObject({
      internet: patterns.default(['*']),
      other: patterns.default(['ims*', 'mms*', 'xcap*', 'sos*', 'hos*', 'wlan*']),
      stop: patterns.default(['bosstjft*', 'dummy*']),
    })
    .prefault({}),
  arrears_pools: networks.default([]).describe('UE addresses of subscribers in arrears'),
  portals: z.array(portal).max(1000).default([]),
  whitelist: z
    .strictObject({ hosts: patterns.default([]), networks: networks.default([]) })
    .prefault({})
    .describe('care, operator DNS: reaching them says nothing; portals are in it by themselves'),
  policy: z
    .strictObject({
      general_rules: patterns.default([]).describe('PCC rules without which nothing passes'),
      blocking_rules: patterns.default([]).describe('PCC rules that block or redirect'),
    })
    .prefault({}),
  provisioning: z
    .strictObject({
      targets: z.array(z.enum(['HSS', 'PCRF', 'OCS', 'PGW'])).default([]),
    })
    .prefault({})
    .describe('targets that acknowledge every renewal in the feed'),
  throttle: z
    .strictObject({
      factor: z.number().min(1).max(10).default(1.2),
      blocked_kbps: z.number().min(0).default(1).describe('so slow is blocked, not degraded'),
    })
    .prefault({}),
  night: z
    .strictObject({
      from: z.number().int().min(0).max(23).default(23),
      to: z.number().int().min(0).max(23).default(7),
    })
    .prefault({})
    .describe('hours of a pack for the night'),
  utc_offset_minutes: z.number().int().min(-840).max(840).default(0).describe('months and hours'),
  times: times.prefault({}),
  user_plane: userPlane.prefault({}),
  population: population.prefault({}),
  causes: causeLists.prefault({}),
})

export type RenewalSettings = z.infer<typeof settingsSchema>

export const defaultSettings: RenewalSettings = settingsSchema.parse({})

/** Every key of the file, for hints at misspelt ones. */
export function settingKeys(): readonly string[] {
  const keys = new Set<string>()
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    for (const [key, inner] of Object.entries(value)) {
      keys.add(key)
      visit(inner)
    }
  }
  visit(defaultSettings)
  for (const key of ['hosts', 'networks', 'renewal', 'method', 'path', 'status']) keys.add(key)
  return [...keys]
}

/** The published JSON Schema. */
export function settingsJsonSchema(): object {
  return z.toJSONSchema(settingsSchema, { io: 'input' })
}
