/** Profiles: what a gateway does where the standards leave a choice. Read rules.md 2.4 to 2.12 first.
 * Every figure that is reported names the profile and its version: predictions are models. A union
 * lists the values that the engine carries out; a profile that needs another one brings it along. */

/** After a level-2 table without a match. */
export type OnL2Miss =
  | 'keep-level1' // the level-1 charge stands
  | 'fall-through' // level 1 goes on after the missed rule, for this transaction

/** SYN, SYN-ACK, the ACK that completes it; WTP and WSP Connect. */
export type HandshakePolicy =
  | 'first-transaction' // wait for the flow's first transaction and share its charge
  | 'level1' // the level-1 charge

/** Payload before the first identification: a partial request, TLS record fragments. */
export type PreIdPolicy = 'first-transaction' | 'level1'

/** TCP without payload on an established connection. */
export type PureAckPolicy = 'current-transaction' | 'level1'

/** FIN, RST and their ACKs without payload; WSP Disconnect, WTP Abort. */
export type TeardownPolicy = 'last-transaction' | 'level1'

/** Payload whose octets were all seen before; WTP with RID=1. */
export type RetransmissionPolicy =
  | 'same-as-original' // counted again, under the same id
  | 'exclude' // not charged

/** Who pays for the IP, TCP and UDP headers of a packet that holds parts of several messages. */
export type HeaderShare = 'first' | 'last' | 'proportional' // by payload octets, largest remainder, ties to the earlier slice

/** Whether a packet with parts of several messages is cut at all. */
export type SplitPolicy =
  | 'slices' // at the message boundaries
  | 'whole-packet-first' // the whole packet goes with its first part

export interface Profile {
  readonly name: string
  /** changes with any value below */
  readonly version: string
  readonly onL2Miss: OnL2Miss
  readonly handshake: HandshakePolicy
  readonly preId: PreIdPolicy
  readonly request: 'its-transaction'
  readonly response: 'its-transaction'
  readonly pureAck: PureAckPolicy
  readonly teardown: TeardownPolicy
  readonly retransmission: RetransmissionPolicy
  readonly partialRetransmission: 'slice'
  /** payload beyond a hole that stayed open for `oooGapMs` of packet time */
  readonly oooGap: 'level1'
  readonly oooGapMs: number
  readonly opaque: 'current-id'
  readonly headerShare: HeaderShare
  readonly split: SplitPolicy
  /** quirk: the first `http://` inside a request target is the URL */
  readonly embeddedHttp: boolean
  readonly udpIdleMs: number
  readonly tcpIdleMs: number
  /** how long an IP fragment waits for, or remembers, its first fragment */
  readonly fragmentMs: number
  /** how long a WSP connectionless request waits for its reply */
  readonly wspClMs: number
}

/** The published newspaper case: the normal subscriber's records show only the two free ids, so the
 * handshake cannot have stayed on level 1. */
const article: Profile = {
  name: 'article',
  version: '1',
  onL2Miss: 'keep-level1',
  handshake: 'first-transaction',
  preId: 'first-transaction',
  request: 'its-transaction',
  response: 'its-transaction',
  pureAck: 'current-transaction',
  teardown: 'last-transaction',
  retransmission: 'same-as-original',
  partialRetransmission: 'slice',
  oooGap: 'level1',
  oooGapMs: 5000,
  opaque: 'current-id',
  headerShare: 'first',
  split: 'slices',
  embeddedHttp: false,
  udpIdleMs: 60_000,
  tcpIdleMs: 1_800_000,
  fragmentMs: 30_000,
  wspClMs: 120_000,
}

/** Native two-level gateways: what comes before the first URL stays on the level-1 id. */
const ugw: Profile = { ...article, name: 'ugw', version: '1', handshake: 'level1', preId: 'level1' }

export const profiles: readonly Profile[] = [article, ugw]

/** Names that the specification lists and that are not built yet. */
const later: readonly string[] = ['udg', 'staros-default', 'staros-delayed', 'l34']

export const profileNames: readonly string[] = profiles.map(profile => profile.name)

export function findProfile(name: string): Profile | undefined {
  return profiles.find(profile => profile.name === name)
}

/** Why there is no such profile, as one sentence. */
export function profileRefusal(name: string): string {
  return later.includes(name)
    ? `profile "${name}" comes later (known: ${profileNames.join(', ')})`
    : `unknown profile "${name}"`
}
