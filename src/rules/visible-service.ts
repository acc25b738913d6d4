/** What a gateway can read of the services that a rule matches: requests in the clear, names of a
 * ClientHello, or nothing. HTTP and TLS are recognised on any TCP port; WSP, WTLS and QUIC by their
 * UDP ports (WAP-259-WDP appendix B, RFC 9000). */

import { protocolNumbers } from './protocol-number.js'
import type { Box } from './space/box.js'
import { serviceNumber, servicesIn } from './space/flow-space.js'
import {
  difference,
  type Interval,
  type IntervalSet,
  intersection,
  intervals,
} from './space/interval-set.js'

const { tcp, udp } = protocolNumbers
const HIGHEST_PORT = 65535

function ports(protocol: number, ...numbers: readonly number[]): Interval[] {
  return numbers.map(port => [serviceNumber(protocol, port), serviceNumber(protocol, port)])
}

export const tcpServices: IntervalSet = [[serviceNumber(tcp, 0), serviceNumber(tcp, HIGHEST_PORT)]]
const tlsServices = intervals(ports(tcp, 443))
export const wtlsServices = intervals(ports(udp, 9202, 9203))
/** Requests can be read, or CONNECT seen. */
const clearServices = difference(
  intervals([...tcpServices, ...ports(udp, 9200, 9201, 2948)]),
  tlsServices,
)
/** A server name can be read. */
export const helloServices = intervals([...tcpServices, ...ports(udp, 443)])
/** TLS and QUIC by their usual ports. */
export const encryptedServices = intervals([...ports(tcp, 443), ...ports(udp, 443)])

/** Services of all boxes of a rule. */
export function ownServices(flows: readonly Box[]): IntervalSet {
  return intervals(flows.flatMap(servicesIn))
}

export function overlaps(a: IntervalSet, b: IntervalSet): boolean {
  return intersection(a, b).length > 0
}

export function within(a: IntervalSet, b: IntervalSet): boolean {
  return a.length > 0 && difference(a, b).length === 0
}

/** Whether requests or names can be read in some of the services. */
export function isReadable(services: IntervalSet): boolean {
  return overlaps(services, clearServices) || overlaps(services, helloServices)
}

/** Whether requests with their URL can be read in some of them. */
export function showsRequests(services: IntervalSet): boolean {
  return overlaps(services, clearServices)
}
