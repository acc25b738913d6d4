/** One PDP context (GTPv0, GTPv1) or EPS bearer (GTPv2) as the control plane described it: the facts that
 * charging asks for (3GPP TS 29.060 clause 7.3.1, TS 29.274 clause 7.2.1). One small object a row, a new
 * one for each instance, so that whoever holds it after the close still reads the truth. */

import type { Address } from './address-book.js'

/** Why a context ended. */
export type ContextEnd =
  | 'deleted' // Delete PDP Context, Delete Session, Delete Bearer
  | 'replaced' // created again with no delete in between, or its tunnel was given to another
  | 'peer-restart' // Recovery counter of one of its nodes went up
  | 'error-indication' // a node says that it knows no such tunnel
  | 'evicted' // the table was full and this one was silent for the longest time

/** Which protocol the context is known by: GTP-C, or, where that was not captured, the next best. */
export type ContextSource = 'gtp' | 'pfcp' | 'gx' | 'gy' | 'radius'

export type GtpVersion = -1 | 0 | 1 | 2

/** Readonly view for everybody outside `session/`. Absent facts are '' or -1. */
export interface PdpContext {
  /** instance number within the run, from 1; never used again */
  readonly context: number
  readonly source: ContextSource
  /** -1 unless the source is GTP-C */
  readonly gtpVersion: GtpVersion
  readonly imsi: string
  readonly msisdn: string
  /** IMEI or IMEISV */
  readonly imei: string
  /** Network Identifier, as subscribers and rules name it */
  readonly apn: string
  /** as it was sent, perhaps with the Operator Identifier; '' when `apn` is a network instance of PFCP */
  readonly apnSent: string
  readonly rat: string
  readonly uli: string
  /** MCC-MNC that serves the terminal: `460-01` */
  readonly servingPlmn: string
  /** -1 when not known */
  readonly chargingCharacteristics: number
  readonly chargingId: number
  /** NSAPI or EBI */
  readonly bearer: number
  /** NSAPI or EBI of the context that this one hangs on; -1 for a primary one */
  readonly linkedBearer: number
  readonly ueV4: string
  /** `2001:db8:46::/64` */
  readonly ueV6: string
  /** control-plane address next to the terminal: SGSN, MME, else SGW */
  readonly sgsn: string
  /** GGSN, PGW, else SGW */
  readonly ggsn: string
  /** unsigned TEID (GTPv0: flow label) that receives uplink, downlink; -1 when not known */
  readonly teidUp: number
  readonly teidDown: number
  readonly createdUs: number
  readonly createdFrame: number
  /** -1 while it lives */
  readonly endedUs: number
  readonly endedFrame: number
  readonly endReason: ContextEnd | ''
}

/** The same, as `session/` fills it. */
export class PdpContextFacts implements PdpContext {
  context = 0
  source: ContextSource
  gtpVersion: GtpVersion
  imsi = ''
  msisdn = ''
  imei = ''
  apn = ''
  apnSent = ''
  rat = ''
  uli = ''
  servingPlmn = ''
  chargingCharacteristics = -1
  chargingId = -1
  bearer = -1
  linkedBearer = -1
  ueV4 = ''
  ueV6 = ''
  sgsn = ''
  ggsn = ''
  teidUp = -1
  teidDown = -1
  createdUs = 0
  createdFrame = 0
  endedUs = -1
  endedFrame = 0
  endReason: ContextEnd | '' = ''
  /** control-plane nodes: a restart of either ends the context */
  accessNode: Address = -1
  anchorNode: Address = -1

  constructor(gtpVersion: GtpVersion, source: ContextSource = 'gtp') {
    this.gtpVersion = gtpVersion
    this.source = source
  }

  /** Fills what is not known here from `other`: a bearer takes its subscriber from the default bearer, a
   * session seen on S5/S8 its location from S11. */
  takeMissing(other: PdpContext): void {
    this.imsi ||= other.imsi
    this.msisdn ||= other.msisdn
    this.imei ||= other.imei
    if (this.apn === '' || (this.apnSent === '' && other.apnSent !== '')) {
      this.apn = other.apn
      this.apnSent = other.apnSent
    }
    this.rat ||= other.rat
    this.uli ||= other.uli
    this.servingPlmn ||= other.servingPlmn
    if (this.chargingCharacteristics < 0) {
      this.chargingCharacteristics = other.chargingCharacteristics
    }
    this.ueV4 ||= other.ueV4
    this.ueV6 ||= other.ueV6
  }

  /** The same session seen by a better source: what that one says counts, what it does not say stays. */
  becomes(other: PdpContextFacts): void {
    const before = { ...this }
    const { context, createdUs, createdFrame } = this
    Object.assign(this, other, { context, createdUs, createdFrame })
    this.takeMissing(before)
    if (this.chargingId < 0) this.chargingId = before.chargingId
    if (this.teidUp < 0) this.teidUp = before.teidUp
    if (this.teidDown < 0) this.teidDown = before.teidDown
  }
}
