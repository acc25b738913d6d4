/** Values of PFCP elements as plain objects: addresses, tunnels, identities, volumes, redirection. Read 3GPP
 * TS 29.244 clause 8.2, the sub-clause named at each.
 *
 * Every reader takes its fields from the left and leaves what is behind them: later releases append
 * octets, and 8.1.1 tells the receiver to pass over them. Addresses are text, undefined when absent. */

import { apnText } from './apn.js'
import type { FieldReader } from './field-reader.js'
import { tbcd } from './octets.js'

/** 8.2.3 */
export interface PfcpFTeid {
  /** int32 pattern, as in packets; undefined when the UP function is to choose */
  teid: number | undefined
  v4: string | undefined
  v6: string | undefined
  /** CH: the UP function chooses TEID and address, and says which in Created PDR */
  choose: boolean
  /** PDRs with equal CHOOSE ID get one F-TEID */
  chooseId: number | undefined
}

export function fTeid(f: FieldReader): PfcpFTeid {
  const flags = f.u8()
  const choose = (flags & 4) !== 0
  if (choose) {
    const chooseId = (flags & 8) !== 0 ? f.u8() : undefined
    return { teid: undefined, v4: undefined, v6: undefined, choose, chooseId }
  }
  const teid = f.int32()
  const v4 = (flags & 1) !== 0 ? f.ipv4() : undefined
  const v6 = (flags & 2) !== 0 ? f.ipv6() : undefined
  return { teid, v4, v6, choose, chooseId: undefined }
}

/** 8.2.37 */
export interface PfcpFSeid {
  /** `0x` and 16 digits */
  seid: string
  v4: string | undefined
  v6: string | undefined
}

export function fSeid(f: FieldReader): PfcpFSeid {
  const flags = f.u8()
  const seid = `0x${f.hex(8)}`
  const v4 = (flags & 2) !== 0 ? f.ipv4() : undefined
  const v6 = (flags & 1) !== 0 ? f.ipv6() : undefined
  return { seid, v4, v6 }
}

/** 8.2.38: an address or a name; '' for a type that the standard does not have. */
export interface PfcpNodeId {
  /** 0 IPv4, 1 IPv6, 2 name */
  type: number
  text: string
}

export function nodeId(f: FieldReader): PfcpNodeId {
  const type = f.u8() & 15
  if (type === 0) return { type, text: f.ipv4() }
  if (type === 1) return { type, text: f.ipv6() }
  return { type, text: type === 2 ? labels(f) : '' }
}

/** 8.2.62 */
export interface PfcpUeIp {
  v4: string | undefined
  v6: string | undefined
  /** S/D: the address is the destination of packets that match, not their source; PDI only */
  destination: boolean
  /** IPv6 prefix delegation: the prefix is shorter than /64 by so many bits */
  delegatedBits: number | undefined
  prefixLength: number | undefined
  /** CHV4, CHV6: the UP function assigns the address */
  choose: boolean
}

export function ueIp(f: FieldReader): PfcpUeIp {
  const flags = f.u8()
  return {
    v4: (flags & 2) !== 0 ? f.ipv4() : undefined,
    v6: (flags & 1) !== 0 ? f.ipv6() : undefined,
    destination: (flags & 4) !== 0,
    delegatedBits: (flags & 8) !== 0 ? f.u8() : undefined,
    prefixLength: (flags & 0x40) !== 0 ? f.u8() : undefined,
    choose: (flags & 0x30) !== 0,
  }
}

/** 8.2.5 */
export interface PfcpSdfFilter {
  /** an IPFilterRule of RFC 6733: `permit out ip from any to assigned` */
  flow: string | undefined
  /** ToS or Traffic Class and its mask */
  tosTrafficClass: number | undefined
  spi: number | undefined
  flowLabel: number | undefined
  filterId: number | undefined
}

export function sdfFilter(f: FieldReader): PfcpSdfFilter {
  const flags = f.u8()
  f.u8()
  return {
    flow: (flags & 1) !== 0 ? f.text(f.u16()) : undefined,
    tosTrafficClass: (flags & 2) !== 0 ? f.u16() : undefined,
    spi: (flags & 4) !== 0 ? f.u32() : undefined,
    flowLabel: (flags & 8) !== 0 ? f.u24() & 0x0f_ffff : undefined,
    filterId: (flags & 16) !== 0 ? f.u32() : undefined,
  }
}

/** 8.2.4: a name as an APN is encoded, or as text. Labels begin with their length, which no printable
 * character is as small as. */
export function networkInstance(f: FieldReader): string {
  return f.left > 0 && f.buf[f.at]! < 0x20 ? labels(f) : f.text(f.left)
}

/** The rest as an APN or a domain name. */
export function labels(f: FieldReader): string {
  const octets = f.left
  const at = f.range(octets)
  return at < 0 ? '' : apnText(f.buf, at, at + octets)
}

/** 8.2.20 */
export interface PfcpRedirect {
  /** 0 IPv4, 1 IPv6, 2 URL, 3 SIP URI, 4 IPv4 and IPv6, 5 to 8 with a port */
  type: number
  address: string
  /** type 4: the IPv6 address; '' otherwise */
  other: string
}

export function redirect(f: FieldReader): PfcpRedirect {
  const type = f.u8() & 15
  const address = f.text(f.u16())
  // Release 14 ends here
  const other = f.left >= 2 ? f.text(f.u16()) : ''
  return { type, address, other }
}

/** 8.2.56 */
export interface PfcpOuterHeader {
  /** octets 5 and 6 as one number: 0x0100 is GTP-U/UDP/IPv4 */
  description: number
  /** int32 pattern */
  teid: number | undefined
  v4: string | undefined
  v6: string | undefined
  port: number | undefined
}

export function outerHeaderCreation(f: FieldReader): PfcpOuterHeader {
  const description = f.u16()
  return {
    description,
    teid: (description & 0x0300) !== 0 ? f.int32() : undefined,
    v4: (description & 0x1500) !== 0 ? f.ipv4() : undefined,
    v6: (description & 0x2a00) !== 0 ? f.ipv6() : undefined,
    port: (description & 0x0c00) !== 0 ? f.u16() : undefined,
  }
}

/** Octets (and packets) of a threshold (8.2.13), a quota (8.2.50) or a measurement (8.2.44): 64 bits, and
 * undefined where the flag is not set, which is not the same as 0. */
export interface PfcpVolume {
  total: bigint | undefined
  up: bigint | undefined
  down: bigint | undefined
  packetsTotal: bigint | undefined
  packetsUp: bigint | undefined
  packetsDown: bigint | undefined
}

/** Thresholds and quotas have octets only; their spare flag bits are not counters. */
export function volumeLimit(f: FieldReader): PfcpVolume {
  return counters(f, f.u8() & 7)
}

export function volumeMeasurement(f: FieldReader): PfcpVolume {
  return counters(f, f.u8() & 63)
}

function counters(f: FieldReader, flags: number): PfcpVolume {
  return {
    total: (flags & 1) !== 0 ? f.u64() : undefined,
    up: (flags & 2) !== 0 ? f.u64() : undefined,
    down: (flags & 4) !== 0 ? f.u64() : undefined,
    packetsTotal: (flags & 8) !== 0 ? f.u64() : undefined,
    packetsUp: (flags & 16) !== 0 ? f.u64() : undefined,
    packetsDown: (flags & 32) !== 0 ? f.u64() : undefined,
  }
}

/** 8.2.8, 8.2.9 */
export interface PfcpBitRate {
  upKbps: number
  downKbps: number
}

export function bitRate(f: FieldReader): PfcpBitRate {
  return { upKbps: f.u40(), downKbps: f.u40() }
}

/** 8.2.101: digits or text, each undefined when absent. */
export interface PfcpUserId {
  imsi: string | undefined
  imei: string | undefined
  msisdn: string | undefined
  nai: string | undefined
  supi: string | undefined
  gpsi: string | undefined
  pei: string | undefined
}

export function userId(f: FieldReader): PfcpUserId {
  const flags = f.u8()
  return {
    imsi: (flags & 1) !== 0 ? digits(f) : undefined,
    imei: (flags & 2) !== 0 ? digits(f) : undefined,
    msisdn: (flags & 4) !== 0 ? digits(f) : undefined,
    nai: (flags & 8) !== 0 ? f.text(f.u8()) : undefined,
    supi: (flags & 16) !== 0 ? f.text(f.u8()) : undefined,
    gpsi: (flags & 32) !== 0 ? f.text(f.u8()) : undefined,
    pei: (flags & 64) !== 0 ? f.text(f.u8()) : undefined,
  }
}

function digits(f: FieldReader): string {
  const octets = f.u8()
  const at = f.range(octets)
  return at < 0 ? '' : tbcd(f.buf, at, at + octets)
}

/** 8.2.80 */
export interface PfcpFailedRule {
  /** 0 PDR, 1 FAR, 2 QER, 3 URR, 4 BAR, 5 MAR, 6 SRR */
  type: number
  id: number
}

/** A PDR and a MAR are known by two octets, a BAR and an SRR by one, the others by four. */
export function failedRule(f: FieldReader): PfcpFailedRule {
  const type = f.u8() & 31
  if (type === 0 || type === 5) return { type, id: f.u16() }
  return { type, id: type === 4 || type === 6 ? f.u8() : f.u32() }
}

/** S-NSSAI (TS 24.501 clause 9.11.2.8): `1` or `1-010203`. */
export function sNssai(f: FieldReader): string {
  const sst = f.u8()
  return f.left >= 3 ? `${sst}-${f.hex(3)}` : `${sst}`
}

/** 8.2.6 and the like: the rest as text. */
export function text(f: FieldReader): string {
  return f.text(f.left)
}

const ntpTo1970 = 2_208_988_800

/** NTP seconds (RFC 5905 section 6) as seconds since 1970. Values with the top bit clear are of the era
 * that begins in 2036: PFCP is younger than 1968. */
export function ntpSeconds(f: FieldReader): number {
  const seconds = f.u32()
  return (seconds < 0x8000_0000 ? seconds + 0x1_0000_0000 : seconds) - ntpTo1970
}

/** Up to three octets of flags, the first octet in the lowest bits; releases appended octets. */
export function flagOctets(f: FieldReader): number {
  let flags = f.u8()
  for (let shift = 8; shift < 24 && f.left > 0; shift += 8) flags |= f.u8() << shift
  return flags
}
