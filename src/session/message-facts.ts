/** From the offsets of a decoded message to the strings and numbers of a context. Runs for messages that
 * create or change a context, never for user packets. */

import { apnNetworkIdentifier, apnText } from '../wire/apn.js'
import { EndUserAddress } from '../wire/end-user-address.js'
import type { Gtp1Facts } from '../wire/gtp1-facts.js'
import type { Gtp2Facts } from '../wire/gtp2-facts.js'
import { ipv4Text, ipv6Text, tbcd } from '../wire/octets.js'
import { ratName } from '../wire/rat-type.js'
import { plmnText, raiText, UserLocation } from '../wire/user-location.js'
import type { PdpContext, PdpContextFacts } from './pdp-context.js'

const location = new UserLocation()
const ueAddress = new EndUserAddress()
const prefix = new Uint8Array(16)

/** TS 29.060: everything that a Create, Update or Change message may say of a context. */
export function takeFacts1(facts: PdpContextFacts, m: Gtp1Facts, buf: Uint8Array): void {
  if (m.imsiOff >= 0) facts.imsi ||= tbcd(buf, m.imsiOff, m.imsiOff + 8)
  if (m.msisdnOff >= 0) facts.msisdn = tbcd(buf, m.msisdnOff, m.msisdnEnd)
  if (m.imeiOff >= 0) facts.imei = tbcd(buf, m.imeiOff, m.imeiEnd)
  if (m.apnOff >= 0) setApn(facts, apnText(buf, m.apnOff, m.apnEnd))
  if (m.rat >= 0) facts.rat = ratName(m.rat)
  if (m.raiOff >= 0) {
    facts.servingPlmn = plmnText(buf, m.raiOff)
    // without a ULI the routing area is all that is known of the place
    if (facts.uli === '' || facts.uli.startsWith('rai')) facts.uli = raiText(buf, m.raiOff)
  }
  if (m.uliOff >= 0) {
    location.decode1(buf, m.uliOff, m.uliEnd)
    setLocation(facts, m.raiOff < 0)
  }
  if (m.chargingCharacteristics >= 0) facts.chargingCharacteristics = m.chargingCharacteristics
  if (m.chargingId >= 0) facts.chargingId = m.chargingId
  if (m.nsapi >= 0) facts.bearer = m.nsapi
  if (m.linkedNsapi >= 0) facts.linkedBearer = m.linkedNsapi
  if (m.euaOff >= 0) {
    ueAddress.decode1(buf, m.euaOff, m.euaEnd)
    setUeAddress(facts, buf)
  }
}

/** TS 29.274: what a message says outside its bearer contexts. */
export function takeFacts2(facts: PdpContextFacts, m: Gtp2Facts, buf: Uint8Array): void {
  if (m.imsiOff >= 0) facts.imsi ||= tbcd(buf, m.imsiOff, m.imsiEnd)
  if (m.msisdnOff >= 0) facts.msisdn = tbcd(buf, m.msisdnOff, m.msisdnEnd)
  if (m.meiOff >= 0) facts.imei = tbcd(buf, m.meiOff, m.meiEnd)
  if (m.apnOff >= 0) setApn(facts, apnText(buf, m.apnOff, m.apnEnd))
  if (m.rat >= 0) facts.rat = ratName(m.rat)
  if (m.servingNetworkOff >= 0) facts.servingPlmn = plmnText(buf, m.servingNetworkOff)
  if (m.uliOff >= 0) {
    location.decode2(buf, m.uliOff, m.uliEnd)
    setLocation(facts, m.servingNetworkOff < 0)
  }
  if (m.chargingCharacteristics >= 0) facts.chargingCharacteristics = m.chargingCharacteristics
  if (m.chargingId >= 0) facts.chargingId = m.chargingId
  if (m.paaOff >= 0) {
    ueAddress.decode2(buf, m.paaOff, m.paaEnd)
    setUeAddress(facts, buf)
  }
}

/** Facts of an update request that take the place of the known ones. */
export function takeChanges(facts: PdpContextFacts, said: PdpContext): void {
  if (said.msisdn !== '') facts.msisdn = said.msisdn
  if (said.imei !== '') facts.imei = said.imei
  if (said.rat !== '') facts.rat = said.rat
  if (said.uli !== '') facts.uli = said.uli
  if (said.servingPlmn !== '') facts.servingPlmn = said.servingPlmn
  if (said.ueV4 !== '') facts.ueV4 = said.ueV4
  if (said.ueV6 !== '') facts.ueV6 = said.ueV6
}

function setApn(facts: PdpContextFacts, sent: string): void {
  facts.apnSent = sent
  facts.apn = apnNetworkIdentifier(sent)
}

function setLocation(facts: PdpContextFacts, namesNetwork: boolean): void {
  if (location.text !== '') facts.uli = location.text
  if (namesNetwork && location.plmn !== '') facts.servingPlmn = location.plmn
}

/** An all-zero address asks the network to choose one: not an address. */
function setUeAddress(facts: PdpContextFacts, buf: Uint8Array): void {
  const { v4Off, v6Off, v6Bits } = ueAddress
  if (v4Off >= 0) {
    const text = ipv4Text(buf, v4Off)
    if (text !== '0.0.0.0') facts.ueV4 = text
  }
  if (v6Off >= 0) {
    const text = prefixText(buf, v6Off, Math.min(v6Bits, 128))
    if (!text.startsWith('::/')) facts.ueV6 = text
  }
}

function prefixText(buf: Uint8Array, off: number, bits: number): string {
  for (let i = 0; i < 16; i++) {
    const kept = Math.max(0, Math.min(8, bits - i * 8))
    prefix[i] = buf[off + i]! & (0xff00 >> kept)
  }
  return `${ipv6Text(prefix, 0)}/${bits}`
}
