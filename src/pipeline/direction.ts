/** Up or down for a packet whose tunnel no session explains (rules.md 2.3), in this order: operator's UE
 * prefixes, the PDU Session Container of 5G, a GSN address known from the control plane, a TCP SYN, a
 * well-known port on one end. */

import type { PacketView } from '../dissect/packet-view.js'
import { type Dir, down, up } from '../flow/accounts.js'
import { Reason } from '../flow/reason.js'
import { Tcp } from '../flow/tcp-sequence.js'
import { inPrefix, parsePrefix } from '../rules/address.js'
import type { AddressWords } from '../rules/rule-facts.js'
import type { Prefix } from '../rules/rule-set.js'
import { Fault } from '../wire/fault.js'
import { Gtp1U } from '../wire/gtp1-u.js'
import { int32 } from '../wire/octets.js'

const tcp = 6
/** Ports at or above this are chosen by clients. */
const firstClientPort = 1024
/** PDU Types of TS 38.415 clause 5.5.3.1. */
const downlinkPdu = 0
const uplinkPdu = 1
const wapPorts = new Set([2948, 9200, 9201, 9202, 9203])

/** Direction by the nodes' addresses, as the session stage knows them: 0 up, 1 down, -1 unknown. */
export type NodeDirection = (view: PacketView) => number

export class DirectionGuess {
  /** result of `guess`: -1 = unknown */
  dir: Dir | -1 = -1
  /** reasons that go with it */
  reasons = 0
  /** the operator's own statement, as good as a session for telling up from down */
  byPool = false
  readonly #gtp = new Gtp1U()
  readonly #fault = new Fault()
  readonly #pools: readonly Prefix[]
  readonly #nodeDirection: NodeDirection
  readonly #words: AddressWords = { version: 4, w0: 0, w1: 0, w2: 0, w3: 0 }

  /** `pools` are prefixes as text, which the command line has checked. */
  constructor(pools: readonly string[], nodeDirection: NodeDirection) {
    this.#pools = prefixes(pools)
    this.#nodeDirection = nodeDirection
  }

  guess(v: PacketView): void {
    this.byPool = false
    this.reasons = 0
    if (this.#pools.length > 0 && this.#byPool(v)) return
    const tunnelled = v.outerVersion !== 0
    if (tunnelled) {
      const stated = this.#byContainer(v)
      if (stated >= 0) {
        this.#set(stated as Dir, 0)
        return
      }
      const known = this.#nodeDirection(v)
      if (known >= 0) {
        this.#set(known === up ? up : down, Reason.DirectionInferred)
        return
      }
    }
    if (v.protocol === tcp && v.tcpFlags & Tcp.Syn) {
      this.#set(v.tcpFlags & Tcp.Ack ? down : up, Reason.DirectionInferred)
      return
    }
    // a capture without tunnels may hold anything, servers' own traffic too: a port proves nothing
    const wellKnown = tunnelled ? wellKnownEnd(v) : -1
    if (wellKnown >= 0) this.#set(wellKnown as Dir, Reason.DirectionByPort)
    else {
      this.dir = -1
      this.reasons = Reason.DirectionUnknown
    }
  }

  #set(dir: Dir, reasons: number): void {
    this.dir = dir
    this.reasons = reasons
  }

  #byPool(v: PacketView): boolean {
    const fromUe = this.#inPool(v, v.src, v.srcOff)
    if (fromUe === this.#inPool(v, v.dst, v.dstOff)) return false
    this.#set(fromUe ? up : down, 0)
    this.byPool = true
    return true
  }

  /** What the sender says itself, read only here: no other packet pays for it. */
  #byContainer(v: PacketView): number {
    if (v.gtpVersion !== 1) return -1
    const gtp = this.#gtp
    if (!gtp.decode(v.buf, v.gtpOff, v.gtpEnd, this.#fault) || gtp.firstExtension === 0) return -1
    if (gtp.pduType === downlinkPdu) return down
    return gtp.pduType === uplinkPdu ? up : -1
  }

  #inPool(v: PacketView, word: number, off: number): boolean {
    const words = this.#words
    words.version = v.version === 6 ? 6 : 4
    words.w0 = v.version === 6 ? int32(v.buf, off) : word
    words.w1 = v.version === 6 ? int32(v.buf, off + 4) : 0
    words.w2 = v.version === 6 ? int32(v.buf, off + 8) : 0
    words.w3 = v.version === 6 ? int32(v.buf, off + 12) : 0
    return this.#pools.some(pool => inPrefix(words, pool))
  }
}

/** The direction towards the end that has a well-known port, when just one has; else -1. */
function wellKnownEnd(v: PacketView): number {
  const server = (port: number) => port !== 0 && (port < firstClientPort || wapPorts.has(port))
  const to = server(v.dstPort)
  if (to === server(v.srcPort)) return -1
  return to ? up : down
}

function prefixes(texts: readonly string[]): Prefix[] {
  return texts.map(text => {
    const prefix = parsePrefix(text)
    if ('kind' in prefix) throw new RangeError(`UE pool "${text}" is not a prefix`)
    return prefix
  })
}
