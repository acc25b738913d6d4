/** What lowers the certainty of a statement about a flow or a transaction, as bits of one integer. The
 * names appear in `reasons[]` of the records. Rules.md 2.3, 2.7, 2.8. */

export const Reason = {
  /** the capture holds fewer octets than the packets had (snaplen) */
  Truncated: 1 << 0,
  /** a TCP segment never came: the octets behind the hole are on level 1 until the next request */
  CaptureGap: 1 << 1,
  /** the first packet seen was not the first of the connection */
  MidFlow: 1 << 2,
  /** octets waited for a first transaction that never came, and settled on level 1 */
  DeferredUnresolved: 1 << 3,
  /** encrypted or unknown payload: no URL can be seen */
  Opaque: 1 << 4,
  /** no PDP context or bearer was seen for the tunnel */
  NoSession: 1 << 5,
  /** up and down were told apart by a TCP SYN or a GSN address, not by a session */
  DirectionInferred: 1 << 6,
  /** up and down were told apart by a well-known port only */
  DirectionByPort: 1 << 7,
  DirectionUnknown: 1 << 8,
  /** a fragment whose first fragment was never seen: no ports, level 1 by address alone */
  FragmentOrphan: 1 << 9,
  /** a message was found again after a hole by its form */
  Resynchronised: 1 << 10,
  /** an answer whose request was not seen */
  OrphanResponse: 1 << 11,
  /** the URLs that the message offered disagree */
  UrlConflict: 1 << 12,
  /** the request head was longer than the bound */
  HeadTooLong: 1 << 13,
  /** no answer from the server since the first SYN or request */
  NoAnswer: 1 << 14,
  /** the answer redirects to a configured portal */
  PortalRedirect: 1 << 15,
  /** IPv4 Total Length 0 (segmentation offload): length taken from the frame */
  LengthZero: 1 << 16,
  /** no level-1 rule matched and the rule set has no default */
  Unmatched: 1 << 17,
  /** the charging id has no tariff */
  NoTariff: 1 << 18,
  /** ClientHello with encrypted client hello: the SNI seen is the outer one */
  EncryptedHello: 1 << 19,
  /** a message was not seen whole, or its parts contradict each other */
  MessageIncomplete: 1 << 20,
  /** the capture ends before the ports: level 1 by address alone */
  NoPorts: 1 << 21,
  /** frames after an upgrade belong to the request that asked for it; takes no certainty away */
  WebSocket: 1 << 22,
  /** the connection had two directions, the capture holds one of them */
  OneDirection: 1 << 23,
  /** the probe was overloaded when the first payload came: it was not looked at */
  NotInspected: 1 << 24,
  /** the flow opened while only one in so many was followed; takes no certainty away */
  Sampled: 1 << 25,
  /** an imported rule set has a line that was not understood and could have decided otherwise */
  UnsupportedCondition: 1 << 26,
} as const

const names: readonly [number, string][] = [
  [Reason.Truncated, 'truncated'],
  [Reason.CaptureGap, 'capture-gap'],
  [Reason.MidFlow, 'mid-flow'],
  [Reason.DeferredUnresolved, 'deferred-unresolved'],
  [Reason.Opaque, 'opaque'],
  [Reason.NoSession, 'no-session'],
  [Reason.DirectionInferred, 'direction-inferred'],
  [Reason.DirectionByPort, 'direction-by-port'],
  [Reason.DirectionUnknown, 'direction-unknown'],
  [Reason.FragmentOrphan, 'fragment-orphan'],
  [Reason.Resynchronised, 'resynchronised'],
  [Reason.OrphanResponse, 'orphan-response'],
  [Reason.UrlConflict, 'url-conflict'],
  [Reason.HeadTooLong, 'head-too-long'],
  [Reason.NoAnswer, 'no-answer'],
  [Reason.PortalRedirect, 'portal-redirect'],
  [Reason.LengthZero, 'ip-len-zero'],
  [Reason.Unmatched, 'unmatched'],
  [Reason.NoTariff, 'no-tariff'],
  [Reason.EncryptedHello, 'ech-outer-sni'],
  [Reason.MessageIncomplete, 'message-incomplete'],
  [Reason.NoPorts, 'no-ports'],
  [Reason.WebSocket, 'websocket'],
  [Reason.OneDirection, 'one-direction'],
  [Reason.NotInspected, 'not-inspected'],
  [Reason.Sampled, 'sampled'],
  [Reason.UnsupportedCondition, 'unsupported-condition'],
]

/** Reasons after which a statement is a guess. What a snap length cut off may hide any of the others. */
const lowMask =
  Reason.Truncated |
  Reason.CaptureGap |
  Reason.MidFlow |
  Reason.DirectionByPort |
  Reason.DirectionUnknown |
  Reason.FragmentOrphan |
  Reason.Resynchronised |
  Reason.OrphanResponse |
  Reason.NoSession |
  Reason.Unmatched |
  Reason.NoPorts |
  Reason.NotInspected |
  Reason.UnsupportedCondition

/** Reasons after which a statement holds, but rests on less than the whole message. */
const mediumMask =
  Reason.DirectionInferred |
  Reason.UrlConflict |
  Reason.HeadTooLong |
  Reason.LengthZero |
  Reason.EncryptedHello |
  Reason.MessageIncomplete |
  Reason.OneDirection |
  Reason.DeferredUnresolved

export function reasonNames(bits: number): string[] {
  const out: string[] = []
  for (const [bit, name] of names) if (bits & bit) out.push(name)
  return out
}

export function certaintyOf(bits: number): 'high' | 'medium' | 'low' {
  return bits & lowMask ? 'low' : bits & mediumMask ? 'medium' : 'high'
}
