/** One charging record of the packet-switched domain: whose session, and the octets of each container. Read
 * 3GPP TS 32.298 clauses 5.1.2.2 (fields), 5.2.2.2 (syntax) and charging-record-field.ts first. Tags
 * that are not known are stepped over: every release adds some. */

import { BerClass, BerValue, berCount, berIdentifier } from './ber.js'
import {
  type RecordField,
  type RecordKind,
  recordFields,
  recordKinds,
  ServiceTag,
  VolumeTag,
} from './charging-record-field.js'
import { timeStampSeconds } from './charging-time.js'
import { type Fault, FaultCode, layer } from './fault.js'
import { raiseFirst } from './gtp1-ie.js'
import { ipText, latin1, tbcd } from './octets.js'

export const layerCdr = layer('cdr')

/** Octets of one service between two reports. Absent numbers are -1, absent text ''. */
export interface ServiceContainer {
  ratingGroup: number
  serviceIdentifier: number
  chargingRuleBase: string
  octetsUp: number
  octetsDown: number
  /** seconds since 1970 */
  firstS: number
  lastS: number
}

/** Octets of the whole bearer up to a change of its conditions. */
export interface VolumeContainer {
  octetsUp: number
  octetsDown: number
  changeS: number
}

export interface ChargingRecord {
  kind: RecordKind
  imsi: string
  msisdn: string
  imei: string
  chargingId: number
  /** GGSN or PGW, which with `chargingId` names the bearer */
  gateway: string
  apn: string
  ueV4: string
  ueV6: string
  openingS: number
  durationS: number
  cause: number
  /** Record Sequence Number of partial records */
  sequence: number
  nodeId: string
  localSequence: number
  volumes: VolumeContainer[]
  services: ServiceContainer[]
}

/** A record has few thousand containers at most; a list of many more is an attack. */
const maxContainers = 1 << 16

const choice = new BerValue()
const field = new BerValue()
const item = new BerValue()
const part = new BerValue()
const inner = new BerValue()

/** Reads the record [off, end). Undefined: `fault` says why there is none, or, with FaultCode.Unsupported, that
 * it is of a kind that counts no octets of a session. Otherwise the record, and `fault` tells the first
 * thing in it that could not be read (FaultCode.None: all could). */
export function readChargingRecord(
  buf: Uint8Array,
  off: number,
  end: number,
  fault: Fault,
): ChargingRecord | undefined {
  fault.clear()
  if (!choice.decode(buf, off, end, fault)) return undefined
  const kind = (recordKinds as Readonly<Record<number, RecordKind>>)[choice.tag]
  if (choice.tagClass !== BerClass.Context || !choice.constructed || kind === undefined) {
    fault.raise(FaultCode.Unsupported, layerCdr, off, 0, choice.tag)
    return undefined
  }
  const record: ChargingRecord = {
    kind,
    imsi: '',
    msisdn: '',
    imei: '',
    chargingId: -1,
    gateway: '',
    apn: '',
    ueV4: '',
    ueV6: '',
    openingS: -1,
    durationS: -1,
    cause: -1,
    sequence: -1,
    nodeId: '',
    localSequence: -1,
    volumes: [],
    services: [],
  }
  const fields = recordFields[kind]
  for (let at = choice.off; at < choice.end; at = field.next) {
    if (!field.decode(buf, at, choice.end, fault)) return record
    const name = field.tagClass === BerClass.Context ? fields[field.tag] : undefined
    if (name !== undefined) takeField(record, name, buf, fault)
  }
  return record
}

function takeField(r: ChargingRecord, name: RecordField, buf: Uint8Array, fault: Fault): void {
  switch (name) {
    case 'imsi':
      r.imsi = digits(buf, field.off, fault)
      return
    case 'msisdn':
      // ISDN-AddressString: nature of address and numbering plan come first
      r.msisdn = digits(buf, field.off + 1, fault)
      return
    case 'imei':
      r.imei = digits(buf, field.off, fault)
      return
    case 'chargingId':
      r.chargingId = identifier(field, buf, fault)
      return
    case 'node':
      r.gateway ||= address(field, buf, fault)
      return
    case 'gateway':
      r.gateway = address(field, buf, fault)
      return
    case 'apn':
      r.apn = latin1(buf, field.off, field.end)
      return
    case 'address':
    case 'otherAddress':
      takeUeAddress(r, buf, fault)
      return
    case 'volumes':
      takeVolumes(r, buf, fault)
      return
    case 'services':
      takeServices(r, buf, fault)
      return
    case 'opening':
      r.openingS = timeStamp(field, buf, fault)
      return
    case 'duration':
      r.durationS = count(field, buf, fault)
      return
    case 'cause':
      r.cause = count(field, buf, fault)
      return
    case 'sequence':
      r.sequence = count(field, buf, fault)
      return
    case 'nodeId':
      r.nodeId = latin1(buf, field.off, field.end)
      return
    case 'localSequence':
      r.localSequence = identifier(field, buf, fault)
  }
}

/** PDPAddress: [0] holds an IPAddress, [1] an address of X.121. */
function takeUeAddress(r: ChargingRecord, buf: Uint8Array, fault: Fault): void {
  if (!part.decode(buf, field.off, field.end, fault) || !part.is(0)) return
  const text = address(part, buf, fault)
  if (text.includes(':')) r.ueV6 = text
  else r.ueV4 = text
}

function takeVolumes(r: ChargingRecord, buf: Uint8Array, fault: Fault): void {
  for (let at = field.off; at < field.end; at = item.next) {
    if (!container(r.volumes.length, at, buf, fault)) return
    const volume: VolumeContainer = { octetsUp: 0, octetsDown: 0, changeS: -1 }
    r.volumes.push(volume)
    for (let in1 = item.off; in1 < item.end; in1 = part.next) {
      if (!part.decode(buf, in1, item.end, fault)) return
      if (part.is(VolumeTag.Uplink)) volume.octetsUp = count(part, buf, fault)
      else if (part.is(VolumeTag.Downlink)) volume.octetsDown = count(part, buf, fault)
      else if (part.is(VolumeTag.ChangeTime)) volume.changeS = timeStamp(part, buf, fault)
    }
  }
}

function takeServices(r: ChargingRecord, buf: Uint8Array, fault: Fault): void {
  for (let at = field.off; at < field.end; at = item.next) {
    if (!container(r.services.length, at, buf, fault)) return
    const service: ServiceContainer = {
      ratingGroup: -1,
      serviceIdentifier: -1,
      chargingRuleBase: '',
      octetsUp: 0,
      octetsDown: 0,
      firstS: -1,
      lastS: -1,
    }
    r.services.push(service)
    for (let in1 = item.off; in1 < item.end; in1 = part.next) {
      if (!part.decode(buf, in1, item.end, fault)) return
      if (part.tagClass === BerClass.Context) takeServicePart(service, buf, fault)
    }
  }
}

function takeServicePart(service: ServiceContainer, buf: Uint8Array, fault: Fault): void {
  switch (part.tag) {
    case ServiceTag.RatingGroup:
      service.ratingGroup = identifier(part, buf, fault)
      return
    case ServiceTag.ChargingRuleBaseName:
      service.chargingRuleBase = latin1(buf, part.off, part.end)
      return
    case ServiceTag.TimeOfFirstUsage:
      service.firstS = timeStamp(part, buf, fault)
      return
    case ServiceTag.TimeOfLastUsage:
      service.lastS = timeStamp(part, buf, fault)
      return
    case ServiceTag.Uplink:
      service.octetsUp = count(part, buf, fault)
      return
    case ServiceTag.Downlink:
      service.octetsDown = count(part, buf, fault)
      return
    case ServiceTag.ServiceIdentifier:
      service.serviceIdentifier = identifier(part, buf, fault)
  }
}

/** The next element of a SEQUENCE OF: itself a SEQUENCE. */
function container(before: number, at: number, buf: Uint8Array, fault: Fault): boolean {
  if (before >= maxContainers) {
    raiseFirst(fault, FaultCode.Limit, layerCdr, at, maxContainers, before)
    return false
  }
  return item.decode(buf, at, field.end, fault)
}

/** TBCD digits of the field from `off` on. */
function digits(buf: Uint8Array, off: number, fault: Fault): string {
  if (field.constructed || off > field.end) {
    raiseFirst(fault, FaultCode.BadValue, layerCdr, field.off, 1, field.end - field.off)
    return ''
  }
  return tbcd(buf, off, field.end)
}

function count(value: BerValue, buf: Uint8Array, fault: Fault): number {
  const number = value.constructed ? -1 : berCount(buf, value.off, value.end)
  if (number < 0) bad(value, fault)
  return number
}

function identifier(value: BerValue, buf: Uint8Array, fault: Fault): number {
  const number = value.constructed ? -1 : berIdentifier(buf, value.off, value.end)
  if (number < 0) bad(value, fault)
  return number
}

function timeStamp(value: BerValue, buf: Uint8Array, fault: Fault): number {
  const seconds = timeStampSeconds(buf, value.off, value.end)
  if (seconds < 0) bad(value, fault)
  return seconds
}

function bad(value: BerValue, fault: Fault): void {
  raiseFirst(fault, FaultCode.BadValue, layerCdr, value.off, 0, value.end - value.off)
}

/** IPAddress: [0] and [1] binary, [2] and [3] text, [4] IPv6 with the length of its prefix. */
function address(holder: BerValue, buf: Uint8Array, fault: Fault): string {
  if (!inner.decode(buf, holder.off, holder.end, fault)) return ''
  const { tag, off, end, constructed } = inner
  if (constructed) return prefixed(buf, fault)
  if (tag === 2 || tag === 3) return latin1(buf, off, end)
  const octets = end - off
  if (octets === 4 || octets === 16) return ipText(octets === 4 ? 4 : 6, buf, off)
  bad(inner, fault)
  return ''
}

/** The address inside IPBinV6AddressWithPrefixLength. */
function prefixed(buf: Uint8Array, fault: Fault): string {
  const { off, end } = inner
  if (!inner.decode(buf, off, end, fault)) return ''
  if (inner.end - inner.off === 16) return ipText(6, buf, inner.off)
  bad(inner, fault)
  return ''
}
