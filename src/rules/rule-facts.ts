/** What rules are asked about: the facts of a flow (level 1) and of its payload (level 2). Plain values,
 * so that packets, test cases and what-ifs are the same thing to the engine. */

import type { App, UrlSource } from '../record/flow-record.js'

/** An address as four int32 words; IPv4 uses `w0` alone. */
export interface AddressWords {
  version: 4 | 6
  w0: number
  w1: number
  w2: number
  w3: number
}

/** What the gateway sees in the IP and transport headers, and knows of the context. */
export interface FlowFacts {
  server: AddressWords
  /** absent when no UE address is known (a what-if) */
  ue?: AddressWords | undefined
  /** IANA protocol number */
  protocol: number
  /** server's port; 0 for protocols without ports */
  port: number
  apn?: string | undefined
  rat?: string | undefined
  /** MCC+MNC of the serving network, from the RAI/ULI */
  servingPlmn?: string | undefined
  roaming?: boolean | undefined
  imsi?: string | undefined
  /** packet clock; for rules with hours */
  timeUs?: number | undefined
}

/** What the payload showed. */
export interface AppFacts {
  app: App
  /** canonical URL (lower-case scheme and host, default port and fragment dropped) */
  url?: string | undefined
  host?: string | undefined
  path?: string | undefined
  method?: string | undefined
  sni?: string | undefined
  contentType?: string | undefined
  userAgent?: string | undefined
  mmsFrom?: string | undefined
  mmsSubject?: string | undefined
  urlSource?: UrlSource | undefined
}
