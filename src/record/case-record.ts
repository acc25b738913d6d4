/** What `cases match` says: one record for each subscriber and complaint case that his traffic fits. */

/** Languages that the texts of cases and handsets are written in. */
export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

/** Record types that the evidence of a case can ask for; `handset` is what the others tell of it. */
export const evidenceKinds = [
  'flow',
  'transaction',
  'session',
  'subscriber',
  'finding',
  'handset',
] as const
export type EvidenceKind = (typeof evidenceKinds)[number]

/** One record that fits a pattern of the case. */
export interface CaseEvidence {
  of: EvidenceKind
  /** the pattern, as the case file has it */
  pattern: string
  /** what it shows, in the language asked for */
  shows?: string
  flow?: string
  /** number of the transaction within the flow */
  n?: number
  /** frame of a session event; that of a flow is its number */
  frame?: number
  /** fields that the pattern asks for, with the values found */
  fields: Record<string, string | number>
  /** how many more records fit this pattern */
  more?: number
}

/** The handset of a subscriber, as far as his traffic tells. */
export interface HandsetRecord {
  known: boolean
  brand?: string
  model?: string
  /** generation of WAP */
  wap?: '1.x' | '2.0'
  /** model: the library says so; inferred: from a mark in the User-Agent */
  wap_by?: 'model' | 'inferred'
  /** what told the brand, and the value that did */
  by?: 'user-agent' | 'ua-profile' | 'tac'
  value?: string
  user_agent?: string
  ua_profile?: string
  /** type allocation code, the first 8 digits of the IMEI (3GPP TS 23.003 clause 6.2.1) */
  tac?: string
  /** other brands that the evidence names, as when a handset serves a laptop */
  conflicts?: string[]
}

/** Steps on the handset, as its data file has them. */
export interface HandsetSteps {
  /** port, protocol, proxy */
  kind: string
  /** not checked on this very model */
  generic: boolean
  text: string[]
}

export interface CaseMatchRecord {
  type: 'case-match'
  schema: 'tollgate.case-match/1'
  case: string
  title: string
  imsi?: string
  msisdn?: string
  imei?: string
  masked?: boolean
  /** flows that fit, at most a thousand */
  flows: string[]
  flows_left_out?: number
  /** inner IP octets of the flows or transactions that fit */
  bytes: number
  /** those of them that were charged; of a flow with several charges, those of its transactions */
  charged_bytes: number
  evidence: CaseEvidence[]
  handset: HandsetRecord
  symptom: string
  cause: string
  remedy: string
  tell?: string
  steps: HandsetSteps[]
  /** when the handset has to be replaced, and by what */
  advice?: string
  lang: Language
  rules: { name: string; version: string; sha256: string }
  profile: string
  profile_version: string
}

/** The last line of `cases match --json`. */
export interface CaseSummary {
  type: 'summary'
  schema: 'tollgate.case-summary/1'
  complete: boolean
  reasons: string[]
  cases: number
  subscribers: number
  matches: number
  /** subscribers that no case fits */
  unmatched: number
  /** records that fit a pattern and were not kept, above the bound */
  left_out: number
}
