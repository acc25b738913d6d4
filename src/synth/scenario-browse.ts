/** The step `browse`: a subscriber who keeps asking for pages, and how that goes; and the feed of billing, NAS and
 * identities that belongs to a scenario. */

import { z } from 'zod'
import { businessTypes, nasProtocols } from '../record/business-event.js'
import { address, count, digits, seconds, size } from './scenario-values.js'

/** In networks of their own. */
const defaultServers = [
  '198.51.100.10',
  '203.0.113.10',
  '198.18.1.10',
  '198.18.2.10',
  '198.18.3.10',
]

export const browseStep = z.strictObject({
  from: z.string().describe('subscriber'),
  every: seconds.default(30).describe('seconds from one page to the next'),
  times: count.default(10),
  outcome: z.enum(['answered', 'unanswered', 'redirected', 'reset']).default('answered'),
  location: z.string().optional().describe('where redirected requests are sent'),
  servers: z.array(address).min(1).default(defaultServers).describe('in turn'),
  host: z.string().optional().describe('of all pages; www.site1.example and so on when absent'),
  path: z.string().default('/'),
  body: size.default(1200),
})
export type BrowseStep = z.infer<typeof browseStep>

/** One line of the feed: keys of a business or NAS event, with times in seconds from `start`. */
export const feedEvent = z.strictObject({
  at: z.number().min(-31_536_000).max(31_536_000),
  type: z.enum([...businessTypes, 'nas', 'identity']),
  subscriber: z.string(),
  event_id: z.string().optional(),
  by: z.enum(['both', 'imsi', 'msisdn']).default('both').describe('numbers that the event names'),
  msisdn: digits(5, 15).optional().describe('instead of the one of the subscriber'),
  effective_at: z.number().optional(),
  valid_to: z.number().optional().describe('identity: seconds from start'),
  month: z.string().optional(),
  package_id: z.string().optional(),
  order_id: z.string().optional(),
  enforce: z.string().optional(),
  status: z.string().optional(),
  scope: z.string().optional(),
  target: z.string().optional(),
  result: z.string().optional(),
  procedure: z.string().optional(),
  protocol: z.enum(nasProtocols).optional(),
  cause: z.int().min(0).max(255).optional(),
  initiator: z.enum(['ue', 'network']).optional(),
})
export type FeedEventSpec = z.infer<typeof feedEvent>

/** What the detector has to say of a subscriber when the capture ends. */
export const expectedCase = z.strictObject({
  subscriber: z.string(),
  verdict: z.string(),
  cause: z.string().optional(),
  confidence: z.string().optional(),
  alarm: z.boolean().default(false),
})
export type ExpectedCase = z.infer<typeof expectedCase>
