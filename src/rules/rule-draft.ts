/** A rule set as plain values of its file, before it is text: what importers and the rebuilding from signalling
 * produce, and what export writes. Read rules.md sections 1 and 3 of the specification first; the keys are those of
 * the file, so that nothing is said here that a person could not have written. */

import type { App, Tariff } from '../record/flow-record.js'
import type { OpaqueLine } from './rule-set.js'
import type { TextValue } from './text-pattern.js'

/** Level-1 keys of `match`; a list holds alternatives. */
export interface FlowMatch {
  server?: string[]
  protocol?: (string | number)[]
  port?: (number | string)[]
  apn?: TextValue
  rat?: TextValue
  ue?: string[]
  roaming?: boolean
  hours?: string[]
}

/** Level-2 keys whose value is a text pattern. */
export type PayloadText =
  | 'url'
  | 'host'
  | 'path'
  | 'method'
  | 'sni'
  | 'contentType'
  | 'userAgent'
  | 'mmsFrom'
  | 'mmsSubject'

export type PayloadMatch = { app?: App[] } & { [K in PayloadText]?: TextValue }

/** What every rule and row says of where it comes from. */
export interface DraftOrigin {
  /** "ecs.cfg:88" */
  origin?: string
  /** the line itself, written above the rule */
  comment?: string
  unsupported?: string
  assumed?: string
}

export interface DraftRow extends DraftOrigin {
  precedence: number
  name?: string
  match: PayloadMatch
  charge: number
}

export interface DraftRule extends DraftOrigin {
  id: number
  precedence: number
  name?: string
  match: FlowMatch
  /** absent when only the table decides */
  charge?: number
  level2?: string
}

export interface DraftCharge {
  id: number
  tariff: Tariff
  name?: string
  ratingGroup?: number
  serviceId?: number
  online?: boolean
  offline?: boolean
  synthetic?: boolean
  assumed?: string
  /** where it comes from, written behind it */
  comment?: string
}

export interface RuleDraft {
  name: string
  version: string
  profile: string
  dialect?: string
  assumed?: string
  /** lines of comment at the head of the file */
  heading: readonly string[]
  proxies: readonly string[]
  portals: readonly string[]
  level1: readonly DraftRule[]
  /** by name, in the order of the file */
  tables: ReadonlyMap<string, readonly DraftRow[]>
  charges: readonly DraftCharge[]
  default?: number
  opaque: readonly OpaqueLine[]
}
