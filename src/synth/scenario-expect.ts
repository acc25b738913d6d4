/** What the author of a scenario says must come out: written by hand, never computed. */

import { z } from 'zod'
import { u32 } from './scenario-values.js'

export const expectation = z.strictObject({
  id: u32.describe('charging id'),
  level1: u32.optional().describe('id of the level-1 rule; absent: the default rule'),
  level2: z.string().optional().describe('table/precedence of the level-2 row'),
  tariff: z.enum(['free', 'charged', 'unknown']),
})

/** A name from `expectations`, or the expectation itself. */
export const expect = z.union([z.string(), expectation])

export type Expectation = z.infer<typeof expectation>
