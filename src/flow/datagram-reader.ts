/** What the datagrams of a UDP flow are: decides by port and by the octets, and hands them to the
 * conversation that reads them. Ports: 9200 WSP, 9201 WTP+WSP, 9202 and 9203 the same over WTLS (WAP-259-WDP
 * appendix B), 2948 push to the UE, 53 DNS, QUIC by its long header (RFC 9000 section 17.2). */

import type { PacketView } from '../dissect/packet-view.js'
import type { Fault } from '../wire/fault.js'
import { startsQuic } from '../wire/quic-header.js'
import { looksLikeWsp } from '../wire/wsp-datagram.js'
import { looksLikeWtls } from '../wire/wtls.js'
import { looksLikeWtp } from '../wire/wtp-datagram.js'
import { type Accounts, type Dir, up } from './accounts.js'
import { DnsNames, dnsPort } from './dns-names.js'
import { type FlowDetail, Mode } from './flow-detail.js'
import type { FlowHooks, Segment } from './flow-hooks.js'
import type { FlowOptions } from './flow-options.js'
import { type FaultCount, retire } from './identify.js'
import type { Load } from './load.js'
import { QuicConversation } from './quic-conversation.js'
import { Reason } from './reason.js'
import { preIdAccount } from './slice-account.js'
import { SliceList } from './slice-list.js'
import { SliceClass, type SlicePolicy } from './slice-policy.js'
import { WspConversation } from './wsp-conversation.js'
import { WspMessages } from './wsp-message.js'
import { WtpConversation } from './wtp-conversation.js'
import type { WtpReassembly } from './wtp-reassembly.js'

export const WapPort = {
  Wsp: 9200,
  WspSession: 9201,
  WspSecure: 9202,
  WspSessionSecure: 9203,
  Push: 2948,
} as const

/** Datagrams looked at before a flow is called unknown. */
const maxTries = 4

export class DatagramReader {
  readonly #hooks: FlowHooks
  readonly #policy: SlicePolicy
  readonly #accounts: Accounts
  readonly #seg: Segment
  readonly #load: Load
  readonly #slices = new SliceList()
  readonly #wsp: WspConversation
  readonly #wtp: WtpConversation
  readonly #dns: DnsNames
  readonly #quic: QuicConversation
  readonly #reassembly: WtpReassembly

  constructor(
    hooks: FlowHooks,
    accounts: Accounts,
    seg: Segment,
    fault: Fault,
    faults: FaultCount,
    options: FlowOptions,
    reassembly: WtpReassembly,
  ) {
    const { policy, dns, load } = options
    this.#load = load
    this.#reassembly = reassembly
    this.#hooks = hooks
    this.#policy = policy
    this.#accounts = accounts
    this.#seg = seg
    const messages = new WspMessages(hooks, fault, faults)
    this.#wsp = new WspConversation(messages, this.#slices, policy)
    this.#wtp = new WtpConversation(messages, this.#slices, policy, reassembly, fault, faults)
    this.#dns = new DnsNames(fault, faults, dns)
    this.#quic = new QuicConversation(hooks, this.#slices, policy, fault, faults)
  }

  /** One datagram; true when no later one of this flow need be looked at. */
  packet(row: number, d: FlowDetail, v: PacketView, dir: Dir): boolean {
    const seg = this.#seg
    seg.row = row
    seg.dir = dir
    seg.frame = v.frame
    seg.timeUs = v.timeUs
    seg.seq = 0
    seg.buf = v.buf
    seg.off = v.payloadOff
    seg.capEnd = v.payloadEnd
    seg.len = v.payloadLen
    this.#slices.clear()
    if (seg.capEnd < seg.off + seg.len && d.mode !== Mode.Opaque) d.reasons |= Reason.Truncated
    if (d.mode === Mode.Undecided && seg.capEnd > seg.off) this.#recognise(d, seg)
    else if (d.mode === Mode.Dns && !this.#dns.next(d, seg)) d.mode = Mode.Opaque
    if (seg.len > 0 && d.mode === Mode.WspConnectionless) this.#wsp.consume(d, seg)
    else if (seg.len > 0 && d.mode === Mode.Wtp) this.#wtp.consume(d, seg)
    else if (seg.len > 0 && d.mode === Mode.Quic) this.#quic.consume(d, seg)
    else this.#slices.add(d.up.txn ?? preIdAccount(d, this.#policy), SliceClass.Opaque, seg.len)
    this.#settle(row, d, v)
    return d.mode === Mode.Opaque
  }

  /** Gives up messages that stay incomplete. */
  expire(nowUs: number): void {
    this.#reassembly.expire(nowUs)
    this.#quic.expire(nowUs)
  }

  #settle(row: number, d: FlowDetail, v: PacketView): void {
    const slices = this.#slices
    slices.share(v.octets - v.payloadLen, this.#policy)
    for (let i = 0; i < slices.count; i++) {
      this.#accounts.put(
        row,
        slices.account[i]!,
        slices.sliceClass[i]! as SliceClass,
        this.#seg.dir,
        i === 0 ? v.packets : 0,
        slices.octets[i]!,
        v.frame,
        v.timeUs,
      )
    }
    if (d.transactions.length > d.retireAt) {
      retire(row, d, this.#accounts.current[row], this.#hooks)
    }
  }

  #recognise(d: FlowDetail, seg: Segment): void {
    if (!this.#load.inspects) {
      this.#load.notInspected++
      d.reasons |= Reason.NotInspected
      d.mode = Mode.Opaque
      return
    }
    const { buf, off, capEnd } = seg
    if (d.uePort === WapPort.Push && seg.dir !== up && looksLikeWsp(buf, off, capEnd)) {
      d.mode = Mode.WspConnectionless
      d.app = 'wsp-cl'
      return
    }
    switch (d.serverPort) {
      case WapPort.Wsp:
      case WapPort.WspSession:
      case WapPort.WspSecure:
      case WapPort.WspSessionSecure:
        this.#recogniseWap(d, seg)
        break
      case dnsPort:
        this.#dns.datagram(d, seg)
        d.app = d.suspicions.length === 0 ? 'dns' : 'other'
        d.mode = this.#dns.modeAfter
        return
      default:
        d.mode = Mode.Opaque
        if (startsQuic(buf, off, capEnd)) this.#quic.begin(d, seg)
        return
    }
    d.unrecognised++
    if (d.mode === Mode.Undecided && d.unrecognised >= maxTries) {
      d.mode = Mode.Opaque
      d.reasons |= Reason.Opaque
    }
  }

  /** Encrypted on 9200/9201 and clear on 9202/9203 both occur: the octets decide, then the port. */
  #recogniseWap(d: FlowDetail, seg: Segment): void {
    const { buf, off, capEnd } = seg
    const secure = d.serverPort === WapPort.WspSecure || d.serverPort === WapPort.WspSessionSecure
    if (looksLikeWtls(buf, off, capEnd)) {
      d.app = 'wtls'
      d.mode = Mode.Opaque
      d.reasons |= Reason.Opaque
    } else if (looksLikeWtp(buf, off, capEnd)) {
      d.app = 'wsp-co'
      d.mode = Mode.Wtp
    } else if (looksLikeWsp(buf, off, capEnd)) {
      d.app = 'wsp-cl'
      d.mode = Mode.WspConnectionless
    } else if (secure) {
      d.app = 'wtls'
      d.reasons |= Reason.Opaque
    }
  }
}
