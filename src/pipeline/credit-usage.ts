/** Used units of Gy: what a gateway reports to the online charging system, for each rating group. Read 3GPP TS
 * 32.299 clauses 5.2.2 and 7.2, RFC 8506 sections 5.1.1 (requests that are sent again) and 8.50. */

import { nobody, type UsageSink } from '../charging/charged-usage.js'
import { DiameterHeader } from '../wire/diameter.js'
import { DiameterApplication, DiameterCommand } from '../wire/diameter-code.js'
import { creditFacts, type ServiceUnits } from '../wire/diameter-credit.js'
import { type DiameterFacts, readDiameter } from '../wire/diameter-facts.js'
import { Fault, FaultCode } from '../wire/fault.js'

const maxSessions = 1 << 16
/** requests of one session that are remembered to know one that is sent again */
const maxRequests = 1 << 12
const chargingIdDigits = /^[0-9a-f]{8}$/

/** Who a session is of: later requests may leave it out. */
interface CreditSession {
  imsi: string
  msisdn: string
  ue: string
  apn: string
  chargingId: number
  gateway: string
  /** CC-Request-Numbers that were counted */
  numbers: Set<number>
  lastUs: number
}

export class CreditUsage {
  requests = 0
  repeated = 0
  readonly #sink: UsageSink
  readonly #header = new DiameterHeader()
  readonly #fault = new Fault()
  /** by Session-Id, in order of use */
  readonly #sessions = new Map<string, CreditSession>()

  constructor(sink: UsageSink) {
    this.#sink = sink
  }

  /** A whole Diameter message of a frame. */
  message(buf: Uint8Array, off: number, end: number, frame: number, timeUs: number): void {
    const header = this.#header
    if (!header.decode(buf, off, end, this.#fault)) return
    if (header.application !== DiameterApplication.CreditControl || !header.request) return
    if (header.command !== DiameterCommand.CreditControl) return
    const facts = readDiameter(header, buf, this.#fault)
    if (this.#fault.code !== FaultCode.None) {
      this.#sink.damage(`frame ${frame}: ${this.#fault.key} in a Gy request; not counted`)
      return
    }
    const session = this.#session(facts, timeUs)
    if (session.numbers.has(facts.requestNumber)) {
      this.repeated++
      return
    }
    if (session.numbers.size < maxRequests) session.numbers.add(facts.requestNumber)
    this.#used(facts, session, timeUs)
    session.lastUs = timeUs
  }

  #used(facts: DiameterFacts, session: CreditSession, timeUs: number): void {
    let any = false
    for (const service of creditFacts(facts.avps).services) {
      for (const units of service.used) {
        const { octetsUp, octetsDown, totalOctets } = counted(units)
        if (totalOctets < 0) continue
        any = true
        this.#sink.usage({
          ...nobody,
          source: 'gy',
          imsi: session.imsi,
          msisdn: session.msisdn,
          apn: session.apn,
          ue: session.ue,
          chargingId: session.chargingId,
          gateway: session.gateway,
          ratingGroup: service.ratingGroup,
          serviceIdentifier: service.serviceIdentifiers[0] ?? -1,
          octetsUp,
          octetsDown,
          octets: totalOctets,
          firstUs: session.lastUs,
          lastUs: timeUs,
        })
      }
    }
    if (any) this.requests++
  }

  #session(facts: DiameterFacts, timeUs: number): CreditSession {
    const known = this.#sessions.get(facts.sessionId)
    this.#sessions.delete(facts.sessionId)
    const ps = facts.avps.group('Service-Information')?.group('PS-Information')
    const session: CreditSession = known ?? {
      imsi: '',
      msisdn: '',
      ue: '',
      apn: '',
      chargingId: -1,
      gateway: '',
      numbers: new Set(),
      lastUs: timeUs,
    }
    session.imsi ||= facts.imsi
    session.msisdn ||= facts.msisdn
    session.ue ||= facts.framedIpv4 || facts.framedIpv6Prefix
    session.apn ||= facts.calledStationId
    session.gateway ||= ps?.text('GGSN-Address') ?? ''
    if (session.chargingId < 0) session.chargingId = chargingId(ps?.text('3GPP-Charging-Id') ?? '')
    this.#sessions.set(facts.sessionId, session)
    if (this.#sessions.size > maxSessions) {
      const [oldest] = this.#sessions.keys()
      if (oldest !== undefined) this.#sessions.delete(oldest)
    }
    return session
  }
}

/** RFC 8506 section 8.50: total, or up and down, or all three. */
function counted(units: ServiceUnits) {
  const { octetsUp, octetsDown } = units
  const parts =
    octetsUp < 0 && octetsDown < 0 ? -1 : Math.max(octetsUp, 0) + Math.max(octetsDown, 0)
  return {
    octetsUp: parts < 0 ? -1 : Math.max(octetsUp, 0),
    octetsDown: parts < 0 ? -1 : Math.max(octetsDown, 0),
    totalOctets: parts < 0 ? units.totalOctets : parts,
  }
}

/** TS 29.061 clause 16.4.7: four octets, in hexadecimal here. */
function chargingId(digits: string): number {
  return chargingIdDigits.test(digits) ? Number.parseInt(digits, 16) : -1
}
