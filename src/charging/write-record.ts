/** Predicted usage as a charging record: a PGW-CDR or an eG-CDR with one container a rating group. Read 3GPP TS
 * 32.298 clause 5.2.2.2 and, for what a gateway would put where, TS 32.251 clauses 5.2.3.2 and 6.1.3. */

import ipaddr from 'ipaddr.js'
import { ServiceTag } from '../wire/charging-record-field.js'
import { group, integer, primitive, sequence, tbcdOctets, text, timeStamp } from './ber-writer.js'

export type RecordForm = 'pgw-cdr' | 'egcdr'

export interface PredictedContainer {
  readonly ratingGroup: number
  readonly octetsUp: number
  readonly octetsDown: number
  readonly firstUs: number
  readonly lastUs: number
}

/** What was predicted for one subscriber and APN. Absent text is '', absent numbers are -1. */
export interface PredictedRecord {
  /** digits, `*` for those that are masked */
  readonly imsi: string
  readonly msisdn: string
  readonly apn: string
  readonly chargingId: number
  readonly gateway: string
  /** the node at the other side of the gateway: SGSN, SGW */
  readonly servingNode: string
  readonly fromSgsn: boolean
  readonly ue: string
  readonly openingUs: number
  readonly lastUs: number
  /** Record Sequence Number of a partial record, from 1; -1 when there is only one */
  readonly part: number
  readonly containers: readonly PredictedContainer[]
}

interface Form {
  /** tag of the CHOICE */
  readonly choice: number
  /** RecordType */
  readonly type: number
  /** an element that only this kind must have */
  readonly servingNodeType: boolean
}

const forms: Readonly<Record<RecordForm, Form>> = {
  'pgw-cdr': { choice: 79, type: 85, servingNodeType: true },
  egcdr: { choice: 70, type: 70, servingNodeType: false },
}

/** CauseForRecClosing: the capture ends, the session need not. */
const managementIntervention = 20
/** ServiceConditionChange, a BIT STRING of 25 bits with the last set: recordClosure (24). */
const recordClosure = Uint8Array.of(7, 0, 0, 0, 0x80)
/** ISDN-AddressString: international number, ISDN numbering plan. */
const internationalIsdn = 0x91
/** ServingNodeType, of sGSN(0), pMIPSGW(1), gTPSGW(2) ... */
const sgsn = 0
const gtpSgw = 2

/** One record as BER. `localSequence`: Local Sequence Number. */
export function writeRecord(
  form: RecordForm,
  r: PredictedRecord,
  localSequence: number,
): Uint8Array {
  const { choice, type, servingNodeType } = forms[form]
  const gateway = addressOf(r.gateway) ?? unknownAddress
  const serving = addressOf(r.servingNode) ?? unknownAddress
  const fields = [integer(0, type)]
  if (r.imsi !== '') fields.push(primitive(3, tbcdOctets(r.imsi)))
  fields.push(group(4, gateway), integer(5, Math.max(r.chargingId, 0)), group(6, serving))
  if (r.apn !== '') fields.push(text(7, r.apn))
  const ue = addressOf(r.ue)
  if (ue !== undefined) fields.push(group(9, group(0, ue)))
  const seconds = Math.floor(r.lastUs / 1e6) - Math.floor(r.openingUs / 1e6)
  fields.push(timeStamp(13, r.openingUs), integer(14, Math.max(0, seconds)))
  fields.push(integer(15, managementIntervention))
  if (r.part >= 0) fields.push(integer(17, r.part))
  fields.push(integer(20, localSequence))
  if (r.msisdn !== '') {
    const number = Uint8Array.of(internationalIsdn, ...tbcdOctets(r.msisdn))
    fields.push(primitive(22, number))
  }
  fields.push(primitive(23, new Uint8Array(2)))
  fields.push(group(34, ...r.containers.map(service)))
  if (servingNodeType) fields.push(group(35, enumerated(r.fromSgsn ? sgsn : gtpSgw)))
  return group(choice, ...fields)
}

function service(c: PredictedContainer, index: number): Uint8Array {
  return sequence(
    integer(ServiceTag.RatingGroup, c.ratingGroup),
    integer(ServiceTag.LocalSequenceNumber, index + 1),
    timeStamp(ServiceTag.TimeOfFirstUsage, c.firstUs),
    timeStamp(ServiceTag.TimeOfLastUsage, c.lastUs),
    primitive(ServiceTag.ServiceConditionChange, recordClosure),
    integer(ServiceTag.Uplink, c.octetsUp),
    integer(ServiceTag.Downlink, c.octetsDown),
    timeStamp(ServiceTag.TimeOfReport, c.lastUs),
  )
}

/** ENUMERATED, the element of SEQUENCE OF ServingNodeType. */
function enumerated(number: number): Uint8Array {
  return Uint8Array.of(0x0a, 1, number)
}

/** iPBinV4Address 0.0.0.0: the element must be there. */
const unknownAddress = primitive(0, new Uint8Array(4))

/** IPAddress of an address, or of the network of a prefix; undefined when there is none. */
function addressOf(address: string): Uint8Array | undefined {
  const [plain = ''] = address.split('/')
  if (!ipaddr.isValid(plain)) return undefined
  const octets = Uint8Array.from(ipaddr.parse(plain).toByteArray())
  return primitive(octets.length === 4 ? 0 : 1, octets)
}
