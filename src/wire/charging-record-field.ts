/** Which tag means what in each kind of packet-switched charging record. Read 3GPP TS 32.298 clause 5.2.2.2
 * (GPRSChargingDataTypes); G-CDR and eG-CDR are in its releases up to 7. */

/** Kinds that count octets of a session, by the tag of the CHOICE GPRSRecord. */
export const recordKinds = {
  20: 's-cdr',
  21: 'g-cdr',
  /** release 6; tag 70 from release 7 on */
  28: 'eg-cdr',
  70: 'eg-cdr',
  78: 'sgw-cdr',
  79: 'pgw-cdr',
  92: 'tdf-cdr',
  95: 'ipe-cdr',
  96: 'epdg-cdr',
  97: 'twag-cdr',
} as const
export type RecordKind = (typeof recordKinds)[keyof typeof recordKinds]

/** What is read of a record. */
export type RecordField =
  | 'imsi'
  | 'msisdn'
  | 'imei'
  | 'chargingId'
  | 'node' // the node that wrote it
  | 'gateway' // GGSN or PGW, where that is another node
  | 'apn'
  | 'address'
  | 'otherAddress' // the IPv4 address of a dual-stack session
  | 'volumes'
  | 'services'
  | 'opening'
  | 'duration'
  | 'cause'
  | 'sequence'
  | 'nodeId'
  | 'localSequence'

type FieldTags = Readonly<Record<number, RecordField>>

const gateway: FieldTags = {
  3: 'imsi',
  4: 'node',
  5: 'chargingId',
  7: 'apn',
  9: 'address',
  12: 'volumes',
  13: 'opening',
  14: 'duration',
  15: 'cause',
  17: 'sequence',
  18: 'nodeId',
  20: 'localSequence',
  22: 'msisdn',
  29: 'imei',
}

const serving: FieldTags = {
  3: 'imsi',
  4: 'imei',
  5: 'node',
  10: 'chargingId',
  11: 'gateway',
  12: 'apn',
  14: 'address',
  15: 'volumes',
  16: 'opening',
  17: 'duration',
  19: 'cause',
  21: 'sequence',
  22: 'nodeId',
  24: 'localSequence',
  27: 'msisdn',
}

/** Tags of the SET, by kind. */
export const recordFields: Readonly<Record<RecordKind, FieldTags>> = {
  's-cdr': serving,
  'g-cdr': gateway,
  'eg-cdr': { ...gateway, 34: 'services' },
  'sgw-cdr': { ...gateway, 36: 'gateway', 43: 'otherAddress' },
  'pgw-cdr': { ...gateway, 34: 'services', 45: 'otherAddress' },
  'tdf-cdr': { ...gateway, 34: 'services', 41: 'chargingId', 45: 'otherAddress' },
  'ipe-cdr': { ...gateway, 34: 'services', 45: 'otherAddress' },
  'epdg-cdr': { ...gateway, 36: 'gateway', 43: 'otherAddress' },
  'twag-cdr': { ...gateway, 36: 'gateway', 43: 'otherAddress' },
}

/** ChangeOfServiceCondition: the container of one service. */
export const ServiceTag = {
  RatingGroup: 1,
  ChargingRuleBaseName: 2,
  LocalSequenceNumber: 4,
  TimeOfFirstUsage: 5,
  TimeOfLastUsage: 6,
  TimeUsage: 7,
  ServiceConditionChange: 8,
  Uplink: 12,
  Downlink: 13,
  TimeOfReport: 14,
  ServiceIdentifier: 17,
} as const

/** ChangeOfCharCondition: the container of a time without changes. */
export const VolumeTag = { Uplink: 3, Downlink: 4, ChangeCondition: 5, ChangeTime: 6 } as const
