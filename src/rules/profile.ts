/** Profiles: what a gateway does where the standards leave a choice. Read rules.md 2.4 to 2.12 first.
 * Every figure that is reported names the profile and its version: predictions are models. Where
 * each value comes from: docs/profiles.md. */

/** After a level-2 table without a match. */
export type OnL2Miss =
  | 'keep-level1' // the level-1 charge stands
  | 'fall-through' // level 1 goes on after the missed rule, for this transaction

/** Whether the payload is looked at by the rules at all. */
export type Level2Policy = 'rows' | 'ignored'

/** SYN, SYN-ACK, the ACK that completes it; WTP and WSP Connect. */
export type HandshakePolicy =
  | 'first-transaction' // wait for the flow's first transaction and share its charge
  | 'level1' // the level-1 charge
  | 'signalling-id' // the charge that the rule set gives to signalling
  | 'none' // not charged

/** Payload before the first identification: a partial request, TLS record fragments. */
export type PreIdPolicy = 'first-transaction' | 'level1'

/** The octets of a request. */
export type RequestPolicy =
  | 'its-transaction' // answered or not
  | 'response-rule' // held until the response; without one, the level-1 charge

/** TCP without payload on an established connection. */
export type PureAckPolicy = 'current-transaction' | 'level1'

/** FIN, RST and their ACKs without payload; WSP Disconnect, WTP Abort. */
export type TeardownPolicy = 'last-transaction' | 'level1' | 'signalling-id'

/** Payload whose octets were all seen before; WTP with RID=1. */
export type RetransmissionPolicy =
  | 'same-as-original' // counted again, under the same id
  | 'exclude' // not charged
  | 'separate-id' // the charge that the rule set gives to retransmissions

/** Payload beyond a hole that stayed open for `oooGapMs` of packet time. */
export type GapPolicy =
  | 'level1' // the level-1 charge until a request is recognised again
  | 'level1-for-good' // the level-1 charge to the end of the flow
  | 'wait' // for what is missing, to the end of the flow

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
  readonly level2: Level2Policy
  readonly onL2Miss: OnL2Miss
  readonly handshake: HandshakePolicy
  readonly preId: PreIdPolicy
  readonly request: RequestPolicy
  readonly response: 'its-transaction'
  readonly pureAck: PureAckPolicy
  readonly teardown: TeardownPolicy
  readonly retransmission: RetransmissionPolicy
  readonly partialRetransmission: 'slice'
  readonly oooGap: GapPolicy
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
  level2: 'rows',
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

/** Flow filters that must match as a whole: a request that no row takes goes on to the next rule. Signalling pays
 * with its service (SIGNALASSOCIATE=ENABLE). */
const udg: Profile = { ...article, name: 'udg', version: '1', onL2Miss: 'fall-through' }

/** The same with SIGNALASSOCIATE=DISABLE: signalling has its own usage reports. */
const udgSignalling: Profile = {
  ...udg,
  name: 'udg-signalling',
  handshake: 'signalling-id',
  teardown: 'signalling-id',
}

/** Control packets take what the ordinary action table yields; parts of a request wait for its rest; after a failed
 * reordering the flow is on layers 3 and 4. */
const starosDefault: Profile = {
  ...udg,
  name: 'staros-default',
  version: '1',
  handshake: 'level1',
  pureAck: 'level1',
  teardown: 'level1',
  oooGap: 'level1-for-good',
}

/** `flow control-handshaking charge-to-application all-packets`. */
const starosDelayed: Profile = {
  ...starosDefault,
  name: 'staros-delayed',
  version: '1',
  handshake: 'first-transaction',
  pureAck: 'current-transaction',
  teardown: 'last-transaction',
}

/** Service data flow filters of 3GPP TS 23.203 alone: nothing of the payload is asked. */
const l34: Profile = {
  ...article,
  name: 'l34',
  version: '1',
  level2: 'ignored',
  handshake: 'level1',
  preId: 'level1',
  pureAck: 'level1',
  teardown: 'level1',
}

export const profiles: readonly Profile[] = [
  article,
  ugw,
  udg,
  udgSignalling,
  starosDefault,
  starosDelayed,
  l34,
]

export const profileNames: readonly string[] = profiles.map(profile => profile.name)

export function findProfile(name: string): Profile | undefined {
  return profiles.find(profile => profile.name === name)
}

/** Keys of a rule set whose charges a profile needs. */
export type SpecialCharge = 'signalling' | 'retransmissions'

export function neededCharges(
  profile: Pick<Profile, 'handshake' | 'teardown' | 'retransmission'>,
): SpecialCharge[] {
  const needed: SpecialCharge[] = []
  const { handshake, teardown, retransmission } = profile
  if (handshake === 'signalling-id' || teardown === 'signalling-id') needed.push('signalling')
  if (retransmission === 'separate-id') needed.push('retransmissions')
  return needed
}

/** Why there is no such profile, as one sentence. */
export function profileRefusal(name: string): string {
  return `unknown profile "${name}"`
}
