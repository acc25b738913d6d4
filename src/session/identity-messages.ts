/** Messages of Diameter and RADIUS that say who has an address, and from when to when. Read RFC 8506 section 3
 * (CCR, CCA, CC-Request-Type), 3GPP TS 29.212 clause 4.5.1, TS 32.299 clause 5.2 (Gy), RFC 2866 sections
 * 4.1 and 5.1 (Accounting-Request).
 *
 * A request counts at once: many captures have one direction only. An answer that refuses takes it back. */

import { DiameterHeader } from '../wire/diameter.js'
import { DiameterApplication, DiameterCommand } from '../wire/diameter-code.js'
import { CcRequestType } from '../wire/diameter-enumerated.js'
import { type DiameterFacts, readDiameter } from '../wire/diameter-facts.js'
import { isSuccess, resultName } from '../wire/diameter-result.js'
import { type Fault, FaultCode } from '../wire/fault.js'
import { RadiusCode } from '../wire/radius.js'
import { AcctStatus } from '../wire/radius-dictionary.js'
import { type RadiusMessage, readRadius } from '../wire/radius-message.js'
import type { Identity, IdentityBook } from './identity-book.js'
import type { At } from './session-store.js'

const protocols: Readonly<Record<number, 'gx' | 'gy'>> = {
  [DiameterApplication.Gx]: 'gx',
  [DiameterApplication.CreditControl]: 'gy',
}

const header = new DiameterHeader()

/** One Diameter message; false with `fault` when it could not be read to its end. */
export function diameterIdentity(
  book: IdentityBook,
  buf: Uint8Array,
  off: number,
  end: number,
  at: At,
  fault: Fault,
): boolean {
  if (!header.decode(buf, off, end, fault)) return false
  const protocol = protocols[header.application]
  if (protocol === undefined || header.command !== DiameterCommand.CreditControl) return true
  const { request } = header
  const facts = readDiameter(header, buf, fault)
  if (facts.sessionId !== '') creditControl(book, said(protocol, facts), facts, request, at)
  return fault.code === FaultCode.None
}

function creditControl(
  book: IdentityBook,
  identity: Identity,
  facts: DiameterFacts,
  request: boolean,
  at: At,
): void {
  const isInitial = facts.requestType === CcRequestType.Initial
  if (!request) {
    if (!isInitial || facts.result < 0 || isSuccess(facts.result)) return
    book.refused(identity, at, facts.result, resultName(facts.result))
    return
  }
  if (isInitial) book.start(identity, at)
  else if (facts.requestType === CcRequestType.Update) {
    book.start(identity, at, 'seen first in an update')
  } else if (facts.requestType === CcRequestType.Termination) book.stop(identity, at)
}

function said(protocol: 'gx' | 'gy', facts: DiameterFacts): Identity {
  const service = facts.avps.group('Service-Information')?.group('PS-Information')
  return {
    protocol,
    session: facts.sessionId,
    node: '',
    imsi: facts.imsi,
    msisdn: facts.msisdn,
    imei: '',
    apn: facts.calledStationId,
    chargingId: service === undefined ? -1 : service.number('PDN-Connection-Charging-ID'),
    ueV4: facts.framedIpv4,
    ueV6: facts.framedIpv6Prefix,
  }
}

/** One RADIUS packet; false with `fault` when it could not be read to its end. `source` is the sender's
 * address, for a NAS that does not name itself. */
export function radiusIdentity(
  book: IdentityBook,
  buf: Uint8Array,
  off: number,
  end: number,
  source: string,
  at: At,
  fault: Fault,
): boolean {
  const message = readRadius(buf, off, end, fault)
  if (message === undefined) return false
  if (message.code === RadiusCode.AccountingRequest) accounting(book, message, source, at)
  return fault.code === FaultCode.None
}

function accounting(book: IdentityBook, m: RadiusMessage, source: string, at: At): void {
  const node = m.nasIp ?? m.nasIpv6 ?? m.nasIdentifier ?? source
  // 5.1: On and Off are of the NAS, whose users are gone
  if (m.status === AcctStatus.On || m.status === AcctStatus.Off) {
    book.nodeRestarted(node, at)
    return
  }
  if (m.sessionId === undefined) return
  const identity = account(m, node, m.sessionId)
  if (m.status === AcctStatus.Start) book.start(identity, at)
  else if (m.status === AcctStatus.Interim) book.interim(identity, at)
  else if (m.status === AcctStatus.Stop) book.stop(identity, at)
}

/** TS 29.061 clause 16.4.3: Calling-Station-Id is the MSISDN; elsewhere it is a MAC address. */
const msisdnDigits = /^\+?(\d{5,15})$/
const imsiDigits = /^\d{6,15}$/

function account(m: RadiusMessage, node: string, session: string): Identity {
  const { gpp } = m
  const imsi = gpp.imsi ?? ''
  return {
    protocol: 'radius',
    session,
    node,
    imsi: imsiDigits.test(imsi) ? imsi : '',
    msisdn: msisdnDigits.exec(m.callingStationId ?? '')?.[1] ?? '',
    imei: gpp.imeisv ?? '',
    // only a mobile gateway sends a subscriber's identity and an APN in one packet
    apn: gpp.imsi === undefined ? '' : (m.calledStationId ?? ''),
    chargingId: gpp.chargingId ?? -1,
    ueV4: m.framedIp ?? '',
    ueV6: m.framedIpv6 ?? m.framedIpv6Prefixes[0] ?? '',
  }
}
