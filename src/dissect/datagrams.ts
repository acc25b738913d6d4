/** Fragments of one level, outer or inner, turned into views: a whole datagram once it is complete,
 * and what is left of one that never was. Read ip-fragment.ts first. */

import type { Fault } from '../wire/fault.js'
import { DatagramLayout, type FragmentGroup } from './fragment-group.js'
import { FragmentResult, type IpFragments } from './ip-fragment.js'
import { type IpLayer, showIp } from './ip-layer.js'
import { PacketFlag, type PacketView } from './packet-view.js'
import { clearTransport, type Transport } from './transport.js'

/** The Next Header number of IPv6 fragments. */
const fragmentHeader = 44

/** What a finished datagram of a mirror is remembered as: no protocol has this number. */
export const mirrorDatagram = -1

export class Datagrams {
  readonly fragments: IpFragments
  private readonly ip: IpLayer
  private readonly transport: Transport
  private readonly view: PacketView
  private readonly fault: Fault
  private group: FragmentGroup | null = null

  constructor(
    fragments: IpFragments,
    ip: IpLayer,
    transport: Transport,
    view: PacketView,
    fault: Fault,
  ) {
    this.fragments = fragments
    this.ip = ip
    this.transport = transport
    this.view = view
    this.fault = fault
  }

  /** Adds the fragment in `ip`. After Complete, call `restore` and then `finish`; after Late, `late`;
   * after Held, `unfinished` once, since a group may have been pushed out. */
  add(buf: Uint8Array): FragmentResult {
    const result = this.fragments.add(this.ip, this.view, buf)
    if (result === FragmentResult.Complete) this.group = this.fragments.complete()
    return result
  }

  /** Puts the complete datagram in `ip` and its tunnel in the view; returns its octets. */
  restore(): Uint8Array {
    const fragments = this.fragments
    this.show(fragments.end, fragments.wireEnd, PacketFlag.Reassembled)
    this.extensions(fragments.datagram)
    return fragments.datagram
  }

  /** Ends what `restore` began; fragments that come late will have these ports. */
  finish(srcPort: number, dstPort: number): void {
    const group = this.group
    if (group === null) return
    const { timeUs, icmpTypeCode } = this.view
    this.fragments.finished.remember(
      group,
      timeUs,
      this.ip.protocol,
      srcPort,
      dstPort,
      icmpTypeCode,
    )
    this.fragments.release(group)
    this.group = null
  }

  /** Ends what `restore` began when the datagram is a mirror's: what it carries may be fragments itself.
   * Fragments that come late are nobody's. */
  finishMirror(): void {
    this.ip.protocol = mirrorDatagram
    this.finish(0, 0)
  }

  /** Shows the fragment in `ip` alone, with the ports of its datagram. */
  late(): void {
    const view = this.view
    const finished = this.fragments.finished
    this.ip.flags |= PacketFlag.Fragment
    this.ip.protocol = finished.protocol
    showIp(view, this.ip)
    this.withoutTransport()
    view.srcPort = finished.srcPort
    view.dstPort = finished.dstPort
    view.icmpTypeCode = finished.icmpTypeCode
  }

  /** Shows the next datagram that was given up; false when there is none. */
  unfinished(): boolean {
    const group = this.fragments.take()
    if (group === null) return false
    this.group = group
    const datagram = this.fragments.datagram
    const end = group.copyHead(datagram)
    // the octets that came, wherever their holes were, so that headers and payload make up B(p)
    const came = Math.max(DatagramLayout.Payload + group.held, end)
    this.show(end, came, PacketFlag.Fragment)
    if (group.lowest > 0) {
      this.ip.flags |= PacketFlag.NoPorts
      showIp(this.view, this.ip)
      this.withoutTransport()
      this.fragments.release(group)
      this.group = null
      return true
    }
    this.extensions(datagram)
    showIp(this.view, this.ip)
    this.transport.read(this.view, this.ip, datagram)
    this.finish(this.view.srcPort, this.view.dstPort)
    return true
  }

  private show(end: number, wireEnd: number, flag: number): void {
    this.group?.restore(this.ip, this.view, this.fragments.datagram, end, wireEnd, flag)
  }

  /** Extension headers may follow the Fragment header, in the datagram. */
  private extensions(datagram: Uint8Array): void {
    const ip = this.ip
    ip.extensions(datagram, this.fault)
    if (!ip.fragmented) return
    // a fragment of a datagram that was itself put together: nobody sends that, nobody reads it
    ip.protocol = fragmentHeader
    ip.fragmented = false
    ip.fragOff = 0
    ip.flags |= PacketFlag.NoPorts
  }

  private withoutTransport(): void {
    const view = this.view
    clearTransport(view)
    view.l4Off = this.ip.l4Off
    view.payloadOff = this.ip.l4Off
    view.payloadEnd = this.ip.l4Off
    view.payloadLen = this.ip.wireEnd - this.ip.l4Off
  }
}
