/** Writes frames into one large buffer and the buffer to the file: Ethernet, IPv4, UDP, GTP-U, inner
 * IPv4 and TCP or UDP, with valid checksums. Millions of frames: nothing is allocated for one.
 * RFC 791, 768, 9293 section 3.1; RFC 1071 section 2 (sums of parts); TS 29.281 clause 5.1. */

import { writeSync } from 'node:fs'
import { fillerText } from '../src/synth/filler.js'
import type { Tunnel } from './tunnels.js'

const bufferOctets = 4 * 1024 * 1024
const longestFrame = 4096
const fillerOctets = 2048

const pcapRecord = 16
const ethernet = 14
const ipv4 = 20
const udp = 8
const tcp = 20
const gtp = 8
const gtpSequenced = 12

const gtpUserPort = 2152
const gtpControlPort = 2123
const protocolTcp = 6
const protocolUdp = 17
const dontFragment = 0x4000

/** Frame of one inner packet, in the terms of the flow. */
export interface InnerPacket {
  up: boolean
  server: number
  serverPort: number
  uePort: number
  /** TCP flags, or -1 for UDP */
  tcpFlags: number
  tcpSeq: number
  tcpAck: number
  head: Uint8Array
  /** octets of filler after `head` */
  filler: number
}

function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return folded
}

/** Sum of 16-bit words as if `octets` began at an even offset. */
function sumOf(octets: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < octets.length; i += 2) {
    sum += ((octets[i] ?? 0) << 8) | (octets[i + 1] ?? 0)
  }
  return sum
}

function swap(sum: number): number {
  return ((sum & 0xff) << 8) | (sum >> 8)
}

function words(address: number): number {
  return (address >>> 16) + (address & 0xffff)
}

export class FrameWriter {
  /** octets of the file and frames in it */
  octets = 0
  frames = 0
  readonly #fd: number
  readonly #buffer = new Uint8Array(bufferOctets)
  readonly #view = new DataView(this.#buffer.buffer)
  readonly #filler = fillerText(fillerOctets)
  /** folded sum of the first n octets of the filler */
  readonly #fillerSums = new Uint16Array(fillerOctets + 1)
  #at = 0
  #identification = 1

  constructor(fd: number) {
    this.#fd = fd
    let sum = 0
    for (const [i, octet] of this.#filler.entries()) {
      sum = fold(sum + (i % 2 === 0 ? octet << 8 : octet))
      this.#fillerSums[i + 1] = sum
    }
    const view = this.#view
    view.setUint32(0, 0xa1b2c3d4, true)
    view.setUint16(4, 2, true)
    view.setUint16(6, 4, true)
    view.setUint32(16, 65535, true)
    view.setUint32(20, 1, true)
    this.#at = 24
  }

  /** Writes a GTP-C message. */
  control(timeUs: number, src: number, dst: number, message: Uint8Array): void {
    this.#begin()
    const datagram = udp + message.length
    this.#outer(timeUs, src, dst, gtpControlPort, datagram)
    this.#buffer.set(message, this.#at)
    this.#at += message.length
  }

  /** Writes a G-PDU; returns the octets of the inner IP packet. */
  user(timeUs: number, tunnel: Tunnel, packet: InnerPacket): number {
    this.#begin()
    const transport = packet.tcpFlags < 0 ? udp : tcp
    const payload = packet.head.length + packet.filler
    const inner = ipv4 + transport + payload
    const header = tunnel.sequenced ? gtpSequenced : gtp
    const { up } = packet
    const src = up ? tunnel.access : tunnel.gateway
    const dst = up ? tunnel.gateway : tunnel.access
    this.#outer(timeUs, src, dst, gtpUserPort, udp + header + inner)
    const view = this.#view
    view.setUint8(this.#at, tunnel.sequenced ? 0x32 : 0x30)
    view.setUint8(this.#at + 1, 255)
    view.setUint16(this.#at + 2, header - gtp + inner)
    view.setUint32(this.#at + 4, up ? tunnel.teidUp : tunnel.teidDown)
    if (tunnel.sequenced) {
      view.setUint16(this.#at + 8, tunnel.sequence++ & 0xffff)
      view.setUint16(this.#at + 10, 0)
    }
    this.#at += header
    const innerSrc = up ? tunnel.ue : packet.server
    const innerDst = up ? packet.server : tunnel.ue
    const protocol = packet.tcpFlags < 0 ? protocolUdp : protocolTcp
    this.#ip(innerSrc, innerDst, protocol, inner)
    const pseudo = words(innerSrc) + words(innerDst) + protocol + transport + payload
    if (packet.tcpFlags < 0) this.#udp(packet, pseudo)
    else this.#tcp(packet, pseudo)
    this.#buffer.set(packet.head, this.#at)
    this.#at += packet.head.length
    this.#buffer.set(this.#filler.subarray(0, packet.filler), this.#at)
    this.#at += packet.filler
    return inner
  }

  flush(): void {
    writeSync(this.#fd, this.#buffer, 0, this.#at)
    this.octets += this.#at
    this.#at = 0
  }

  #begin(): void {
    if (this.#at > bufferOctets - longestFrame) this.flush()
    this.frames++
  }

  /** Record header, Ethernet, IPv4 and UDP; both ports are `port`. */
  #outer(timeUs: number, src: number, dst: number, port: number, datagram: number): void {
    const view = this.#view
    const frame = ethernet + ipv4 + datagram
    view.setUint32(this.#at, Math.floor(timeUs / 1e6), true)
    view.setUint32(this.#at + 4, timeUs % 1e6, true)
    view.setUint32(this.#at + 8, frame, true)
    view.setUint32(this.#at + 12, frame, true)
    this.#at += pcapRecord
    // locally administered addresses made of the IP addresses
    view.setUint16(this.#at, 0x0200)
    view.setUint32(this.#at + 2, dst)
    view.setUint16(this.#at + 6, 0x0200)
    view.setUint32(this.#at + 8, src)
    view.setUint16(this.#at + 12, 0x0800)
    this.#at += ethernet
    this.#ip(src, dst, protocolUdp, ipv4 + datagram)
    view.setUint16(this.#at, port)
    view.setUint16(this.#at + 2, port)
    view.setUint16(this.#at + 4, datagram)
    view.setUint16(this.#at + 6, 0) // no checksum, as GTP-U senders do over IPv4
    this.#at += udp
  }

  #ip(src: number, dst: number, protocol: number, length: number): void {
    const view = this.#view
    const identification = this.#identification++ & 0xffff
    const ttl = (64 << 8) | protocol
    const sum = 0x4500 + length + identification + dontFragment + ttl + words(src) + words(dst)
    view.setUint16(this.#at, 0x4500)
    view.setUint16(this.#at + 2, length)
    view.setUint16(this.#at + 4, identification)
    view.setUint16(this.#at + 6, dontFragment)
    view.setUint16(this.#at + 8, ttl)
    view.setUint16(this.#at + 10, ~fold(sum))
    view.setUint32(this.#at + 12, src)
    view.setUint32(this.#at + 16, dst)
    this.#at += ipv4
  }

  #udp(packet: InnerPacket, pseudo: number): void {
    const view = this.#view
    const length = udp + packet.head.length + packet.filler
    this.#ports(packet)
    view.setUint16(this.#at + 4, length)
    const sum = pseudo + packet.uePort + packet.serverPort + length + this.#payloadSum(packet)
    const checksum = ~fold(sum) & 0xffff
    view.setUint16(this.#at + 6, checksum === 0 ? 0xffff : checksum)
    this.#at += udp
  }

  #tcp(packet: InnerPacket, pseudo: number): void {
    const view = this.#view
    const offsetAndFlags = (5 << 12) | packet.tcpFlags
    const window = 0xfaf0
    this.#ports(packet)
    view.setUint32(this.#at + 4, packet.tcpSeq)
    view.setUint32(this.#at + 8, packet.tcpAck)
    view.setUint16(this.#at + 12, offsetAndFlags)
    view.setUint16(this.#at + 14, window)
    const sum =
      pseudo +
      packet.uePort +
      packet.serverPort +
      words(packet.tcpSeq) +
      words(packet.tcpAck) +
      offsetAndFlags +
      window +
      this.#payloadSum(packet)
    view.setUint16(this.#at + 16, ~fold(sum))
    view.setUint16(this.#at + 18, 0)
    this.#at += tcp
  }

  #ports(packet: InnerPacket): void {
    const { up, uePort, serverPort } = packet
    this.#view.setUint16(this.#at, up ? uePort : serverPort)
    this.#view.setUint16(this.#at + 2, up ? serverPort : uePort)
  }

  /** The filler's sum is known for every length; after an odd head its octets change places. */
  #payloadSum(packet: InnerPacket): number {
    const filler = this.#fillerSums[packet.filler] ?? 0
    const placed = packet.head.length % 2 === 0 ? filler : swap(filler)
    return sumOf(packet.head) + placed
  }
}
